//! Commits: one statement each, alone or in a batch, and one more that explains a refusal.
//!
//! From bottom to top; a module uses only those above it in this list:
//!
//! | module | what it does |
//! | --- | --- |
//! | [`claims`] | the claims of a changeset, in the order in which they are locked |
//! | [`explain`] | why a commit was not done |
//! | [`single`] | a commit in a statement of its own |
//! | [`group`] | commits in batches |
//! | [`copies`] | clients of a copy, by the statements of commits |

mod claims;
pub(crate) mod copies;
mod explain;
mod group;
mod single;

pub(crate) use self::group::GroupCommit;
