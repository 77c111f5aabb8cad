use std::fmt;

use crate::value::Invalid;

/// The SHA-256 of a file (FIPS 180-4), shown as 64 lower-case hexadecimal characters.
///
/// ```
/// use client_domain::kyc::Sha256;
///
/// let digest = Sha256([0xab; 32]);
/// assert_eq!(digest.to_string(), "ab".repeat(32));
/// assert_eq!(Sha256::parse(&digest.to_string())?, digest);
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Sha256(pub [u8; 32]);

impl Sha256 {
    /// Reads 64 lower-case hexadecimal characters.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        const WRONG: Invalid = Invalid::Format { expected: "64 lower-case hexadecimal characters" };
        let digits = raw.as_bytes();
        let lower = |b: &u8| matches!(b, b'0'..=b'9' | b'a'..=b'f');
        if digits.len() != 64 || !digits.iter().all(lower) {
            return Err(WRONG);
        }
        let mut digest = [0; 32];
        for (byte, pair) in digest.iter_mut().zip(digits.chunks_exact(2)) {
            let pair = std::str::from_utf8(pair).map_err(|_| WRONG)?;
            *byte = u8::from_str_radix(pair, 16).map_err(|_| WRONG)?;
        }
        Ok(Self(digest))
    }
}

impl fmt::Display for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.0.iter().try_for_each(|byte| write!(f, "{byte:02x}"))
    }
}

impl fmt::Debug for Sha256 {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Sha256({self})")
    }
}

crate::conversions::from_text!(Sha256);
#[cfg(feature = "serde")]
crate::conversions::text_serde!(Sha256, |value| value, |text| Self::parse(text)
    .map_err(serde::de::Error::custom));
