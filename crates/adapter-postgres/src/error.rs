//! What went wrong with a statement, without the values that it carried.

pub(crate) mod constraints;
mod sqlstate;

use std::fmt;
use std::io::ErrorKind;

use client_app::ports::StoreError;
use sqlx::postgres::{PgDatabaseError, PgSeverity};

use self::constraints::{is_of_a_rival, violation, without_shard};

/// What a failed statement means.
#[derive(Clone, Debug)]
pub(crate) enum DbError {
    /// Another commit has written the same key: a read finds out which.
    UniqueViolation,
    /// The server asks for another attempt: nothing was written.
    Retryable(Cause),
    /// The server cannot be used now: nothing was written.
    Unavailable(Cause),
    /// The statement waited for a lock for too long: nothing was written.
    LockTimeout(Cause),
    /// The server ended the statement at its time limit: nothing was written.
    StatementTimeout(Cause),
    /// The connection was closed before all of the statement was written into it. The last part makes the server commit,
    /// so nothing was written.
    NotSent(Cause),
    /// The server rejects every command, for want of space or of privileges: nothing was written.
    ServerRejected(Cause),
    /// The server is read-only, as after a failover: nothing was written, and another connection may lead to the primary.
    ReadOnly(Cause),
    /// The connection broke after the statement was sent: its outcome is unknown.
    ConnectionLost(Cause),
    /// The statement was sent and not answered: its outcome is unknown, and it may still run.
    NoAnswer(Cause),
    /// Stored or written data is invalid.
    Corrupt(String),
}

/// The cause of an error for the log: codes and names, and nothing of what was written or asked.
#[derive(Clone, Debug)]
pub(crate) struct Cause(String);

impl fmt::Display for Cause {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl std::error::Error for Cause {}

impl Cause {
    pub(crate) fn new(words: impl Into<String>) -> Self {
        Self(words.into())
    }

    /// The cause in words that hold no value: what a server says about a statement can quote its parameters.
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        Self(match error {
            sqlx::Error::Database(error) => {
                let code = error.code().unwrap_or_default();
                match (sqlstate::words(&code), error.constraint().or(error.table())) {
                    (Some(words), _) => format!("{words} (SQLSTATE {code})"),
                    (None, Some(object)) => format!("SQLSTATE {code} at {object}"),
                    (None, None) => format!("SQLSTATE {code}"),
                }
            }
            sqlx::Error::Io(error) => match error.kind() {
                ErrorKind::ConnectionRefused => {
                    "nothing listens at this address (connection refused)".to_owned()
                }
                kind => format!("the connection failed ({kind})"),
            },
            sqlx::Error::Tls(_) => "the connection could not be encrypted as asked for (TLS)".to_owned(),
            sqlx::Error::ColumnDecode { index, .. } => format!("column {index}"),
            _ => "the driver".to_owned(),
        })
    }
}

impl DbError {
    /// Reads the error of a statement that was sent.
    pub(crate) fn of(error: &sqlx::Error) -> Self {
        let cause = Cause::of(error);
        match error {
            sqlx::Error::Database(database) => match database.try_downcast_ref::<PgDatabaseError>() {
                Some(database) => Self::of_server(database, cause),
                None => Self::Unavailable(cause),
            },
            // Only a write ends like this; a read ends with the end of the file, or with a reset.
            sqlx::Error::Io(error) if error.kind() == ErrorKind::BrokenPipe => Self::NotSent(cause),
            sqlx::Error::ColumnDecode { .. }
            | sqlx::Error::ColumnNotFound(_)
            | sqlx::Error::ColumnIndexOutOfBounds { .. }
            | sqlx::Error::TypeNotFound { .. }
            | sqlx::Error::Encode(_)
            | sqlx::Error::Decode(_) => Self::Corrupt(format!("a value that cannot be read ({cause})")),
            _ => Self::ConnectionLost(cause),
        }
    }

    /// Reads an error that the server reported. As a rule it reports at the end, so nothing was written.
    fn of_server(error: &PgDatabaseError, cause: Cause) -> Self {
        // The server ends the connection with this, and it is not known how far the statement had come.
        if matches!(error.severity(), PgSeverity::Fatal | PgSeverity::Panic) {
            return Self::ConnectionLost(cause);
        }
        let constraint = error.constraint().map(without_shard);
        match error.code() {
            "40001" | "40P01" => Self::Retryable(cause),
            "55P03" => Self::LockTimeout(cause),
            "57014" => Self::StatementTimeout(cause),
            "25006" => Self::ReadOnly(cause),
            "42501" => Self::ServerRejected(cause),
            code if code.starts_with("53") || code.starts_with("58") => Self::ServerRejected(cause),
            // A distributed server that passes on the error of another one leaves the name out.
            "23505" if constraint.is_none_or(is_of_a_rival) => Self::UniqueViolation,
            code if code.starts_with("23") => Self::Corrupt(violation(constraint).to_owned()),
            code if code.starts_with("22") => {
                Self::Corrupt(format!("a value that PostgreSQL refuses ({code})"))
            }
            _ => Self::Unavailable(cause),
        }
    }

    /// Whether a read that failed like this is worth a second attempt, on a connection that was checked.
    pub(crate) const fn may_repeat_read(&self) -> bool {
        matches!(
            self,
            Self::ConnectionLost(_)
                | Self::NoAnswer(_)
                | Self::NotSent(_)
                | Self::ReadOnly(_)
                | Self::Retryable(_)
        )
    }

    /// The same for a statement on a replica: a lock that is held there is one of the replay, and the primary may be free.
    pub(crate) fn of_replica(self) -> Self {
        match self {
            Self::LockTimeout(cause) => Self::Unavailable(cause),
            error => error,
        }
    }

    /// The error of the port for a read.
    pub(crate) fn of_read(self) -> StoreError {
        match self {
            Self::LockTimeout(cause) | Self::StatementTimeout(cause) => {
                StoreError::TimedOut(Some(Box::new(cause)))
            }
            Self::Retryable(cause)
            | Self::Unavailable(cause)
            | Self::ServerRejected(cause)
            | Self::ReadOnly(cause)
            | Self::NotSent(cause)
            | Self::ConnectionLost(cause)
            | Self::NoAnswer(cause) => StoreError::Unavailable(Some(Box::new(cause))),
            Self::UniqueViolation => corrupt("a unique violation in a read"),
            Self::Corrupt(what) => StoreError::Corrupt { what },
        }
    }

    /// The error of the port for a write that is not repeated. Only a lost or silent connection leaves it unknown whether
    /// the write was done; a statement that the server itself ended has written nothing.
    pub(crate) fn of_write(self) -> StoreError {
        match self {
            Self::ConnectionLost(cause) | Self::NoAnswer(cause) => {
                StoreError::TimedOut(Some(Box::new(cause)))
            }
            Self::Retryable(cause)
            | Self::Unavailable(cause)
            | Self::ServerRejected(cause)
            | Self::ReadOnly(cause)
            | Self::NotSent(cause)
            | Self::LockTimeout(cause)
            | Self::StatementTimeout(cause) => StoreError::Unavailable(Some(Box::new(cause))),
            Self::UniqueViolation => corrupt("a unique violation that cannot be explained"),
            Self::Corrupt(what) => StoreError::Corrupt { what },
        }
    }
}

pub(crate) fn corrupt(what: impl Into<String>) -> StoreError {
    StoreError::Corrupt { what: what.into() }
}
