//! Why there is no answer.

use client_app::ports::StoreError;

/// Why the ledger gave no answer that can be used. It holds nothing of the client and nothing of the answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum LedgerError {
    /// The ledger cannot be reached, or the connection broke.
    #[error("the ledger cannot be reached")]
    Unreachable,
    /// The ledger did not answer in time.
    #[error("the ledger did not answer in time")]
    TimedOut,
    /// The ledger answered with this status.
    #[error("the ledger answered with status {0}")]
    Status(u16),
    /// The answer is longer than an answer can be.
    #[error("the answer of the ledger is too long")]
    TooLong,
    /// The answer is not exactly `{ "openAccounts": n }`.
    #[error("the answer of the ledger is not a number of open accounts")]
    Malformed,
    /// Questions before this one had no answer, so this one was not asked.
    #[error("the ledger did not answer a moment ago and was not asked")]
    Paused,
}

impl LedgerError {
    /// Whether the next question would probably have no answer either.
    pub(crate) const fn is_outage(self) -> bool {
        matches!(self, Self::Unreachable | Self::TimedOut)
    }
}

impl From<LedgerError> for StoreError {
    fn from(error: LedgerError) -> Self {
        Self::Unavailable(Some(Box::new(error)))
    }
}
