//! The console through its router, without a browser: every page as every person in every state, and attacks.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should say so on the spot"
)]

mod approvals;
mod attacks;
mod bank;
mod batches;
mod browser;
mod counts;
mod decisions;
mod documents;
mod exports;
mod faults;
mod live;
mod page;
mod payloads;
mod provider;
mod queue;
mod sign_in;
mod views;
mod walk;
