//! Values that several settings share.

use clap::ValueEnum;

use super::error::SettingsError;

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(crate) enum Switch {
    On,
    Off,
}

/// The value without white space at its ends, unless it is empty.
pub(crate) fn non_empty(value: Option<&str>) -> Option<&str> {
    value.map(str::trim).filter(|value| !value.is_empty())
}

/// Refuses settings that are given without the one that they belong to: its line was lost, or theirs were left behind. Each is
/// a flag, and whether it is given.
pub(crate) fn refuse_without(main: &str, settings: &[(&str, bool)]) -> Result<(), SettingsError> {
    match settings.iter().find(|(_, is_given)| *is_given) {
        Some((flag, _)) => Err(SettingsError(format!(
            "{flag} is of no use without {main}: give {main} as well, or remove {flag}"
        ))),
        None => Ok(()),
    }
}
