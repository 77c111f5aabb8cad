//! The cases, one module for each promise. The comment of a case is the promise in words.

pub mod activity;
pub mod amendments;
pub mod claims;
pub mod commit;
pub mod concurrency;
pub mod contact_points;
pub mod contents;
pub mod counts;
pub mod dead_letters;
pub mod delivery;
pub mod documents;
pub mod expiry;
pub mod filters;
pub mod former_names;
pub mod history;
pub mod idempotency;
pub mod isolation;
pub mod ledger;
pub mod locations;
pub mod makers;
pub mod outbox;
pub mod paging;
pub mod reads;
pub mod reasons;
pub mod returns;
pub mod round_trip;
pub mod saved_views;
pub mod search;
pub mod sessions;
pub mod sorting;
pub mod spellings;
pub mod work_items;

mod data_set;
mod given;
mod lease;
mod observed;
