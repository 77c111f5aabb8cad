//! Secrets: from a setting of their own, or from a file, which `ps` does not show.

use crate::settings::{SettingsError, said};

/// A setting that holds a secret, and its `-file` form.
pub(crate) struct Secret<'a> {
    /// The flag, such as `--database-url`.
    pub(crate) flag: &'a str,
    pub(crate) value: Option<&'a str>,
    pub(crate) file: Option<&'a str>,
}

impl Secret<'_> {
    /// The secret without white space at its ends, if one was given. Both forms at once are refused.
    pub(crate) fn read(&self) -> Result<Option<String>, SettingsError> {
        let flag = self.flag;
        match (said(self.value), said(self.file)) {
            (None, None) => Ok(None),
            (Some(value), None) => Ok(Some(value.to_owned())),
            (Some(_), Some(_)) => Err(SettingsError(format!(
                "{flag} and {flag}-file cannot be given together; keep one of them"
            ))),
            (None, Some(file)) => {
                let text = std::fs::read_to_string(file).map_err(|error| {
                    SettingsError(format!("{flag}-file: the file {file} cannot be read: {error}"))
                })?;
                match said(Some(&text)) {
                    Some(secret) => Ok(Some(secret.to_owned())),
                    None => Err(SettingsError(format!("{flag}-file: the file {file} is empty"))),
                }
            }
        }
    }

    /// The flag that the secret came from.
    pub(crate) fn source(&self) -> String {
        if said(self.file).is_some() { format!("{}-file", self.flag) } else { self.flag.to_owned() }
    }
}
