//! End-to-end and cross-adapter tests, and checks of the whole repository: in one binary, because
//! linking takes most of the time.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "a test that meets what it does not expect is to stop"
)]

mod activity;
mod allowed;
mod amendments;
mod bank;
mod bank_day;
mod batches;
mod circles;
mod client_view;
mod clock;
mod codes;
mod contact_points;
mod contract;
mod counts;
mod described;
mod directory;
mod documentation;
mod duplicates;
mod events;
mod expiry_watch;
mod exports;
mod faults;
mod filters;
mod former_names;
mod four_eyes;
mod garbage;
mod hostile;
mod idempotency;
mod kyc_documents;
mod lapse;
mod layers;
mod licences;
mod list_fields;
mod lists;
mod look_alikes;
mod lost_answers;
mod manifests;
mod myself;
mod naming;
mod operations;
mod phones;
mod reasons;
mod relay;
mod released_migrations;
mod replicas;
mod replies;
mod reports;
mod repository;
mod returns;
mod rights;
mod rules;
mod sequences;
mod sources;
mod spellings;
mod third_adapter;
mod transactions;
mod two_people;
mod typing_mistakes;
mod undo_rejection;
mod versions;
mod views;
mod webhooks;
mod work_queue;
