//! The command spine: load, decide, commit one changeset.
//!
//! ```text
//! Plan ──> load (client and idempotency key, one read) ──> replay, or facts ──> the domain decides ──> Changeset ──> commit
//! ```
//!
//! Nothing outside this module commits. A command provides its client and its decision. Everything else
//! (permission, idempotency, expected versions, duplicates, history, events, dry runs, a new decision after a
//! version conflict) happens here and is the same for all commands.
//!
//! | module | purpose |
//! | --- | --- |
//! | [`plan`] | what the spine needs to know of a command |
//! | [`admission`] | checks permission and clock before anything else |
//! | [`execution`] | load, decide, commit |
//! | [`creation`] | a new client |
//! | [`onboard_again`] | a new client that is made of a former one |
//! | [`replay`] | finds earlier outcomes of an idempotency key |
//! | [`sealing`] | encrypts stored replies |
//! | [`changeset`] | builds everything that one change writes |
//! | [`confirmation`] | the second person of a row of a batch |
//! | [`ending`] | what became of a client after its end |
//! | [`facts`] | gathers the facts of a decision |
//! | [`look_alikes`] | finds clients that may be the same person |
//! | [`warnings`] | what the maker of a change is warned of |
//! | [`attachment`] | stores the file of a command before its commit |
//! | [`directory`], [`duplicates`], [`expected_version`] | refuse commands besides the domain |

pub(crate) mod admission;
mod attachment;
mod changeset;
mod confirmation;
mod creation;
mod directory;
mod duplicates;
pub(crate) mod ending;
pub(crate) mod execution;
mod expected_version;
pub(crate) mod facts;
pub(crate) mod look_alikes;
mod onboard_again;
pub(crate) mod plan;
mod replay;
mod sealing;
mod standalone;
mod warnings;

pub use admission::{Admission, DRY_RUN};
pub use execution::Recording;
pub use plan::Plan;
