//! The ledger adapter against a small server with answers of every kind.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test stops at the first unexpected value"
)]

mod questions;
mod server;
