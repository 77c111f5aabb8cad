use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde::Deserialize;

/// RSA keys below this can be broken by a determined party (NIST SP 800-131A).
const LEAST_RSA_BITS: usize = 2048;
/// What the signature library verifies at most.
const MOST_RSA_BITS: usize = 8192;

/// A public key or secret, bound to the one algorithm it verifies.
#[derive(Clone)]
pub(super) struct VerificationKey {
    pub(super) kid: Option<String>,
    algorithm: Algorithm,
    key: DecodingKey,
}

/// The members of a JSON Web Key (RFC 7517) that matter for a signature.
#[derive(Default, Deserialize)]
pub(super) struct Jwk {
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
    pub(super) fn hs256(secret: &[u8]) -> Self {
        Self { kid: None, algorithm: Algorithm::HS256, key: DecodingKey::from_secret(secret) }
    }

    /// The key of a JSON Web Key, or why it is of no use here.
    pub(super) fn of_jwk(jwk: Jwk) -> Result<Self, &'static str> {
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
            Some(alg) if alg != key.algorithm() => Err("its alg is not RS256, ES256 or EdDSA"),
            _ => Ok(key),
        }
    }

    /// The algorithm as a token's header names it.
    pub(super) const fn algorithm(&self) -> &'static str {
        match self.algorithm {
            Algorithm::HS256 => "HS256",
            Algorithm::RS256 => "RS256",
            Algorithm::ES256 => "ES256",
            _ => "EdDSA",
        }
    }

    /// Whether `signature`, in base64url, is this key's signature of `message`.
    pub(super) fn verifies(&self, message: &[u8], signature: &str) -> bool {
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
    if !(LEAST_RSA_BITS..=MOST_RSA_BITS).contains(&bits) {
        return Err("its modulus has fewer than 2048 or more than 8192 bits");
    }
    Ok(DecodingKey::from_rsa_raw_components(&modulus, &exponent))
}

fn p256(jwk: &Jwk) -> Result<DecodingKey, &'static str> {
    let (x, y) = (bytes(jwk.x.as_deref())?, bytes(jwk.y.as_deref())?);
    if x.len() != 32 || y.len() != 32 {
        return Err("its coordinates are not 32 bytes long");
    }
    Ok(DecodingKey::from_ec_der(&[&[4], x.as_slice(), y.as_slice()].concat()))
}

fn ed25519(jwk: &Jwk) -> Result<DecodingKey, &'static str> {
    let x = bytes(jwk.x.as_deref())?;
    if x.len() != 32 {
        return Err("its coordinate is not 32 bytes long");
    }
    Ok(DecodingKey::from_ed_der(&x))
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
