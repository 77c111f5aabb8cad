//! PEM files with one public key.

use jsonwebtoken::DecodingKey;
use jsonwebtoken::jwk::Jwk as LibraryJwk;

use crate::keys::VerificationKey;

/// The one public key of a PEM file, of whichever kind it is.
pub(crate) fn key_of(document: &[u8]) -> Result<VerificationKey, String> {
    let text = std::str::from_utf8(document).map_err(|_| "is not a PEM file".to_owned())?;
    let labels: Vec<&str> = text.lines().filter_map(|line| line.trim().strip_prefix("-----BEGIN ")).collect();
    // `jsonwebtoken` also accepts private keys and certificates, and reads the first block of several. So the labels are
    // checked first.
    match labels.as_slice() {
        ["PUBLIC KEY-----" | "RSA PUBLIC KEY-----"] => {}
        [] => return Err("is not a PEM file".to_owned()),
        [label] if label.contains("PRIVATE") => {
            return Err("holds a private key; give it the public key".to_owned());
        }
        [_] => return Err("is not a public key (`-----BEGIN PUBLIC KEY-----`)".to_owned()),
        _ => return Err("holds more than one key; use a JSON Web Key Set for several".to_owned()),
    }
    let key = DecodingKey::from_rsa_pem(document)
        .or_else(|_| DecodingKey::from_ec_pem(document))
        .or_else(|_| DecodingKey::from_ed_pem(document))
        .map_err(|_| "is no RSA, P-256 or Ed25519 key".to_owned())?;
    // Converted to a JSON Web Key, so that both kinds of file pass the same checks.
    let jwk = LibraryJwk::from_decoding_key(&key, None).and_then(|jwk| Ok(serde_json::to_value(jwk)?));
    jwk.ok()
        .and_then(|jwk| serde_json::from_value(jwk).ok())
        .ok_or("it is no RSA, P-256 or Ed25519 key")
        .and_then(VerificationKey::of_jwk)
        .map_err(|reason| format!("is of no use: {reason}"))
}
