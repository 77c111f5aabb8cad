use std::error::Error;

/// Why a port failed. All ports share this type, because the application treats their errors alike.
///
/// The source is for the log. It must contain no personal data: an adapter drops the parameters of a
/// statement.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// The port is not available now. Nothing was written.
    #[error("the storage is unavailable")]
    Unavailable(#[source] Option<Box<dyn Error + Send + Sync>>),
    /// The port did not answer in time. A commit may or may not have been done.
    #[error("the storage did not answer in time")]
    TimedOut(#[source] Option<Box<dyn Error + Send + Sync>>),
    /// Stored data cannot be read as it was written. `what` names the record, never a value.
    #[error("the stored data is invalid: {what}")]
    Corrupt {
        /// The record, in words.
        what: String,
    },
}

impl StoreError {
    /// The error with its cause, for the log.
    pub(crate) fn with_source(&self) -> String {
        match self.source() {
            Some(source) => format!("{self}: {source}"),
            None => self.to_string(),
        }
    }
}
