//! What a failed statement means, without the values that it carried.

pub(crate) mod constraints;

use std::fmt;

use client_app::ports::StoreError;
use rusqlite::ErrorCode;

use self::constraints::violation;

/// Why work on a connection ended.
#[derive(Debug)]
pub(crate) enum Failure {
    /// SQLite reported it.
    Sqlite(rusqlite::Error),
    /// The rows cannot be read as they were written, or the changeset contradicts them.
    Store(StoreError),
}

impl From<rusqlite::Error> for Failure {
    fn from(error: rusqlite::Error) -> Self {
        Self::Sqlite(error)
    }
}

impl From<StoreError> for Failure {
    fn from(error: StoreError) -> Self {
        Self::Store(error)
    }
}

impl Failure {
    /// The error of the port for a read.
    pub(crate) fn of_read(self) -> StoreError {
        match self {
            Self::Sqlite(error) if error.sqlite_error_code() == Some(ErrorCode::OperationInterrupted) => {
                StoreError::TimedOut(Some(Box::new(Cause::of(&error))))
            }
            other => other.of_rolled_back(),
        }
    }

    /// The error of the port for work that was rolled back: nothing was written.
    pub(crate) fn of_rolled_back(self) -> StoreError {
        let error = match self {
            Self::Store(StoreError::TimedOut(cause)) => return StoreError::Unavailable(cause),
            Self::Store(error) => return error,
            Self::Sqlite(error) => error,
        };
        match &error {
            rusqlite::Error::SqliteFailure(code, message) => match code.code {
                ErrorCode::ConstraintViolation => corrupt(violation(message.as_deref())),
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => corrupt("the file of the database"),
                ErrorCode::TooBig => corrupt("a value that is too long for SQLite"),
                _ => StoreError::Unavailable(Some(Box::new(Cause::of(&error)))),
            },
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::InvalidColumnType(..)
            | rusqlite::Error::IntegralValueOutOfRange(..) => corrupt("a value that cannot be read"),
            _ => StoreError::Unavailable(Some(Box::new(Cause::of(&error)))),
        }
    }
}

/// The cause of an error for the log: codes and words, and nothing of what was written or asked.
#[derive(Clone, Debug)]
pub(crate) struct Cause(String);

impl Cause {
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }

    /// The cause in words that hold no value.
    pub(crate) fn of(error: &rusqlite::Error) -> Self {
        let rusqlite::Error::SqliteFailure(failure, _) = error else {
            return Self("a statement that does not fit its parameters or rows".to_owned());
        };
        let words = match failure.code {
            ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => "another process holds the database",
            ErrorCode::DiskFull => "the disk is full",
            ErrorCode::SystemIoFailure => "the disk failed to read or write",
            ErrorCode::ReadOnly => "the file of the database may not be written",
            ErrorCode::CannotOpen => "the file of the database cannot be opened",
            ErrorCode::OperationInterrupted => "the statement reached its time limit",
            ErrorCode::OutOfMemory => "memory ran out",
            ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => "the file is damaged or no database",
            ErrorCode::PermissionDenied | ErrorCode::AuthorizationForStatementDenied => "access was denied",
            _ => "SQLite refused the statement",
        };
        Self(format!("{words} (SQLite {})", failure.extended_code))
    }
}

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Cause {}

pub(crate) fn corrupt(what: impl Into<String>) -> StoreError {
    StoreError::Corrupt { what: what.into() }
}

/// The port is unavailable for this reason, and nothing was written.
pub(crate) fn unavailable(words: &str) -> StoreError {
    StoreError::Unavailable(Some(Box::new(Cause::new(words))))
}
