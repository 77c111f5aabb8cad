//! Tests of the harness itself: it injects the faults that it names, and finds errors.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect is to stop"
)]

mod answers;
mod checker;
mod cluster;
mod proxy;
mod relay;
