//! Rows of the tables as types of the domain, and back.
//!
//! From bottom to top; a module uses only those above it in this list:
//!
//! | module | what it reads and binds |
//! | --- | --- |
//! | [`convert`] | integers |
//! | [`bind`] | parameters, for one row or for many |
//! | [`columns`] | columns of a row, with the types of the domain |
//! | [`newer`] | names that a newer release has written |
//! | [`country`] | countries by code |
//! | [`claim`] | `client_claim` |
//! | [`outcome`] | `client_idempotency` |
//! | [`values`] | values before and after, in columns that are JSON |
//! | [`history`] | `client_history`, `client_history_value` |
//! | [`event`] | `client_outbox`, as a commit writes it |
//! | [`makers`] | the column `makers` of `client` |
//! | [`review`], [`document`], [`address`] | `client_document` and `client_address` |
//! | [`amendments`], [`contact_verifications`], [`contact_entries`], [`former_names`] | the columns of that name of `client` |
//! | [`client_fixed`], [`client`] | `client` |
//! | [`batch`] | `client_batch`, `client_batch_piece` |
//! | [`ending`] | the columns beside those of `client` that tell how a client ended |

mod address;
pub(crate) mod amendments;
pub(crate) mod batch;
mod bind;
pub(crate) mod claim;
pub(crate) mod client;
pub(crate) mod client_fixed;
pub(crate) mod columns;
pub(crate) mod contact_entries;
pub(crate) mod contact_verifications;
pub(crate) mod convert;
mod country;
pub(crate) mod document;
pub(crate) mod ending;
pub(crate) mod event;
pub(crate) mod former_names;
pub(crate) mod history;
pub(crate) mod makers;
pub(crate) mod newer;
pub(crate) mod outcome;
mod phone_entered;
mod review;
mod values;
