//! The console through its router, without a browser: every page as every person in every state, and attacks.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on should say so on the spot"
)]

mod addresses;
mod approvals;
mod attacks;
mod bank;
mod batches;
mod browser;
mod chosen_clients;
mod counts;
mod decisions;
mod documents;
mod exports;
mod faults;
mod live;
mod onboarding;
mod page;
mod page_checks;
mod payloads;
mod policies;
mod provider;
mod queue;
mod reading;
mod sign_in;
mod sign_in_attempts;
mod since_approval;
mod views;
mod walk;
