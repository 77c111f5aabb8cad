//! The PostgreSQL adapter, on a real server: the suite of every store, and what only this one can.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect is to stop"
)]

mod commits;
mod conformance;
mod crowds;
mod cut_migrations;
mod database;
mod faults;
mod given_up;
mod history_agrees;
mod lookups;
mod makers;
mod migrations;
mod outages;
mod plans;
mod population;
mod races;
mod refusals;
mod relays;
mod releases;
mod schema;
mod schema_version;
mod searches;
mod shares;
mod silence;
mod start;
mod statements;
mod uploaders;
