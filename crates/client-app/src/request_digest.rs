//! What tells two requests apart that come with the same idempotency key.

use sha2::{Digest as _, Sha256};

use crate::ports::Fingerprint;

/// A digest of everything that a request asks for.
///
/// Two hashes are kept: the fingerprint, which is stored, and a secret of the same bytes, which never is and which the
/// stored reply is sealed with. Neither can be told from the other.
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

/// What only a caller who has the request knows.
pub(crate) struct RequestSecret(pub(crate) [u8; 32]);

/// What tells the secret of a body from its fingerprint.
const SECRET: &[u8] = b"clients: the secret of a body\0";

impl RequestDigest {
    /// The digest of nothing so far.
    pub fn new() -> Self {
        Self { fingerprint: Sha256::new(), secret: Sha256::new_with_prefix(SECRET) }
    }

    /// Takes in more bytes of the canonical form of the request.
    pub fn update(&mut self, bytes: &[u8]) {
        self.fingerprint.update(bytes);
        self.secret.update(bytes);
    }

    /// Takes in a text that neither its neighbours nor an absent value can be mistaken for.
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
    fn the_secret_of_a_request_is_not_its_fingerprint() {
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
    fn an_absent_text_is_no_empty_one_and_neighbours_do_not_run_together() {
        let digest = |texts: &[Option<&str>]| {
            let mut digest = RequestDigest::new();
            texts.iter().for_each(|text| digest.text(*text));
            digest.fingerprint()
        };
        assert!(digest(&[Some("")]) != digest(&[None]));
        assert!(digest(&[Some("ab"), Some("c")]) != digest(&[Some("a"), Some("bc")]));
    }
}
