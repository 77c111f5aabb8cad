//! Rows of the tables as types of the domain, and back.
//!
//! A row is written from a value that is taken apart member by member, without `..`: a member that the domain gains does not
//! compile until it has a column here.
//!
//! From bottom to top; a module uses only those above it in this list:
//!
//! | module | what it reads and binds |
//! | --- | --- |
//! | [`claim`] | `client_claim` |
//! | [`outcome`] | `client_idempotency` |
//! | [`event`] | `client_outbox`, as a commit writes it |
//! | [`values`] | values before and after, in columns that are JSON |
//! | [`history`] | `client_history`, `client_history_value` |
//! | [`makers`] | the column `makers` of `client` |
//! | [`stamp`], [`review`] | the columns that several tables share |
//! | [`document`], [`address`] | `client_document` and `client_address` |
//! | [`amendments`], [`contact_verifications`], [`contact_entries`], [`former_names`] | the columns of these names of `client` |
//! | [`folded`], [`client`], [`summary`] | `client` |
//! | [`ending`] | how a client ended, from a line of its history |

pub(crate) mod address;
mod amendments;
pub(crate) mod claim;
pub(crate) mod client;
mod contact_entries;
mod contact_verifications;
pub(crate) mod document;
pub(crate) mod ending;
pub(crate) mod event;
mod folded;
mod former_names;
pub(crate) mod history;
mod makers;
pub(crate) mod outcome;
mod review;
mod stamp;
pub(crate) mod summary;
mod values;
