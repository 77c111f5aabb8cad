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

/// A file that holds a secret or keys.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct SecretFile {
    /// The setting that names it, without dashes.
    pub(crate) setting: &'static str,
    /// Where that setting names files of several receivers: whose it is, and which one of its files.
    pub(crate) of_receiver: Option<(String, &'static str)>,
    pub(crate) path: String,
}

impl SecretFile {
    /// The file of a setting, if it names one.
    pub(crate) fn named(setting: &'static str, path: Option<&str>) -> Option<Self> {
        Some(Self { setting, of_receiver: None, path: non_empty(path)?.to_owned() })
    }
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
                // Some editors put it in front of what they save. Here it would be a part of the secret, which is not seen.
                if text.starts_with('\u{feff}') {
                    return Err(SettingsError(format!(
                        "{flag}-file: the file {file} begins with a byte order mark; save it as UTF-8 without one"
                    )));
                }
                match non_empty(Some(&text)) {
                    Some(secret) => Ok(Some(secret.to_owned())),
                    None => Err(SettingsError(format!("{flag}-file: the file {file} is empty"))),
                }
            }
        }
    }

    /// The beginning of a sentence about the secret: its flag, and its file if it is in one.
    pub(crate) fn subject(&self) -> String {
        match non_empty(self.file) {
            Some(file) => format!("{}-file: the file {file}", self.flag),
            None => self.flag.to_owned(),
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
    let refused = |_| io::Error::new(io::ErrorKind::InvalidData, "it is not UTF-8 text; save it as UTF-8");
    text.map(Some).map_err(refused)
}

/// Whether accounts other than the service's own can read one of these files.
pub(crate) fn readable_by_others<'a>(files: impl IntoIterator<Item = &'a str>) -> bool {
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

/// Whether the value of a setting that may hold a secret does: text that is no address, or an address with a password or with
/// what may be a key. The path of an address is for [`may_hold_key`].
pub(crate) fn holds_secret(setting: &str, value: &str) -> bool {
    addresses(setting, value).any(|address| match address.split_once("://") {
        Some(("postgres" | "postgresql" | "sqlite", _)) => has_password(address),
        Some((_, rest)) => rest.contains(['@', '?', '#']),
        None => true,
    })
}

/// The same, and whether the path of a web address may be a key, as the paths of many webhooks are.
pub(crate) fn may_hold_key(setting: &str, value: &str) -> bool {
    let has_path = |address: &str| {
        let path = address.split_once("://").and_then(|(_, rest)| rest.split_once('/'));
        path.is_some_and(|(_, path)| !path.is_empty())
    };
    let is_web = matches!(setting, "accounts" | "webhook" | "webhook-receiver");
    holds_secret(setting, value) || (is_web && addresses(setting, value).any(has_path))
}

/// What a value holds besides names: its texts, or the address of a receiver.
fn addresses<'a>(setting: &str, value: &'a str) -> impl Iterator<Item = &'a str> {
    let is_receiver = setting == "webhook-receiver";
    let parts = value.split(move |c: char| c.is_whitespace() || (is_receiver && c == ','));
    parts
        .filter_map(move |part| if is_receiver { part.strip_prefix("url=") } else { Some(part) })
        .filter(|part| !part.is_empty())
}

#[cfg(test)]
mod tests {
    use super::{Secret, has_password, holds_secret, may_hold_key};

    #[test]
    fn a_file_that_an_editor_has_marked_is_refused_with_the_reason() {
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("secret");
        let file = file.to_str().unwrap();
        let refused = |bytes: &[u8]| {
            std::fs::write(file, bytes).unwrap();
            Secret { flag: "--webhook-secret", value: None, file: Some(file) }.read().unwrap_err().0
        };
        let marked = refused("\u{feff}whsec_mArKeR".as_bytes());
        let expected = "begins with a byte order mark; save it as UTF-8 without one";
        assert_eq!(marked, format!("--webhook-secret-file: the file {file} {expected}"));
        let other = refused(b"\xff\xfem\0A\0r\0");
        assert!(other.ends_with("cannot be read: it is not UTF-8 text; save it as UTF-8"), "{other}");
    }

    #[test]
    fn a_value_holds_a_secret_by_what_is_in_it() {
        for (setting, value, is_secret, is_key) in [
            ("otlp-endpoint", "http://127.0.0.1:4318/v1/traces", false, false),
            ("otlp-endpoint", "https://me@otel.example", true, true),
            ("otlp-endpoint", "https://otel.example/?key=k", true, true),
            ("database-url", "postgres://me@h1,h2/x?sslmode=require", false, false),
            ("database-url", "postgres://me:pass@h1,h2/x", true, true),
            ("database-url", "sqlite:///srv/bank/clients.db", false, false),
            ("replica-url", "postgres://me@h1/x postgres://me:pass@h2/x", true, true),
            ("webhook", "https://hooks.example/", false, false),
            ("webhook", "https://hooks.example/T00/B00", false, true),
            ("accounts", "https://ledger.example/accounts?key=k", true, true),
            (
                "webhook-receiver",
                "name=a,url=https://hooks.example,secret-file=/run/a,types=A+B",
                false,
                false,
            ),
            ("webhook-receiver", "name=a,url=https://me:pass@hooks.example,secret-file=/run/a", true, true),
            ("webhook-receiver", "name=a,url=https://hooks.example/key,secret-file=/run/a", false, true),
            ("webhook-receiver", "name=a,url-file=/run/url,secret-file=/run/a", false, false),
            ("webhook-secret", "whsec_x", true, true),
            ("caller-hash-key", "0123456789abcdef", true, true),
        ] {
            assert_eq!(holds_secret(setting, value), is_secret, "{setting} {value}");
            assert_eq!(may_hold_key(setting, value), is_key, "{setting} {value}");
        }
    }

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
