//! What holds for the domain as a whole.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "a test that meets what it does not expect is to stop"
)]

mod every_pair;
mod generated;
mod guards;
mod made_up;
mod masking;
mod random_walks;
