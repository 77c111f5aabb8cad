//! Properties of the domain as a whole.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "a test stops at the first unexpected value"
)]

mod document_conditions;
mod documents;
mod every_pair;
mod filter_fuzz;
mod filter_limits;
mod filter_meaning;
mod filter_strategies;
mod filters_written;
mod fixtures;
mod generated;
mod guards;
mod kyc;
mod masking;
mod random_walks;
mod search_equality;
