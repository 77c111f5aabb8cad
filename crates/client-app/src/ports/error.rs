use std::error::Error;

/// Why a port could not answer. There is one for all ports, because the application does the same with it
/// whatever the port.
///
/// The source is for the log. It must hold no personal data: an adapter drops the parameters of a statement.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// It is not there now. Nothing was written.
    #[error("the storage is unavailable")]
    Unavailable(#[source] Option<Box<dyn Error + Send + Sync>>),
    /// It did not answer in time. A commit may or may not have been done.
    #[error("the storage did not answer in time")]
    TimedOut(#[source] Option<Box<dyn Error + Send + Sync>>),
    /// What it holds cannot be read as what was written. `what` names the place, never a value.
    #[error("the storage holds something that cannot be: {what}")]
    Corrupt {
        /// Which record, in words.
        what: String,
    },
}

impl StoreError {
    /// The error with what caused it, for the log.
    pub(crate) fn with_source(&self) -> String {
        match self.source() {
            Some(source) => format!("{self}: {source}"),
            None => self.to_string(),
        }
    }
}
