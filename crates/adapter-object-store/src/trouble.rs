use std::fmt;

use client_app::ports::StoreError;
use object_store::Error;

/// The cause of a failure for the log: of what kind it is. What a storage says about it can hold names and addresses.
#[derive(Debug)]
struct Cause(&'static str);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.0)
    }
}

impl std::error::Error for Cause {}

/// What a failure means.
pub(crate) fn trouble(error: &Error) -> StoreError {
    let cause = match error {
        Error::AlreadyExists { .. } | Error::Precondition { .. } => return taken(),
        Error::NotFound { .. } => "the place for files is not there",
        Error::PermissionDenied { .. } => "the place for files denies it",
        Error::Unauthenticated { .. } => "the place for files does not know us",
        Error::NotImplemented { .. } | Error::NotSupported { .. } => "the place for files cannot do it",
        Error::InvalidPath { .. } => "the place for files takes no such name",
        _ => "the place for files failed",
    };
    StoreError::Unavailable(Some(Box::new(Cause(cause))))
}

/// A key is used once.
pub(crate) fn taken() -> StoreError {
    StoreError::Corrupt { what: "a content whose key is taken".to_owned() }
}
