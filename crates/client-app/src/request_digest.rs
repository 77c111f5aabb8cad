//! Distinguishes requests with the same idempotency key.

use client_domain::value::ReasonCode;
use sha2::{Digest as _, Sha256};

use crate::ports::idempotency::Fingerprint;

/// A digest of all values of a request.
///
/// It has two hashes: a fingerprint, which is stored, and a secret from the same bytes, which is never stored
/// and which seals the stored reply. Neither can be derived from the other.
///
/// ```
/// use client_app::RequestDigest;
///
/// let digest = |bytes: &[u8]| {
///     let mut digest = RequestDigest::new();
///     digest.update(bytes);
///     digest.fingerprint()
/// };
/// assert!(digest(b"a") == digest(b"a"));
/// assert!(digest(b"a") != digest(b"b"));
/// ```
#[derive(Clone, Debug)]
pub struct RequestDigest {
    fingerprint: Sha256,
    secret: Sha256,
}

/// A value that only the holder of the request can compute.
pub(crate) struct RequestSecret(pub(crate) [u8; 32]);

/// The prefix that separates the secret from the fingerprint.
const SECRET: &[u8] = b"clients: the secret of a body\0";

impl RequestDigest {
    /// The digest of an empty request.
    pub fn new() -> Self {
        Self { fingerprint: Sha256::new(), secret: Sha256::new_with_prefix(SECRET) }
    }

    /// Adds bytes of the canonical form of the request.
    pub fn update(&mut self, bytes: &[u8]) {
        self.fingerprint.update(bytes);
        self.secret.update(bytes);
    }

    /// Adds an optional text, encoded unambiguously: absent and empty texts differ, and so do shifted
    /// boundaries.
    pub(crate) fn text<'t>(&mut self, text: impl Into<Option<&'t str>>) {
        match text.into() {
            Some(text) => {
                self.update(&[1]);
                self.update(&(text.len() as u64).to_be_bytes());
                self.update(text.as_bytes());
            }
            None => self.update(&[0]),
        }
    }

    /// Adds the code of a reason, if there is one. A request without a code has the digest that it had before there
    /// were codes.
    pub(crate) fn code(&mut self, code: Option<&ReasonCode>) {
        if let Some(code) = code {
            self.text(code.as_str());
        }
    }

    /// The fingerprint, which is stored with the outcome.
    pub fn fingerprint(&self) -> Fingerprint {
        Fingerprint(self.fingerprint.clone().finalize().into())
    }

    pub(crate) fn secret(&self) -> RequestSecret {
        RequestSecret(self.secret.clone().finalize().into())
    }
}

impl Default for RequestDigest {
    fn default() -> Self {
        Self::new()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secret_and_fingerprint_differ() {
        let digest = |bytes: &[u8]| {
            let mut digest = RequestDigest::new();
            digest.update(bytes);
            (digest.fingerprint().0, digest.secret().0)
        };
        let (fingerprint, secret) = digest(b"a");
        assert_ne!(fingerprint, secret);
        assert_eq!((fingerprint, secret), digest(b"a"));
        assert_ne!(secret, digest(b"b").1);
    }

    #[test]
    fn absent_and_empty_texts_differ_and_boundaries_count() {
        let digest = |texts: &[Option<&str>]| {
            let mut digest = RequestDigest::new();
            for text in texts {
                digest.text(*text);
            }
            digest.fingerprint()
        };
        assert!(digest(&[Some("")]) != digest(&[None]));
        assert!(digest(&[Some("ab"), Some("c")]) != digest(&[Some("a"), Some("bc")]));
    }
}
