//! A token before its signature is verified.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use client_wire::strict_json;
use serde_json::{Map, Value};

use crate::refused::Refused;

/// A longer token is not parsed.
const MAX_BYTES: usize = 8 * 1024;

/// What a token is for. Each kind names its type in other ways, so that a token of one kind is none of another.
///
/// ```
/// use token_verification::TokenKind;
///
/// assert!(TokenKind::Access.is_named("at+jwt") && !TokenKind::Identity.is_named("at+jwt"));
/// assert!(TokenKind::Logout.is_named("logout+jwt") && !TokenKind::Access.is_named("logout+jwt"));
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TokenKind {
    /// A caller shows it with a request.
    Access,
    /// It says who has signed in at an identity provider (`OpenID` Connect).
    Identity,
    /// It says which sessions an identity provider has ended (`OpenID` Connect Back-Channel Logout).
    Logout,
}

impl TokenKind {
    /// Whether a token of this kind may name this type.
    ///
    /// Many issuers write `JWT` for all of them. RFC 9068 names access tokens `at+jwt`. Both are media types that may be
    /// written out (RFC 7515, section 4.1.9).
    pub fn is_named(self, typ: &str) -> bool {
        let short = match typ.get(..APPLICATION.len()) {
            Some(prefix) if prefix.eq_ignore_ascii_case(APPLICATION) => typ.split_at(APPLICATION.len()).1,
            _ => typ,
        };
        let own = match self {
            Self::Access => "at+jwt",
            Self::Identity => "JWT",
            Self::Logout => "logout+jwt",
        };
        short.eq_ignore_ascii_case("JWT") || short.eq_ignore_ascii_case(own)
    }
}

/// The beginning of a media type that is written out.
const APPLICATION: &str = "application/";

/// A token in compact serialization (RFC 7515), parsed and not yet verified.
#[derive(Debug)]
pub(crate) struct Token<'a> {
    /// The signed text: header and payload as they were sent.
    pub(crate) message: &'a str,
    pub(crate) signature: &'a str,
    pub(crate) algorithm: String,
    pub(crate) kid: Option<String>,
    payload: &'a str,
}

impl<'a> Token<'a> {
    /// Parses a token and checks its header.
    ///
    /// `jku`, `x5u`, `jwk` and `x5c` would let a token bring its own key, so they are ignored.
    pub(crate) fn parse(raw: &'a str, kind: TokenKind) -> Result<Self, Refused> {
        if raw.len() > MAX_BYTES {
            return Err(Refused::Invalid("too_long"));
        }
        let (message, signature) = raw.rsplit_once('.').ok_or(Refused::Invalid("shape"))?;
        let (header, payload) = message.split_once('.').ok_or(Refused::Invalid("shape"))?;
        if header.is_empty() || payload.is_empty() || payload.contains('.') {
            return Err(Refused::Invalid("shape"));
        }
        let header = object(header)?;
        if header.contains_key("crit") {
            return Err(Refused::Invalid("critical_header"));
        }
        match header.get("typ") {
            None => {}
            Some(Value::String(typ)) if kind.is_named(typ) => {}
            Some(_) => return Err(Refused::Invalid("type")),
        }
        let Some(Value::String(algorithm)) = header.get("alg") else {
            return Err(Refused::Invalid("algorithm"));
        };
        let key_id = match header.get("kid") {
            None => None,
            Some(Value::String(id)) => Some(id.clone()),
            Some(_) => return Err(Refused::Invalid("key_id")),
        };
        Ok(Self { message, signature, algorithm: algorithm.clone(), kid: key_id, payload })
    }

    /// The claims. They are trusted only after the signature was verified.
    pub(crate) fn claims(&self) -> Result<Map<String, Value>, Refused> {
        object(self.payload)
    }
}

/// The engine accepts the URL-safe alphabet without padding and without stray bits at the end, so that every token has
/// exactly one spelling.
fn object(part: &str) -> Result<Map<String, Value>, Refused> {
    let text = URL_SAFE_NO_PAD.decode(part).map_err(|_| Refused::Invalid("encoding"))?;
    strict_json::object(&text).map_err(|_| Refused::Invalid("json"))
}
