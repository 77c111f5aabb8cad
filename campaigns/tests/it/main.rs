//! The harness itself: whether it breaks what it says, and sees what it should.

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
