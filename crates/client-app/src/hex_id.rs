//! Ids of 32 lower-case hexadecimal characters: the first half of a digest.

use client_domain::Invalid;
use client_domain::kyc::Sha256;
use sha2::Digest as _;

const LENGTH: usize = 32;

/// The id that follows from what was hashed.
pub(crate) fn of(hasher: sha2::Sha256) -> String {
    Sha256(hasher.finalize().into()).to_string().chars().take(LENGTH).collect()
}

/// Reads an id that was made here.
pub(crate) fn parse(raw: &str) -> Result<String, Invalid> {
    let made_here = raw.len() == LENGTH && raw.bytes().all(|b| matches!(b, b'0'..=b'9' | b'a'..=b'f'));
    let wrong = Invalid::Format { expected: "32 lower-case hexadecimal characters" };
    if made_here { Ok(raw.to_owned()) } else { Err(wrong) }
}
