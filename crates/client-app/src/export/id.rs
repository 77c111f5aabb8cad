use std::fmt;

use client_domain::Invalid;
use client_domain::kyc::Sha256;
use sha2::{Digest as _, Sha256 as Hasher};

use crate::ports::outbox::EventId;

/// The id of an export: 32 lower-case hexadecimal characters.
///
/// ```
/// use client_app::export::ExportId;
///
/// assert_eq!(ExportId::parse("0123456789abcdef0123456789abcdef")?.as_str().len(), 32);
/// assert!(ExportId::parse("../exports").is_err());
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ExportId(String);

impl ExportId {
    const LENGTH: usize = 32;

    /// The id that follows from a fresh key.
    pub(crate) fn of(fresh: &EventId) -> Self {
        let hasher = Hasher::new_with_prefix(b"clients: the id of an export\0").chain_update(fresh.as_str());
        let digest = Sha256(hasher.finalize().into()).to_string();
        Self(digest.chars().take(Self::LENGTH).collect())
    }

    /// Reads an id that was made here.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let made_here =
            raw.len() == Self::LENGTH && raw.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let wrong = Invalid::Format { expected: "32 lower-case hexadecimal characters" };
        if made_here { Ok(Self(raw.to_owned())) } else { Err(wrong) }
    }

    /// The text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ExportId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
