//! How the program ends without success.

use std::io::Write as _;
use std::process::ExitCode;

use crate::config::error::SettingsError;

/// The exit code of a call that was refused before the program did anything.
const USAGE: u8 = 2;
/// The exit code of a program that could not go on.
const FAILED: u8 = 1;

/// Why the program ends without success.
#[derive(Debug)]
pub(crate) enum ExitError {
    /// The call was wrong, and the program did nothing.
    Usage(SettingsError),
    /// The call was right, and the program could not go on; one sentence for the user.
    Failed(String),
}

impl ExitError {
    /// Writes the error to standard error, and returns the exit code.
    pub(crate) fn report(&self) -> ExitCode {
        let (sentence, code) = match self {
            Self::Usage(error) => (error.0.as_str(), USAGE),
            Self::Failed(sentence) => (sentence.as_str(), FAILED),
        };
        let _ = writeln!(std::io::stderr(), "client-service: {sentence}");
        ExitCode::from(code)
    }
}

impl From<SettingsError> for ExitError {
    fn from(error: SettingsError) -> Self {
        Self::Usage(error)
    }
}
