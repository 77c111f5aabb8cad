//! The adapter over real sockets, with a small application behind it.

#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should say so on the spot"
)]

mod admission;
mod attacks;
mod certificate;
mod client;
mod contract;
mod cors;
mod fake;
mod fixture;
mod framing;
mod key_addresses;
// Keys that sign every kind of token.
#[path = "../../../token-verification/tests/it/keys.rs"]
mod keys;
mod limits;
mod logs;
mod pages;
mod rotation;
mod shutdown;
mod tls;
mod tokens;
mod unread_bodies;
