//! One key, bound to one algorithm.

use std::fmt;

use aws_lc_rs::signature::{ECDSA_P256_SHA256_FIXED, ED25519, ParsedPublicKey};
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;

/// Shorter RSA keys can be broken (NIST SP 800-131A).
const MIN_RSA_BITS: usize = 2048;
/// The signature library verifies no longer keys.
const MAX_RSA_BITS: usize = 8192;

/// A public key or secret, bound to the one algorithm it verifies.
#[derive(Clone)]
pub(crate) struct VerificationKey {
    pub(crate) kid: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

/// The members of a JSON Web Key (RFC 7517) that matter for a signature.
#[derive(Default, Deserialize)]
pub(crate) struct Jwk {
    kty: String,
    kid: Option<String>,
    #[serde(rename = "use")]
    usage: Option<String>,
    key_ops: Option<Vec<String>>,
    alg: Option<String>,
    crv: Option<String>,
    n: Option<String>,
    e: Option<String>,
    x: Option<String>,
    y: Option<String>,
    d: Option<serde::de::IgnoredAny>,
}

impl VerificationKey {
    /// A shared secret, for development.
    pub(crate) fn hs256(secret: &[u8]) -> Self {
        Self { kid: None, algorithm: Algorithm::HS256, key: DecodingKey::from_secret(secret) }
    }

    /// The key of a JSON Web Key, or why it cannot be used.
    pub(crate) fn of_jwk(jwk: Jwk) -> Result<Self, &'static str> {
        if jwk.usage.as_deref().is_some_and(|usage| usage != "sig") {
            return Err("it is not for signatures");
        }
        if jwk.key_ops.as_ref().is_some_and(|ops| !ops.iter().any(|op| op == "verify")) {
            return Err("it is not for verifying");
        }
        if jwk.d.is_some() {
            return Err("it holds a private key, which has no business here");
        }
        let (algorithm, key) = match (jwk.kty.as_str(), jwk.crv.as_deref()) {
            ("RSA", _) => (Algorithm::RS256, rsa(&jwk)?),
            ("EC", Some("P-256")) => (Algorithm::ES256, p256(&jwk)?),
            ("OKP", Some("Ed25519")) => (Algorithm::EdDSA, ed25519(&jwk)?),
            ("EC" | "OKP", _) => return Err("its curve is neither P-256 nor Ed25519"),
            ("oct", _) => return Err("it is a shared secret"),
            _ => return Err("its kty is unknown"),
        };
        let key = Self { kid: jwk.kid, algorithm, key };
        match jwk.alg {
            Some(alg) if !key.is_for(&alg) => Err("its alg is not RS256, ES256 or EdDSA"),
            _ => Ok(key),
        }
    }

    /// The algorithm as a token's header names it.
    pub(crate) const fn algorithm(&self) -> &'static str {
        match self.algorithm {
            Algorithm::HS256 => "HS256",
            Algorithm::RS256 => "RS256",
            Algorithm::ES256 => "ES256",
            _ => "EdDSA",
        }
    }

    /// Whether the key verifies tokens whose header names this algorithm. `Ed25519` is the later name of `EdDSA` with a
    /// key of this kind (RFC 9864).
    pub(crate) fn is_for(&self, algorithm: &str) -> bool {
        algorithm == self.algorithm() || (self.algorithm == Algorithm::EdDSA && algorithm == "Ed25519")
    }

    /// Whether `signature`, in base64url, is this key's signature of `message`.
    pub(crate) fn verifies(&self, message: &[u8], signature: &str) -> bool {
        jsonwebtoken::crypto::verify(signature, message, &self.key, self.algorithm).unwrap_or(false)
    }
}

impl fmt::Debug for VerificationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("VerificationKey")
            .field("kid", &self.kid)
            .field("algorithm", &self.algorithm)
            .finish_non_exhaustive()
    }
}

fn rsa(jwk: &Jwk) -> Result<DecodingKey, &'static str> {
    let modulus = number(jwk.n.as_deref())?;
    let exponent = number(jwk.e.as_deref())?;
    let bits = match modulus.first() {
        Some(first) => modulus.len() * 8 - first.leading_zeros() as usize,
        None => 0,
    };
    if !(MIN_RSA_BITS..=MAX_RSA_BITS).contains(&bits) {
        return Err("its modulus has fewer than 2048 or more than 8192 bits");
    }
    if is_even(&modulus) {
        return Err("its modulus is even");
    }
    // With an exponent below 3, or an even one, there is no signature; the library accepts up to 33 bits.
    if is_even(&exponent) || exponent == [1] || exponent.len() > 4 {
        return Err("its exponent is not an odd number from 3 to 4294967295");
    }
    Ok(DecodingKey::from_rsa_raw_components(&modulus, &exponent))
}

fn p256(jwk: &Jwk) -> Result<DecodingKey, &'static str> {
    let (x, y) = (bytes(jwk.x.as_deref())?, bytes(jwk.y.as_deref())?);
    if x.len() != 32 || y.len() != 32 {
        return Err("its coordinates are not 32 bytes long");
    }
    let point = [&[4], x.as_slice(), y.as_slice()].concat();
    ParsedPublicKey::new(&ECDSA_P256_SHA256_FIXED, &point).map_err(|_| "its point is not on the curve")?;
    Ok(DecodingKey::from_ec_der(&point))
}

fn ed25519(jwk: &Jwk) -> Result<DecodingKey, &'static str> {
    let x = bytes(jwk.x.as_deref())?;
    if x.len() != 32 {
        return Err("its coordinate is not 32 bytes long");
    }
    if has_small_order(&x) {
        return Err("its point has a small order, so that anyone can sign");
    }
    ParsedPublicKey::new(&ED25519, &x).map_err(|_| "its point is not on the curve")?;
    Ok(DecodingKey::from_ed_der(&x))
}

/// Whether a number, most significant byte first, is even; no byte means 0.
fn is_even(number: &[u8]) -> bool {
    number.last().is_none_or(|byte| byte % 2 == 0)
}

/// Whether an Ed25519 point is one of the eight whose multiples are eight points or fewer, in any encoding.
///
/// With such a key, a signature that is valid for many messages can be made without a secret.
fn has_small_order(point: &[u8]) -> bool {
    let (y, sign) = point.split_at(point.len().saturating_sub(1));
    let last = sign.first().map_or(0, |byte| byte & 0x7f);
    SMALL_ORDER.iter().any(|small| small.split_last() == Some((&last, y)))
}

/// The `y` of the points of small order, least significant byte first: 0, 1, p - 1, the two of order 8, and p and p + 1,
/// which some libraries read as 0 and 1.
const SMALL_ORDER: [[u8; 32]; 7] = [
    filled(0, 0, 0),
    filled(1, 0, 0),
    filled(0xec, 0xff, 0x7f),
    filled(0xed, 0xff, 0x7f),
    filled(0xee, 0xff, 0x7f),
    [
        0x26, 0xe8, 0x95, 0x8f, 0xc2, 0xb2, 0x27, 0xb0, 0x45, 0xc3, 0xf4, 0x89, 0xf2, 0xef, 0x98, 0xf0, 0xd5,
        0xdf, 0xac, 0x05, 0xd3, 0xc6, 0x33, 0x39, 0xb1, 0x38, 0x02, 0x88, 0x6d, 0x53, 0xfc, 0x05,
    ],
    [
        0xc7, 0x17, 0x6a, 0x70, 0x3d, 0x4d, 0xd8, 0x4f, 0xba, 0x3c, 0x0b, 0x76, 0x0d, 0x10, 0x67, 0x0f, 0x2a,
        0x20, 0x53, 0xfa, 0x2c, 0x39, 0xcc, 0xc6, 0x4e, 0xc7, 0xfd, 0x77, 0x92, 0xac, 0x03, 0x7a,
    ],
];

const fn filled(first: u8, middle: u8, last: u8) -> [u8; 32] {
    let mut bytes = [middle; 32];
    bytes[0] = first;
    bytes[31] = last;
    bytes
}

/// A positive number, most significant byte first, without leading zeros.
fn number(text: Option<&str>) -> Result<Vec<u8>, &'static str> {
    let bytes = bytes(text)?;
    Ok(bytes.into_iter().skip_while(|byte| *byte == 0).collect())
}

fn bytes(text: Option<&str>) -> Result<Vec<u8>, &'static str> {
    let text = text.ok_or("a member of it is missing")?;
    URL_SAFE_NO_PAD.decode(text).map_err(|_| "a member of it is not base64url")
}
