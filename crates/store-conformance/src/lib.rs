//! One suite for every storage adapter: what the ports promise, case by case.
//!
//! Each case is an async function whose comment is the promise in words; it panics where a store breaks it. An
//! adapter brings a [`Harness`] and a few lines that turn every case into a test with a name of its own:
//!
//! ```
//! use async_trait::async_trait;
//! use store_conformance::map_store::MapStore;
//! use store_conformance::{Fresh, Harness, Racer};
//!
//! struct Memory;
//!
//! #[async_trait]
//! impl Harness for Memory {
//!     async fn fresh(&self) -> Fresh {
//!         Fresh::new(MapStore::new())
//!     }
//!
//!     async fn run_concurrently(&self, racers: Vec<Racer>) {
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
//!                 store_conformance::cases::$topic::$case(&super::Memory).await;
//!             })*
//!         })*
//!     };
//! }
//! store_conformance::store_cases!(tests);
//!
//! # #[tokio::main]
//! # async fn main() {
//! // Or one of them by hand:
//! store_conformance::cases::claims::released_claim_is_free(&Memory).await;
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

mod case_lists;
pub mod cases;
pub mod fixtures;
mod harness;
mod layer;
pub mod map_store;

/// The attribute that the ports and [`Harness`] are declared with, for implementing them without a dependency
/// of one's own.
pub use async_trait::async_trait;
pub use harness::{ContentsHarness, Fresh, Harness, LocationHarness, Racer};
pub use layer::{Layered, StoreLayer};
