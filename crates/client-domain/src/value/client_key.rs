use std::fmt;

use super::invalid::Invalid;

/// The key of a client for other systems. Keys generated here have 32 lower-case hexadecimal characters; any
/// opaque text of up to 64 visible ASCII characters is accepted.
///
/// ```
/// use client_domain::value::ClientKey;
///
/// let key = ClientKey::from_bits(0x8a8e_86a5_0000_0000_0000_0000_0000_002a);
/// assert_eq!(key.as_str(), "8a8e86a500000000000000000000002a");
/// assert_eq!(ClientKey::parse(key.as_str())?, key);
/// assert!(ClientKey::parse("two words").is_err());
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ClientKey(String);

impl ClientKey {
    /// The maximum number of characters.
    pub const MAX: usize = 64;

    /// Reads a key of any origin.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let text = raw.trim();
        if text.is_empty() {
            Err(Invalid::TooShort { min: 1 })
        } else if text.len() > Self::MAX {
            Err(Invalid::TooLong { max: Self::MAX })
        } else if !text.bytes().all(|b| b.is_ascii_graphic()) {
            Err(Invalid::Characters { allowed: "visible ASCII characters" })
        } else {
            Ok(Self(text.to_owned()))
        }
    }

    /// Formats 128 bits as a key, in hexadecimal. Enough of them must be random that no two keys are equal and none can be guessed.
    pub fn from_bits(bits: u128) -> Self {
        Self(format!("{bits:032x}"))
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ClientKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

crate::conversions::text_conversions!(ClientKey, as_str);
