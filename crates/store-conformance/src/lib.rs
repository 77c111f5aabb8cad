#![doc = include_str!("../README.md")]
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
mod content_case_lists;
pub mod fixtures;
mod harness;
mod layer;
pub mod map_store;

/// The attribute that the ports and [`Harness`] are declared with, for implementing them without a dependency
/// of one's own.
pub use async_trait::async_trait;
pub use harness::{ContentsHarness, Fresh, Harness, LocationHarness, Racer};
pub use layer::{Layered, StoreLayer};

/// The examples of the page for authors.
#[cfg(doctest)]
#[doc = include_str!("../../../docs/writing-an-adapter.md")]
#[derive(Debug)]
pub struct WritingAnAdapter;
