//! The adapter against the suite of every storage adapter, and tests of what the suite does not cover.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect is to stop"
)]

mod conformance;
mod counts;
mod database;
mod exports;
mod faults;
mod integrity;
mod opening;
mod schema;

// The generated clients and searches of the adapter for PostgreSQL, so that the two answer the same questions.
#[path = "../../../adapter-postgres/tests/it/population.rs"]
mod population;
#[path = "../../../adapter-postgres/tests/it/predicates.rs"]
mod predicates;
#[path = "../../../adapter-postgres/tests/it/searches.rs"]
mod searches;
