//! The corpus in `fuzz/corpus`, and mutations of it, through every target.
#![expect(clippy::indexing_slicing, clippy::unwrap_used, clippy::panic, reason = "these are tests")]

mod corpus;
mod replay;
