use super::{Code, Failure, Item};
use crate::ports::StoreError;

/// What was being done when a port could not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum During {
    /// A query read.
    Query,
    /// A command read; nothing has been written yet.
    Load,
    /// A command wrote.
    Commit,
}

/// What a caller is told of a port that could not answer. The cause goes with it, for the log of whoever
/// answers: only there is it known whether anybody needs to be told.
pub(crate) fn unanswered(error: &StoreError, during: During) -> Failure {
    let failure = Failure::of(match (error, during) {
        (StoreError::Corrupt { .. }, _) => {
            Item::new(Code::Internal, "Something happened that should not have.")
        }
        (StoreError::TimedOut(_), During::Query) => {
            Item::new(Code::RequestTimeout, "The query took longer than the service waits.")
        }
        (StoreError::TimedOut(_), During::Commit) => Item::new(
            Code::OutcomeUnknown,
            "The storage did not answer in time: whether the command was done is not known. \
             With an Idempotency-Key it can be repeated safely.",
        ),
        (StoreError::Unavailable(_) | StoreError::TimedOut(_), _) => {
            Item::new(Code::StoreUnavailable, "The storage is not available; nothing was written.")
        }
    });
    Failure { cause: Some(error.with_source()), ..failure }
}
