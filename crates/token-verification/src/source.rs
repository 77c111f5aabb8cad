//! Where keys come from.

use std::collections::BTreeSet;
use std::fmt;
use std::path::{Path, PathBuf};

use tokio::io::AsyncReadExt;

use crate::fetch::{Address, MAX_DOCUMENT_BYTES};
use crate::keys::VerificationKey;
use crate::{jwks, pem};

/// The minimum length of a secret for HS256: as long as the hash (RFC 7518, section 3.2).
const MIN_SECRET_BYTES: usize = 32;
/// A secret with fewer distinct bytes is a placeholder, such as one repeated character.
const MIN_DISTINCT_BYTES: usize = 8;

/// Checks the length of a shared secret; the error is half a sentence.
pub(crate) fn check_secret(secret: &[u8]) -> Result<(), &'static str> {
    if secret.len() < MIN_SECRET_BYTES {
        return Err("the secret must have at least 32 bytes");
    }
    let distinct: BTreeSet<_> = secret.iter().collect();
    if distinct.len() < MIN_DISTINCT_BYTES {
        return Err("the secret must have at least 8 different bytes, as a random one has");
    }
    Ok(())
}

/// Where keys come from, and the name of the setting that says so, for errors.
///
/// ```
/// use token_verification::KeySource;
///
/// let source = KeySource::hs256_secret("CLIENTS_SECRET", "a secret that no log may show");
/// assert!(!format!("{source:?}").contains("a secret"));
/// ```
#[derive(Clone)]
pub struct KeySource {
    setting: String,
    location: Location,
}

#[derive(Clone)]
pub(crate) enum Location {
    JwksFile(PathBuf),
    JwksAddress(String),
    PemFile(PathBuf),
    Secret(Vec<u8>),
}

/// A key source that cannot be used. The text is one sentence that names the setting and no key material.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{setting}: {problem}")]
pub struct KeySourceError {
    setting: String,
    problem: String,
}

impl KeySource {
    /// A file with a JSON Web Key Set; it may be replaced while the service runs.
    pub fn jwks_file(setting: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self { setting: setting.into(), location: Location::JwksFile(path.into()) }
    }

    /// A URL that answers a JSON Web Key Set: https, or http on this machine.
    pub fn jwks_address(setting: impl Into<String>, url: impl Into<String>) -> Self {
        Self { setting: setting.into(), location: Location::JwksAddress(url.into()) }
    }

    /// A PEM file with one public key; it may be replaced while the service runs.
    pub fn public_key_pem(setting: impl Into<String>, path: impl Into<PathBuf>) -> Self {
        Self { setting: setting.into(), location: Location::PemFile(path.into()) }
    }

    /// A shared secret of at least 32 bytes, 8 of them distinct, for development.
    pub fn hs256_secret(setting: impl Into<String>, secret: impl Into<Vec<u8>>) -> Self {
        Self { setting: setting.into(), location: Location::Secret(secret.into()) }
    }

    /// Whether a verifier takes these sources beside each other; none of them is read.
    ///
    /// # Errors
    ///
    /// A secret is for development, and stands alone.
    ///
    /// ```
    /// use token_verification::KeySource;
    ///
    /// let secret = || KeySource::hs256_secret("--jwt-hs256-secret", "a secret of at least 32 bytes, 8 of them distinct");
    /// assert!(KeySource::check_together(&[secret()]).is_ok());
    /// assert!(KeySource::check_together(&[secret(), KeySource::jwks_file("--jwks", "keys.json")]).is_err());
    /// ```
    pub fn check_together(sources: &[Self]) -> Result<(), KeySourceError> {
        match sources.iter().find(|source| source.is_secret()) {
            Some(secret) if sources.len() > 1 => {
                Err(secret.error("a secret is for development and cannot stand beside other keys"))
            }
            _ => Ok(()),
        }
    }

    /// Reads a file or a secret as a verifier does. Of an address only the form is checked: it is not asked.
    ///
    /// # Errors
    ///
    /// What is wrong, as [`TokenVerifier::load`](crate::TokenVerifier::load) says it.
    ///
    /// ```
    /// use token_verification::KeySource;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let address = KeySource::jwks_address("--jwks", "https://id.bank.example/keys");
    /// assert_eq!(address.check().await, Ok(()), "whatever it would answer");
    /// assert!(KeySource::jwks_file("--jwks", "/no/such/file").check().await.is_err());
    /// # });
    /// ```
    pub async fn check(&self) -> Result<(), KeySourceError> {
        let reader = self.open()?;
        if matches!(reader, Reader::Address(_)) {
            return Ok(());
        }
        let document = reader.read().await.map_err(|problem| self.error(problem))?;
        reader.parse(&document).map(drop).map_err(|problem| self.error(problem))
    }

    pub(crate) const fn is_secret(&self) -> bool {
        matches!(self.location, Location::Secret(_))
    }

    pub(crate) fn error(&self, problem: impl Into<String>) -> KeySourceError {
        KeySourceError::new(&self.setting, problem)
    }

    pub(crate) fn open(&self) -> Result<Reader, KeySourceError> {
        let reader = match &self.location {
            Location::JwksFile(path) => Reader::File { path: path.clone(), parse: jwks::keys_of },
            Location::PemFile(path) => Reader::File { path: path.clone(), parse: one_key },
            Location::JwksAddress(url) => {
                Reader::Address(Address::parse(url).map_err(|problem| self.error(problem))?)
            }
            Location::Secret(secret) => {
                check_secret(secret).map_err(|problem| self.error(problem))?;
                Reader::Secret(VerificationKey::hs256(secret))
            }
        };
        Ok(reader)
    }
}

/// The secret, and an address that may carry one, stay out of debug output.
impl fmt::Debug for KeySource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("KeySource").field("setting", &self.setting).finish_non_exhaustive()
    }
}

impl KeySourceError {
    pub(crate) fn new(setting: &str, problem: impl Into<String>) -> Self {
        Self { setting: setting.to_owned(), problem: problem.into() }
    }
}

type Parse = fn(&[u8]) -> Result<Vec<VerificationKey>, String>;

/// An opened source, which can be read repeatedly.
#[derive(Debug)]
pub(crate) enum Reader {
    File { path: PathBuf, parse: Parse },
    Address(Address),
    Secret(VerificationKey),
}

impl Reader {
    /// The document as it is now.
    pub(crate) async fn read(&self) -> Result<Vec<u8>, String> {
        match self {
            Self::File { path, .. } => read_file(path).await,
            Self::Address(address) => {
                address.fetch().await.map_err(|problem| format!("the address {problem}"))
            }
            Self::Secret(_) => Ok(Vec::new()),
        }
    }

    /// The keys in a document; never none.
    pub(crate) fn parse(&self, document: &[u8]) -> Result<Vec<VerificationKey>, String> {
        match self {
            Self::File { path, parse } => {
                parse(document).map_err(|problem| format!("the file {} {problem}", path.display()))
            }
            Self::Address(_) => {
                jwks::keys_of(document).map_err(|problem| format!("what the address answers {problem}"))
            }
            Self::Secret(key) => Ok(vec![key.clone()]),
        }
    }
}

/// The byte order mark in UTF-8.
const MARK: &[u8] = "\u{feff}".as_bytes();

async fn read_file(path: &Path) -> Result<Vec<u8>, String> {
    let unreadable = |error: std::io::Error| format!("the file {} cannot be read: {error}", path.display());
    let file = tokio::fs::File::open(path).await.map_err(unreadable)?;
    let mut document = Vec::new();
    let limit = MAX_DOCUMENT_BYTES as u64 + 1;
    file.take(limit).read_to_end(&mut document).await.map_err(unreadable)?;
    if document.len() > MAX_DOCUMENT_BYTES {
        return Err(format!("the file {} is longer than 1 MiB", path.display()));
    }
    // Some editors put the byte order mark in front of what they save.
    if document.starts_with(MARK) {
        document.drain(..MARK.len());
    }
    Ok(document)
}

fn one_key(document: &[u8]) -> Result<Vec<VerificationKey>, String> {
    pem::key_of(document).map(|key| vec![key])
}
