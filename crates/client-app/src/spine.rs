//! The command spine: load, decide, commit one changeset.
//!
//! ```text
//! Plan ──> load (client and idempotency key, one read) ──> replay, or facts ──> the domain decides ──> Changeset ──> commit
//! ```
//!
//! Nothing outside this module commits. A command says which client it is about and what it decides; everything else
//! (permission, idempotency, expected versions, duplicates, history, events, dry runs, deciding anew when another
//! command was faster) happens here and is the same for all.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`plan`] | what the spine has to know of a command |
//! | [`admission`] | permission and clock, before anything of a command is looked at |
//! | [`execution`] | load, decide, commit |
//! | [`replay`] | what an idempotency key has led to |
//! | [`sealing`] | stored replies are encrypted |
//! | [`changeset`] | everything that one change writes |
//! | [`facts`] | what a decision looks at |
//! | [`directory`], [`duplicates`], [`expected_version`] | what refuses a command besides the domain |

mod admission;
mod changeset;
mod directory;
mod duplicates;
mod execution;
mod expected_version;
mod facts;
mod plan;
mod replay;
mod sealing;

pub(crate) use admission::permit;
pub use admission::{Admission, DRY_RUN};
pub use execution::Recording;
pub use plan::Plan;
pub(crate) use plan::{Attachment, Decide, NamedInDirectory, Step};
