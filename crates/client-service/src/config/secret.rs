//! Secrets: in a setting of their own, or in a file, which `ps` does not show.

use std::fs::File;
use std::io::{self, Read as _};

use super::error::SettingsError;
use super::value::non_empty;

/// A file with a secret is not read beyond this.
const MAX_BYTES: u64 = 64 * 1024;

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
        match (non_empty(self.value), non_empty(self.file)) {
            (None, None) => Ok(None),
            (Some(value), None) => Ok(Some(value.to_owned())),
            (Some(_), Some(_)) => Err(SettingsError(format!(
                "{flag} and {flag}-file cannot be given together; remove one of them"
            ))),
            (None, Some(file)) => {
                let text = read_bounded(file).map_err(|error| {
                    SettingsError(format!("{flag}-file: the file {file} cannot be read: {error}"))
                })?;
                let text = text.ok_or_else(|| {
                    SettingsError(format!(
                        "{flag}-file: the file {file} is longer than 64 KiB, the limit for a secret"
                    ))
                })?;
                match non_empty(Some(&text)) {
                    Some(secret) => Ok(Some(secret.to_owned())),
                    None => Err(SettingsError(format!("{flag}-file: the file {file} is empty"))),
                }
            }
        }
    }

    /// The flag that the secret came from.
    pub(crate) fn source(&self) -> String {
        if non_empty(self.file).is_some() { format!("{}-file", self.flag) } else { self.flag.to_owned() }
    }
}

/// The text of a file, or `None` if it is longer than [`MAX_BYTES`].
pub(super) fn read_bounded(file: &str) -> io::Result<Option<String>> {
    let mut text = Vec::new();
    File::open(file)?.take(MAX_BYTES + 1).read_to_end(&mut text)?;
    if text.len() as u64 > MAX_BYTES {
        return Ok(None);
    }
    let text = String::from_utf8(text);
    text.map(Some).map_err(|_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text"))
}

/// Whether accounts other than the service's own can read one of these files.
pub(crate) fn readable_by_others(files: impl IntoIterator<Item = String>) -> bool {
    use std::os::unix::fs::PermissionsExt as _;

    let mut modes =
        files.into_iter().filter_map(|file| Some(std::fs::metadata(file).ok()?.permissions().mode()));
    modes.any(|mode| mode & 0o044 != 0)
}

/// Whether a URL may hold a password. Text that is not a URL may be anything, so it counts as one.
pub(crate) fn has_password(url: &str) -> bool {
    let Some((_, rest)) = url.split_once("://") else { return true };
    let user = rest.rsplit_once('@').map_or("", |(user, _)| user);
    let after_user = user.split_once(':').is_some_and(|(_, password)| !password.is_empty());
    after_user || rest.contains("password=")
}

#[cfg(test)]
mod tests {
    use super::has_password;

    #[test]
    fn password_in_a_url_is_detected() {
        for without in
            ["postgres://localhost/x", "postgres://me@host:5432/x?sslmode=require", "postgres://me:@host/x"]
        {
            assert!(!has_password(without), "{without}");
        }
        for with in [
            "postgres://me:pass@host/x",
            "postgres://me:pa/?ss@host/x",
            "postgres://host/x?a=b&password=p",
            "secret",
        ] {
            assert!(has_password(with), "{with}");
        }
    }
}
