//! Properties of the domain as a whole.

#![expect(
    clippy::unwrap_used,
    clippy::panic,
    unreachable_pub,
    reason = "a test stops at the first unexpected value"
)]

mod amendments;
mod conditions;
mod document_conditions;
mod documents;
mod every_pair;
mod explanations;
mod filter_meaning;
mod fixtures;
mod fold_table;
mod generated;
mod guards;
mod kyc;
mod masking;
mod open_requests;
mod outdated_evidence;
mod random_walks;
mod reasons;
mod returning;
mod search_clients;
mod search_equality;
mod serialization;
mod two_people;
