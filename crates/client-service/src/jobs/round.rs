//! The result of one round of a job.

use std::time::Duration;

use client_app::ports::StoreError;

/// How long the job rests before its next round, or why the round failed.
pub(crate) type Round = Result<Duration, JobFailure>;

/// Why a round of a job failed. The text is for the log and holds no personal data.
#[derive(Debug, thiserror::Error)]
pub(crate) enum JobFailure {
    /// The storage did not answer. This is not a fault of the job, and it passes.
    #[error("{error}")]
    Outage {
        error: StoreError,
        /// The rest before the next round, where the job computes its own.
        rest: Option<Duration>,
    },
    /// Another system did not answer. The service does all of its work without it, and it comes back by itself.
    #[error("{0}")]
    #[cfg_attr(
        not(feature = "console"),
        expect(dead_code, reason = "only the console asks an identity provider")
    )]
    Elsewhere(String),
    /// A failure that does not pass by itself.
    #[error("{0}")]
    Broken(String),
}

impl From<StoreError> for JobFailure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Corrupt { .. } => Self::Broken(error.to_string()),
            StoreError::Unavailable(_) | StoreError::TimedOut(_) => Self::Outage { error, rest: None },
        }
    }
}
