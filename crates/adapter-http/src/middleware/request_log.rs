//! Which requests have a line in the log, and what a line says about the caller.

use std::fmt;
use std::sync::Arc;

use aws_lc_rs::hmac::{HMAC_SHA256, Key, sign};
use aws_lc_rs::rand::SystemRandom;
use client_domain::ActorId;

/// The shortest key, in bytes: a shorter one can be found by trying.
const MIN_KEY: usize = 16;
/// How many bytes of a hash are logged: enough that two callers of a bank do not share one.
const LOGGED_BYTES: usize = 8;

/// Which requests have a line in the log: all of them, or those that failed.
///
/// A line holds no value of the request and no subject. A caller is the beginning of the HMAC-SHA-256 of its subject, in
/// hexadecimal digits: the lines of one caller are found by it, and without the key it does not lead back to the subject.
///
/// ```
/// use adapter_http::{CallerHashKey, RequestLog};
///
/// let log = RequestLog::all().with_callers(CallerHashKey::parse("0123456789abcdef")?);
/// assert!(format!("{log:?}").contains("all: true"));
/// assert!(CallerHashKey::parse("too short").is_err());
/// # Ok::<(), adapter_http::CallerHashKeyError>(())
/// ```
#[derive(Clone, Debug)]
pub struct RequestLog {
    /// Whether a request that succeeds has a line at `INFO`.
    pub(super) all: bool,
    key: Option<CallerHashKey>,
}

impl RequestLog {
    /// A line for each request.
    pub const fn all() -> Self {
        Self { all: true, key: None }
    }

    /// A line for each request that fails, at the level of its severity, and none for the others.
    pub const fn failures() -> Self {
        Self { all: false, key: None }
    }

    /// Lines name their callers, hashed with this key.
    #[must_use]
    pub fn with_callers(self, key: CallerHashKey) -> Self {
        Self { key: Some(key), ..self }
    }

    /// The hash of this caller; it is computed only where a line is written.
    pub(super) fn hashed<'a>(&'a self, caller: Option<&'a ActorId>) -> Option<HashedCaller<'a>> {
        Some(HashedCaller { key: self.key.as_ref()?, caller: caller? })
    }
}

/// The key with which the subjects of callers are hashed for the log.
#[derive(Clone)]
pub struct CallerHashKey(Arc<Key>);

/// The key is too short.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the key must have at least {MIN_KEY} bytes")]
pub struct CallerHashKeyError;

impl CallerHashKey {
    /// The key of this text, which makes the hashes of all instances and of all starts the same.
    ///
    /// # Errors
    ///
    /// A text of fewer than 16 bytes is refused.
    pub fn parse(text: &str) -> Result<Self, CallerHashKeyError> {
        if text.len() < MIN_KEY { Err(CallerHashKeyError) } else { Ok(Self::of(text.as_bytes())) }
    }

    /// A key for this process only; none where the machine has no randomness.
    pub fn random() -> Option<Self> {
        let key = Key::generate(HMAC_SHA256, &SystemRandom::new());
        key.ok().map(|key| Self(Arc::new(key)))
    }

    fn of(bytes: &[u8]) -> Self {
        Self(Arc::new(Key::new(HMAC_SHA256, bytes)))
    }
}

impl fmt::Debug for CallerHashKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("CallerHashKey(…)")
    }
}

/// A caller as the log shows it.
#[derive(Clone, Copy)]
pub(super) struct HashedCaller<'a> {
    key: &'a CallerHashKey,
    caller: &'a ActorId,
}

impl fmt::Display for HashedCaller<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let hash = sign(&self.key.0, self.caller.as_str().as_bytes());
        hash.as_ref().iter().take(LOGGED_BYTES).try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hash_is_what_openssl_computes_and_depends_on_key_and_caller() {
        let hash = |key: Option<CallerHashKey>, caller: &str| {
            let log = RequestLog::all().with_callers(key.unwrap());
            log.hashed(Some(&ActorId::parse(caller).unwrap())).unwrap().to_string()
        };
        let key = || CallerHashKey::parse("0123456789abcdef").ok();
        // printf %s maker-1 | openssl dgst -sha256 -hmac 0123456789abcdef
        assert_eq!(hash(key(), "maker-1"), "cc33df305b3a2e4d");
        assert_ne!(hash(key(), "maker-2"), "cc33df305b3a2e4d");
        assert_ne!(hash(CallerHashKey::random(), "maker-1"), hash(CallerHashKey::random(), "maker-1"));
        assert!(RequestLog::all().hashed(ActorId::parse("maker-1").ok().as_ref()).is_none());
    }
}
