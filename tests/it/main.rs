//! What holds for the repository as a whole.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect is to stop"
)]

mod documents;
mod layers;
mod licences;
mod repository;
