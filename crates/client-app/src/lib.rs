//! The use cases of the client service: commands, queries, and everything around a decision.
//!
//! The rules are in `client-domain`. This crate loads what they need, commits what they decide and returns
//! the outcome. It knows no database, no network and no JSON of the wire: those are behind [`ports`], and in
//! `client-wire`. [`Clients`] is the entry point.
//!
//! | module or type | purpose |
//! | --- | --- |
//! | [`Clients`] | [`execute`](Clients::execute) a command, answer a [`query`](Clients::query) |
//! | [`commands`], [`queries`] | the use cases, one file each |
//! | [`ports`] | what the application needs from the outside |
//! | `spine` | load, decide, commit one changeset |
//! | [`batch`] | batches: lists of commands that are uploaded as a file |
//! | [`export`] | exports: every client that a search finds, of one point in time |
//! | [`Error`] | every reason why a use case fails |
//! | [`Policy`] | the bank's settings of the rules |
//! | `documents`, `inspection` | files of documents: upload, download, and which files are accepted |
//! | `garbage`, [`claim_location`] | contents that no document names, and the owner of a content location |
//! | [`Readiness`] | whether the service can answer requests now, check by check |
//! | `expiry_watch`, `lapse` | notices of document expiry; applications that lapse |
//! | `kyc_renewal` | KYC statuses that the storage keeps for searches |
//! | [`relay`] | delivery of events to other systems |
//! | `mocks` | mocks of the small ports, behind the feature of the same name |

pub mod batch;
pub mod commands;
pub mod export;
pub mod ports;
pub mod queries;
pub mod relay;

mod back_office;
mod batch_office;
mod caller;
mod clients;
mod clock_comparison;
mod clock_offset;
mod command;
mod count_by;
mod count_cache;
mod documents;
mod duplicate_quota;
mod error;
mod execute;
mod executed;
mod expiry_watch;
mod export_office;
mod garbage;
mod garbage_round;
mod hex_id;
mod inspection;
mod kyc_renewal;
mod lapse;
mod location_claim;
#[cfg(feature = "mocks")]
pub mod mocks;
mod policy;
mod policy_in_force;
mod query;
mod read_source;
mod readiness;
mod reading;
mod report;
mod report_period;
mod report_rows;
mod request;
mod request_digest;
mod service_checks;
mod service_command;
mod spine;
mod standalone;
mod storage_handle;

pub use back_office::BackOffice;
pub use caller::Caller;
pub use clients::Clients;
pub use documents::{ContentRecording, IncomingBytes, OpenedContent, verified};
pub use duplicate_quota::DuplicateQuota;
pub use error::{Error, Refused, UploadError};
pub use executed::{Decided, Executed, RecordedReply};
pub use expiry_watch::{ExpiryRound, WATCH};
pub use garbage_round::{GarbageRound, GarbageRules, TooManyOrphans};
pub use inspection::{ContentRejection, MAX_CONTENT, MAX_PIXELS};
pub use jiff;
pub use lapse::{LAPSE, LapseRound};
pub use location_claim::{LocationRefusal, claim_location};
pub use policy::{OnDuplicate, OnLookAlike, OnUnanswered, Policy};
pub use read_source::Seen;
pub use readiness::{Check, CheckName, CheckState, JobReport, JobReports, Readiness, StandingCheck};
pub use reading::ReplicaReading;
pub use report::Report;
pub use report_period::{PeriodFault, ReportPeriod};
pub use request::{BatchRow, CallerAddress, CallerSlot, IdempotencyKey, RequestContext, RequestId};
pub use request_digest::RequestDigest;
pub use spine::{Admission, DRY_RUN, Plan, Recording};
