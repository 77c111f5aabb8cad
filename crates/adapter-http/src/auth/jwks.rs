use serde::Deserialize;
use serde_json::Value;

use super::keys::{Jwk, VerificationKey};

#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<Value>,
}

/// The usable keys of a JSON Web Key Set; what is of no use is skipped with a line in the log.
///
/// A set may hold encryption keys and kinds of keys that are yet to be invented, so an odd entry must not
/// take the good ones with it. A set without a usable key is an error.
pub(super) fn keys_of(document: &[u8]) -> Result<Vec<VerificationKey>, String> {
    let set: JwkSet = serde_json::from_slice(document).map_err(|_| "is not a JSON Web Key Set".to_owned())?;
    let mut keys: Vec<VerificationKey> = Vec::new();
    for (index, entry) in set.keys.into_iter().enumerate() {
        let key = serde_json::from_value::<Jwk>(entry)
            .map_err(|_| "it is not a JSON Web Key")
            .and_then(VerificationKey::of_jwk);
        match key {
            Ok(key) if key.kid.is_some() && keys.iter().any(|other| other.kid == key.kid) => {
                tracing::warn!(index, reason = "its kid occurs twice", "key of the key set skipped");
            }
            Ok(key) => keys.push(key),
            Err(reason) => tracing::warn!(index, reason, "key of the key set skipped"),
        }
    }
    if keys.is_empty() {
        return Err("holds no key that could verify a token (RS256 from 2048 bits, ES256, EdDSA)".to_owned());
    }
    Ok(keys)
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use serde_json::json;

    use super::*;

    fn bytes(length: usize, first: u8) -> String {
        let mut bytes = vec![0xA5; length];
        bytes[0] = first;
        URL_SAFE_NO_PAD.encode(bytes)
    }

    #[test]
    fn the_three_kinds_are_taken_with_the_algorithm_of_each() {
        let set = json!({"keys": [
            {"kty": "RSA", "kid": "r", "n": bytes(256, 0xA5), "e": "AQAB"},
            {"kty": "EC", "kid": "e", "crv": "P-256", "x": bytes(32, 1), "y": bytes(32, 1), "use": "sig"},
            {"kty": "OKP", "crv": "Ed25519", "x": bytes(32, 1), "alg": "EdDSA", "key_ops": ["verify"]},
        ]});
        let keys = keys_of(set.to_string().as_bytes()).unwrap();
        let kinds: Vec<_> = keys.iter().map(|key| (key.kid.as_deref(), key.algorithm())).collect();
        assert_eq!(kinds, [(Some("r"), "RS256"), (Some("e"), "ES256"), (None, "EdDSA")]);
    }

    #[test]
    fn what_is_of_no_use_is_skipped_and_the_rest_stays() {
        let good = json!({"kty": "OKP", "kid": "good", "crv": "Ed25519", "x": bytes(32, 1)});
        for odd in [
            json!({"kty": "OKP", "kid": "odd", "crv": "Ed25519", "x": bytes(32, 1), "use": "enc"}),
            json!({"kty": "OKP", "kid": "odd", "crv": "Ed25519", "x": bytes(32, 1), "key_ops": ["encrypt"]}),
            json!({"kty": "OKP", "kid": "odd", "crv": "Ed25519", "x": bytes(32, 1), "d": bytes(32, 1)}),
            json!({"kty": "OKP", "kid": "odd", "crv": "Ed25519", "x": bytes(31, 1)}),
            json!({"kty": "OKP", "kid": "odd", "crv": "Ed25519", "x": "not base64!"}),
            json!({"kty": "OKP", "kid": "odd", "crv": "Ed25519"}),
            json!({"kty": "OKP", "kid": "odd", "crv": "Ed448", "x": bytes(57, 1)}),
            json!({"kty": "OKP", "kid": "odd", "crv": "Ed25519", "x": bytes(32, 1), "alg": "HS256"}),
            json!({"kty": "EC", "kid": "odd", "crv": "P-384", "x": bytes(48, 1), "y": bytes(48, 1)}),
            json!({"kty": "EC", "kid": "odd", "crv": "P-256", "x": bytes(32, 1)}),
            json!({"kty": "RSA", "kid": "odd", "n": bytes(128, 0xA5), "e": "AQAB"}),
            json!({"kty": "RSA", "kid": "odd", "n": bytes(256, 0x7F), "e": "AQAB"}),
            json!({"kty": "RSA", "kid": "odd", "n": bytes(257, 0), "e": "AQAB", "alg": "PS256"}),
            json!({"kty": "RSA", "kid": "odd", "n": "", "e": "AQAB"}),
            json!({"kty": "oct", "kid": "odd", "k": bytes(32, 1)}),
            json!({"kty": "future", "kid": "odd"}),
            json!({"kid": "odd"}),
            json!({"kty": "OKP", "kid": "good", "crv": "Ed25519", "x": bytes(32, 2)}),
            json!("odd"),
            json!(null),
        ] {
            let set = json!({"keys": [good, odd]}).to_string();
            let keys = keys_of(set.as_bytes()).unwrap();
            assert_eq!(keys.len(), 1, "{odd}");
            assert_eq!(keys[0].kid.as_deref(), Some("good"));
        }
    }

    #[test]
    fn a_set_without_a_usable_key_is_an_error_without_key_material() {
        for document in
            ["", "{}", "[]", r#"{"keys":[]}"#, r#"{"keys":{}}"#, r#"{"keys":[{"kty":"oct","k":"marker"}]}"#]
        {
            let error = keys_of(document.as_bytes()).unwrap_err();
            assert!(!error.contains("marker"), "{error}");
        }
    }
}
