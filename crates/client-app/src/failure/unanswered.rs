use std::error::Error;

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

/// What a caller is told of a port that could not answer. The source goes to the log, here and once.
pub(crate) fn unanswered(error: &StoreError, during: During) -> Failure {
    let source = error.source().map(ToString::to_string);
    tracing::error!(error = %error, source, ?during, "a port could not answer");
    Failure::of(match (error, during) {
        (StoreError::Corrupt { .. }, _) => {
            Item::new(Code::Internal, "Something happened that should not have.")
        }
        (StoreError::TimedOut(_), During::Query) => {
            Item::new(Code::RequestTimeout, "The query took longer than the service waits.")
        }
        (StoreError::TimedOut(_), During::Commit) => Item::new(
            Code::OutcomeUnknown,
            "The storage did not answer in time; repeat the command with the same Idempotency-Key.",
        ),
        (StoreError::Unavailable(_) | StoreError::TimedOut(_), _) => {
            Item::new(Code::StoreUnavailable, "The storage is not available; nothing was written.")
        }
    })
}
