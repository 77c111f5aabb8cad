//! What a person has filled in, in the address of the page that shows what was found.
//!
//! A list that is the answer of a form can only be shown again by sending the form again, and browsers ask about that at every reload
//! and on every way back. So a form that changes nothing leads to an address. What was filled in may be personal: the address holds it
//! encrypted and authenticated, with a key that is derived from the cookie of the session. Nothing is stored, every instance can read
//! it, and once the session has ended it cannot be read any more.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use chacha20poly1305::aead::{Aead as _, Payload};
use chacha20poly1305::{ChaCha20Poly1305, KeyInit as _, Nonce};
use client_wire::{Code, Failure, Item};
use sha2::{Digest as _, Sha256};

use crate::fields::Fields;

/// How the query of an address begins that holds what was filled in.
pub(crate) const ENTERED: &str = "s=";
/// The longest address, in bytes. Proxies commonly take a line of 8 KiB.
const MAX_ADDRESS: usize = 6 * 1024;
/// The length of a nonce in bytes.
const NONCE: usize = 12;

/// What an address says was filled in.
pub(crate) enum Entered {
    Nothing,
    Fields(Fields),
    /// Something that this session did not write, or not for this page.
    Unreadable,
}

/// Why a page cannot be shown whose address this session cannot read: it is not as it was.
pub(crate) fn unreadable() -> Failure {
    Failure::of(Item::new(Code::StaleVersion, Code::StaleVersion.meaning()))
}

/// Writes and reads addresses of one session.
pub(crate) struct Seal(ChaCha20Poly1305);

impl Seal {
    /// That of the session with this cookie. The value of a cookie is 256 random bits, so a digest of it is a key; the text in front
    /// makes it another one than what else is derived from the cookie.
    pub(crate) fn of_cookie(cookie: &str) -> Self {
        let key = Sha256::new().chain_update("address of ").chain_update(cookie).finalize();
        Self(ChaCha20Poly1305::new(&key.0.into()))
    }

    /// The address of a page with what was filled in; none if it would be too long. `random` has 256 random bits.
    pub(crate) fn write(&self, path: &str, fields: &[(String, String)], random: &str) -> Option<String> {
        let text = serde_json::to_vec(fields).ok()?;
        let nonce: [u8; NONCE] = *Sha256::digest(random).first_chunk()?;
        let sealed =
            self.0.encrypt(&Nonce::from(nonce), Payload { msg: &text, aad: path.as_bytes() }).ok()?;
        let entered = BASE64_URL_SAFE_NO_PAD.encode([&nonce[..], &sealed].concat());
        Some(format!("{path}?{ENTERED}{entered}")).filter(|address| address.len() <= MAX_ADDRESS)
    }

    /// What the query of the address of this page says was filled in.
    pub(crate) fn read(&self, path: &str, query: Option<&str>) -> Entered {
        let Some(entered) = query.and_then(|query| query.strip_prefix(ENTERED)) else {
            return Entered::Nothing;
        };
        match self.open(path, entered) {
            Some(texts) => Entered::Fields(Fields { texts, ..Fields::default() }),
            None => Entered::Unreadable,
        }
    }

    fn open(&self, path: &str, entered: &str) -> Option<Vec<(String, String)>> {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(entered).ok()?;
        let (nonce, sealed) = bytes.split_first_chunk::<NONCE>()?;
        let text =
            self.0.decrypt(&Nonce::from(*nonce), Payload { msg: sealed, aad: path.as_bytes() }).ok()?;
        serde_json::from_slice(&text).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const PAGE: &str = "/console/clients";

    fn fields(texts: &[(&str, &str)]) -> Vec<(String, String)> {
        texts.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn read(seal: &Seal, path: &str, address: &str) -> Option<Vec<(String, String)>> {
        match seal.read(path, address.split_once('?').map(|(_, query)| query)) {
            Entered::Fields(fields) => Some(fields.texts),
            Entered::Nothing | Entered::Unreadable => None,
        }
    }

    #[test]
    fn only_its_session_and_its_page_read_an_address() {
        let (own, other) = (Seal::of_cookie("a1"), Seal::of_cookie("a2"));
        let entered = fields(&[("term", "Ọláyínká & \"Co\""), ("state", "Active"), ("state", "Exited")]);
        let address = own.write(PAGE, &entered, "r1").unwrap();
        assert_eq!(read(&own, PAGE, &address), Some(entered.clone()));
        assert_eq!(read(&Seal::of_cookie("a1"), PAGE, &address), Some(entered.clone()), "another instance");
        assert_eq!(read(&other, PAGE, &address), None);
        assert_eq!(read(&own, "/console/activity", &address), None);
        assert_ne!(own.write(PAGE, &entered, "r2").unwrap(), address);
        let text = address.strip_prefix("/console/clients?s=").unwrap();
        assert!(text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{text}");
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).unwrap();
        assert!(!String::from_utf8_lossy(&bytes).contains("Active"));
    }

    #[test]
    fn whatever_is_changed_in_an_address_makes_it_unreadable() {
        let seal = Seal::of_cookie("a1");
        let address = seal.write(PAGE, &fields(&[("term", "okafor")]), "r").unwrap();
        let begin = address.find("s=").unwrap() + 2;
        for at in begin..address.len() {
            let mut changed = address.clone().into_bytes();
            changed[at] = if changed[at] == b'A' { b'Q' } else { b'A' };
            let changed = String::from_utf8(changed).unwrap();
            assert!(read(&seal, PAGE, &changed).is_none(), "{changed}");
        }
        for query in ["s=", "s=A", "s=!", "s=AAAAAAAAAAAAAAAA", &address[begin - 2..address.len() - 1]] {
            assert!(matches!(seal.read(PAGE, Some(query)), Entered::Unreadable), "{query}");
        }
        for query in [None, Some(""), Some("deleted"), Some("x=1&s=A")] {
            assert!(matches!(seal.read(PAGE, query), Entered::Nothing), "{query:?}");
        }
    }

    #[test]
    fn an_address_has_a_longest_length() {
        let seal = Seal::of_cookie("a1");
        let longest = (0..MAX_ADDRESS)
            .rev()
            .find_map(|length| seal.write(PAGE, &fields(&[("term", &"x".repeat(length))]), "r"));
        assert!((MAX_ADDRESS - 4..=MAX_ADDRESS).contains(&longest.unwrap().len()));
    }
}
