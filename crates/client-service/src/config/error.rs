//! The error of a bad setting.

use adapter_http::auth::KeySourceError;
use clap::error::{ContextKind, ContextValue};

/// A setting that is not valid, in one sentence.
#[derive(Debug, thiserror::Error)]
#[error("{0}")]
pub(crate) struct SettingsError(pub(crate) String);

impl From<KeySourceError> for SettingsError {
    fn from(error: KeySourceError) -> Self {
        Self(error.to_string())
    }
}

/// The error of `clap` in one sentence: without its advice on usage, which takes several lines, and without the value.
impl From<&clap::Error> for SettingsError {
    fn from(error: &clap::Error) -> Self {
        let text = error.to_string();
        let first = text.split("\n\n").next().unwrap_or_default();
        let words: Vec<_> = first.split_whitespace().collect();
        let sentence = words.join(" ");
        let sentence = sentence.strip_prefix("error: ").unwrap_or(&sentence);
        let sentence = match error.get(ContextKind::InvalidValue) {
            Some(ContextValue::String(value)) => sentence.replacen(&format!(" '{value}'"), "", 1),
            _ => sentence.to_owned(),
        };
        Self(format!("{sentence}; see client-service --help"))
    }
}
