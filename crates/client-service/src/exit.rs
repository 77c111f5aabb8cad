//! How the program ends without success.

use std::io::Write as _;
use std::process::ExitCode;

use crate::config::error::SettingsError;

/// The exit code of a call that was refused before the program did anything.
const USAGE: u8 = 2;
/// The exit code of a program that could not go on.
const FAILED: u8 = 1;

/// What kind of failure a service has answered; each kind has an exit code of its own (docs/command-line.md).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FailureClass {
    /// A rule of the bank does not allow it.
    Refused,
    /// It is not there.
    NotFound,
    /// The caller is not signed in, or lacks a permission.
    Permission,
    /// It has changed since it was seen.
    Changed,
    /// The service cannot answer now.
    Unavailable,
}

impl FailureClass {
    const fn code(self) -> u8 {
        match self {
            Self::Refused => 3,
            Self::NotFound => 4,
            Self::Permission => 5,
            Self::Changed => 6,
            Self::Unavailable => 7,
        }
    }
}

/// Why the program ends without success.
#[derive(Debug)]
pub(crate) enum ExitError {
    /// A service has refused a call, or has not answered it; one sentence for the user.
    Answered {
        /// What kind of failure it is.
        class: FailureClass,
        /// What is wrong.
        sentence: String,
    },
    /// The call was wrong, and the program did nothing.
    Usage(SettingsError),
    /// The call was right, and the program could not go on; one sentence for the user.
    Failed(String),
}

impl ExitError {
    /// Writes the error to standard error, and returns the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        let _ = writeln!(std::io::stderr(), "client-service: {}", self.sentence());
        ExitCode::from(self.code())
    }

    /// What the user is told.
    pub(crate) fn sentence(&self) -> &str {
        match self {
            Self::Answered { sentence, .. } | Self::Failed(sentence) => sentence,
            Self::Usage(error) => &error.0,
        }
    }

    /// The exit code.
    pub(crate) const fn code(&self) -> u8 {
        match self {
            Self::Answered { class, .. } => class.code(),
            Self::Usage(_) => USAGE,
            Self::Failed(_) => FAILED,
        }
    }
}

impl From<SettingsError> for ExitError {
    fn from(error: SettingsError) -> Self {
        Self::Usage(error)
    }
}
