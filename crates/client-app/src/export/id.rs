use std::fmt;

use client_domain::Invalid;
use sha2::{Digest as _, Sha256};

use crate::hex_id;
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
    /// The id that follows from a fresh key.
    pub(crate) fn of(fresh: &EventId) -> Self {
        let hasher = Sha256::new_with_prefix(b"clients: the id of an export\0").chain_update(fresh.as_str());
        Self(hex_id::of(hasher))
    }

    /// Reads an id that was made here.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        hex_id::parse(raw).map(Self)
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
