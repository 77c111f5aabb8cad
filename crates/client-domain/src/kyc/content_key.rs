use std::fmt;

use jiff::Timestamp;

use crate::value::Invalid;

/// The key of the bytes of a file: 32 lower-case hexadecimal characters. The first 12 are the creation time
/// in milliseconds (since 1970, as in a UUID of version 7, RFC 9562) and the rest is random.
///
/// So keys sort by creation time, and the garbage collection can read the age of an orphan from its key.
///
/// ```
/// use client_domain::kyc::ContentKey;
///
/// let at: jiff::Timestamp = "2026-01-05T09:00:00.123Z".parse().unwrap();
/// let key = ContentKey::from_bits(at, 7);
/// assert_eq!(key.made_at(), at);
/// assert_eq!(ContentKey::parse(key.as_str())?, key);
/// assert!(key < ContentKey::from_bits("2026-01-05T09:00:00.124Z".parse().unwrap(), 0));
/// assert!(ContentKey::parse("../../etc/passwd").is_err());
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ContentKey(String);

impl ContentKey {
    const LENGTH: usize = 32;
    const RANDOM_BITS: u32 = 80;

    /// Formats a time and 80 random bits as a key. A time outside of the years 1970 to 10889 is clamped.
    pub fn from_bits(at: Timestamp, bits: u128) -> Self {
        let max = (1_u128 << (128 - Self::RANDOM_BITS)) - 1;
        let millisecond = u128::try_from(at.as_millisecond()).unwrap_or(0).min(max);
        let random = bits & ((1 << Self::RANDOM_BITS) - 1);
        Self(format!("{:032x}", millisecond << Self::RANDOM_BITS | random))
    }

    /// Reads a key that was generated here.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let made_here =
            raw.len() == Self::LENGTH && raw.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
        let wrong = Invalid::Format { expected: "32 lower-case hexadecimal characters" };
        if made_here { Ok(Self(raw.to_owned())) } else { Err(wrong) }
    }

    /// The creation time in milliseconds.
    pub fn made_at(&self) -> Timestamp {
        let millisecond = self.0.get(..12).and_then(|digits| i64::from_str_radix(digits, 16).ok());
        millisecond.and_then(|at| Timestamp::from_millisecond(at).ok()).unwrap_or(Timestamp::MAX)
    }

    /// The key as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for ContentKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

crate::conversions::text_conversions!(ContentKey, as_str);
