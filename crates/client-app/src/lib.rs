//! The use cases of the client service: what can be asked, and everything that surrounds a decision.
//!
//! The rules themselves are in `client-domain`; this crate gathers what they need, writes what they decide and
//! answers what was asked. It knows no database and no network: those are behind [`ports`], and an adapter such
//! as HTTP calls [`Operations`], which [`Clients`] implements.
//!
//! | where | what |
//! | --- | --- |
//! | [`ports`] | what the application needs from the world |
//! | `command` | the spine: load, decide, commit one changeset |
//! | `commands`, `queries` | one file for each operation |
//! | [`spec`], [`OPERATIONS`] | what each operation is called, takes and answers, as data |
//! | [`rights`] | which members of an answer take which permission |
//! | [`Failure`], [`Code`] | every "no", and the one catalogue of codes |
//! | [`Policy`], [`read_kyc_policy`] | the bank's own settings |
//! | `contents`, `inspection` | files of documents: how they come and go, and what is taken |
//! | `garbage`, [`claim_place`] | contents that no document names, and whose place it is |
//! | [`Readiness`] | whether requests can be answered now, check by check |
//! | `expiry_watch` | telling that documents run out |
//! | [`relay`] | telling other systems what happened |

pub mod ports;
pub mod relay;
pub mod rights;
pub mod spec;

mod caller;
mod catalogue;
mod clients;
mod clock_offset;
mod command;
mod commands;
mod contents;
mod duplicate_quota;
mod expiry_watch;
mod failure;
mod form;
mod garbage;
mod inspection;
mod kyc_policy;
mod kyc_view;
mod nearest;
mod operations;
mod place_claim;
mod policy;
mod queries;
mod readiness;
mod reply;
mod request;
mod view;

pub use caller::Caller;
pub use catalogue::{OPERATIONS, find as find_operation};
pub use clients::Clients;
pub use contents::{IncomingBytes, OpenedContent};
pub use duplicate_quota::DuplicateQuota;
pub use expiry_watch::{ExpiryRound, WATCH};
pub use failure::{Code, Failure, Item, Status};
pub use garbage::{GarbageRound, GarbageRules, TooManyOrphans};
pub use inspection::MAX_CONTENT;
pub use kyc_policy::read_kyc_policy;
pub use operations::Operations;
pub use place_claim::{PlaceRefusal, claim_place};
pub use policy::{OnDuplicate, Policy};
pub use queries::lifecycle::lifecycle_json;
pub use readiness::{Check, CheckName, CheckState, Readiness, StandingCheck};
pub use reply::{Outcome, Reply};
pub use request::{IdempotencyKey, RequestContext, RequestId};
