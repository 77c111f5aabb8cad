//! What holds for the domain as a whole.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "a test that meets what it does not expect is to stop"
)]

mod every_pair;
mod filter_fuzz;
mod filter_limits;
mod filter_meaning;
mod filters_written;
mod generated;
mod guards;
mod kyc;
mod made_up;
mod made_up_filters;
mod masking;
mod paper_meaning;
mod papers;
mod random_walks;
mod search_equality;
