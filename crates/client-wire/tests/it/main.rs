//! The JSON form of predicates: what it reads, what it refuses, and what it writes. Batches: what becomes of their rows.

#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    unreachable_pub,
    reason = "a test stops at the first unexpected value"
)]

mod batches;
mod filter_fuzz;
mod filter_limits;
mod filter_strategies;
mod filter_text;
mod filters_written;
mod search_clients;
