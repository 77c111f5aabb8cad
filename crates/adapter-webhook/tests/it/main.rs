//! Webhooks against receivers on this machine, good and bad ones.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that meets what it does not expect is to stop"
)]

mod deliveries;
mod receiver;
mod signature;
