//! The error of a bad setting.

use adapter_http::auth::KeySourceError;

/// A setting that is not valid, in one sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct SettingsError(pub(crate) String);

impl From<KeySourceError> for SettingsError {
    fn from(error: KeySourceError) -> Self {
        Self(error.to_string())
    }
}
