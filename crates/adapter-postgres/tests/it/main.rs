//! The PostgreSQL adapter, on a real server: the suite of every store, and what only this one can.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect is to stop"
)]

mod abandoned_connections;
mod batches;
mod commits;
mod concurrent_callers;
mod conformance;
mod cut_migrations;
mod database;
mod faults;
mod former_names;
mod history_agrees;
mod imports;
mod key_loads;
mod kyc_renewals;
mod makers;
mod migrations;
mod outages;
mod plans;
mod poolers;
mod population;
mod predicates;
mod races;
mod recompute;
mod refusals;
mod registrations;
mod relays;
mod releases;
mod replicas;
mod replication;
mod returns;
mod schema;
mod schema_version;
mod searches;
mod selections;
mod several_servers;
mod shares;
mod silent_connections;
mod start;
mod statements;
mod uploaders;
mod work_items;
