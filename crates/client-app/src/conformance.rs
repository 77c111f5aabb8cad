//! One suite for every storage adapter: what the ports promise, case by case.
//!
//! Each case is an async function whose comment is the promise in words; it panics where a store breaks it. An
//! adapter brings a [`Harness`] and a few lines that turn every case into a test with a name of its own:
//!
//! ```
//! use adapter_inmem::MemoryStore;
//! use async_trait::async_trait;
//! use client_app::conformance::{Fresh, Harness, Racer};
//!
//! struct Memory;
//!
//! #[async_trait]
//! impl Harness for Memory {
//!     async fn fresh(&self) -> Fresh {
//!         Fresh::new(MemoryStore::new())
//!     }
//!
//!     async fn at_once(&self, racers: Vec<Racer>) {
//!         for racer in racers.into_iter().map(tokio::spawn).collect::<Vec<_>>() {
//!             racer.await.unwrap();
//!         }
//!     }
//! }
//!
//! macro_rules! tests {
//!     ($($topic:ident { $($case:ident)* })*) => {
//!         $(mod $topic {
//!             $(#[tokio::test(flavor = "multi_thread")]
//!             async fn $case() {
//!                 client_app::conformance::$topic::$case(&super::Memory).await;
//!             })*
//!         })*
//!     };
//! }
//! client_app::conformance_cases!(tests);
//!
//! # #[tokio::main]
//! # async fn main() {
//! // Or one of them by hand:
//! client_app::conformance::claims::a_claim_given_up_is_free(&Memory).await;
//! # }
//! ```
//!
//! The suite knows no executor, no database and no fault: it looks at a store through the ports only. It grows
//! with the ports, so a new version of this crate may have cases that an adapter does not pass yet.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::missing_panics_doc,
    reason = "a case that meets what was not promised is to stop the test: panics are what this module is for"
)]

mod cases;
pub mod claims;
pub mod commit;
pub mod concurrency;
pub mod conditions;
pub mod contents;
mod crowd;
pub mod dead_letters;
pub mod delivery;
pub mod expiry;
mod file_cases;
pub mod filters;
pub mod fixtures;
mod harness;
pub mod history;
pub mod idempotency;
pub mod isolation;
pub mod ledger;
pub mod makers;
pub mod order;
pub mod outbox;
pub mod paging;
pub mod paper_fixtures;
pub mod papers;
pub mod places;
pub mod reads;
pub mod round_trip;
pub mod search;
mod steps;
mod taking;

/// The attribute that the ports and [`Harness`] are declared with, for implementing them without a dependency
/// of one's own.
pub use async_trait::async_trait;
pub use harness::{ContentsHarness, Fresh, Harness, PlaceHarness, Racer};
