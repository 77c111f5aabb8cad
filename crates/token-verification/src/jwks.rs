//! JSON Web Key Sets.

use serde::Deserialize;
use serde_json::Value;

use crate::keys::{Jwk, VerificationKey};

#[derive(Deserialize)]
struct JwkSet {
    keys: Vec<Value>,
}

/// The usable keys of a JSON Web Key Set; any other entry is skipped with a line in the log.
///
/// A set may hold encryption keys and future kinds of keys, so one unusable entry must not make the others unusable. A set
/// without a usable key is an error.
pub(crate) fn keys_of(document: &[u8]) -> Result<Vec<VerificationKey>, String> {
    let set: JwkSet = serde_json::from_slice(document).map_err(|_| "is not a JSON Web Key Set".to_owned())?;
    let mut keys: Vec<VerificationKey> = Vec::new();
    for (index, entry) in set.keys.into_iter().enumerate() {
        // Key ids are public; this one is truncated, because it comes from outside and goes into a log.
        let kid =
            entry.get("kid").and_then(Value::as_str).map(|kid| kid.chars().take(100).collect::<String>());
        let key = serde_json::from_value::<Jwk>(entry)
            .map_err(|_| "it is not a JSON Web Key")
            .and_then(VerificationKey::of_jwk);
        match key {
            Ok(key) if key.kid.is_some() && keys.iter().any(|other| other.kid == key.kid) => {
                tracing::warn!(index, ?kid, reason = "its kid occurs twice", "key of the key set skipped");
            }
            Ok(key) => keys.push(key),
            Err(reason) => tracing::warn!(index, ?kid, reason, "key of the key set skipped"),
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

    /// The base point of P-256.
    const P256: [&str; 2] =
        ["axfR8uEsQkf4vOblY6RA8ncDfYEt6zOg9KE5RdiYwpY", "T-NC4v4af5uO5-tKfA-eFivOM1drMV7Oy7ZAaDe_UfU"];
    /// Public keys of RFC 8037 and RFC 8032.
    const ED: [&str; 2] =
        ["11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo", "PUAXw-hDiVqStwqnTRt-vJyYLM8uxJaMwM1V8Sr0Zgw"];

    #[test]
    fn each_kind_of_key_has_its_algorithm() {
        let set = json!({"keys": [
            {"kty": "RSA", "kid": "r", "n": bytes(256, 0xA5), "e": "AQAB"},
            {"kty": "EC", "kid": "e", "crv": "P-256", "x": P256[0], "y": P256[1], "use": "sig"},
            {"kty": "OKP", "crv": "Ed25519", "x": ED[0], "alg": "EdDSA", "key_ops": ["verify"]},
        ]});
        let keys = keys_of(set.to_string().as_bytes()).unwrap();
        let kinds: Vec<_> = keys.iter().map(|key| (key.kid.as_deref(), key.algorithm())).collect();
        assert_eq!(kinds, [(Some("r"), "RS256"), (Some("e"), "ES256"), (None, "EdDSA")]);
    }

    #[test]
    fn unusable_entry_is_skipped_and_the_others_are_kept() {
        let good = json!({"kty": "OKP", "kid": "good", "crv": "Ed25519", "x": ED[0]});
        for odd in [
            json!({"kty": "OKP", "kid": "odd", "crv": "Ed25519", "x": ED[0], "use": "enc"}),
            json!({"kty": "OKP", "kid": "odd", "crv": "Ed25519", "x": ED[0], "key_ops": ["encrypt"]}),
            json!({"kty": "OKP", "kid": "odd", "crv": "Ed25519", "x": ED[0], "d": bytes(32, 1)}),
            json!({"kty": "OKP", "kid": "odd", "crv": "Ed25519", "x": bytes(31, 1)}),
            json!({"kty": "OKP", "kid": "odd", "crv": "Ed25519", "x": "not base64!"}),
            json!({"kty": "OKP", "kid": "odd", "crv": "Ed25519"}),
            json!({"kty": "OKP", "kid": "odd", "crv": "Ed448", "x": bytes(57, 1)}),
            json!({"kty": "OKP", "kid": "odd", "crv": "Ed25519", "x": ED[0], "alg": "HS256"}),
            json!({"kty": "EC", "kid": "odd", "crv": "P-384", "x": bytes(48, 1), "y": bytes(48, 1)}),
            json!({"kty": "EC", "kid": "odd", "crv": "P-256", "x": bytes(32, 1)}),
            json!({"kty": "RSA", "kid": "odd", "n": bytes(128, 0xA5), "e": "AQAB"}),
            json!({"kty": "RSA", "kid": "odd", "n": bytes(256, 0x7F), "e": "AQAB"}),
            json!({"kty": "RSA", "kid": "odd", "n": bytes(257, 0), "e": "AQAB", "alg": "PS256"}),
            json!({"kty": "RSA", "kid": "odd", "n": "", "e": "AQAB"}),
            json!({"kty": "oct", "kid": "odd", "k": bytes(32, 1)}),
            json!({"kty": "future", "kid": "odd"}),
            json!({"kid": "odd"}),
            json!({"kty": "OKP", "kid": "good", "crv": "Ed25519", "x": ED[1]}),
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
    fn set_without_a_usable_key_is_an_error_without_key_material() {
        for document in
            ["", "{}", "[]", r#"{"keys":[]}"#, r#"{"keys":{}}"#, r#"{"keys":[{"kty":"oct","k":"marker"}]}"#]
        {
            let error = keys_of(document.as_bytes()).unwrap_err();
            assert!(!error.contains("marker"), "{error}");
        }
    }

    fn hex(text: &str) -> String {
        let byte = |at: usize| u8::from_str_radix(&text[at..at + 2], 16).unwrap();
        URL_SAFE_NO_PAD.encode((0..text.len()).step_by(2).map(byte).collect::<Vec<_>>())
    }

    #[test]
    fn weak_keys_are_skipped_and_a_set_of_weak_keys_is_an_error() {
        let even = URL_SAFE_NO_PAD.encode([0xA4; 256]);
        let good = json!({"kty": "OKP", "kid": "good", "crv": "Ed25519", "x": ED[0]});
        let zero = bytes(32, 0xA5).replace(|_: char| true, "A");
        let mut weak = vec![
            json!({"kty": "EC", "crv": "P-256", "x": zero, "y": zero}),
            json!({"kty": "EC", "crv": "P-256", "x": P256[0], "y": P256[0]}),
            json!({"kty": "EC", "crv": "P-256", "x": bytes(32, 0xFF), "y": P256[1]}),
            json!({"kty": "RSA", "n": even, "e": "AQAB"}),
        ];
        for exponent in ["", "AA", "AQ", "Ag", "AAE", "AQAA", "AQAAAAE"] {
            weak.push(json!({"kty": "RSA", "n": bytes(256, 0xA5), "e": exponent}));
        }
        for small in [
            "0000000000000000000000000000000000000000000000000000000000000000",
            "0000000000000000000000000000000000000000000000000000000000000080",
            "0100000000000000000000000000000000000000000000000000000000000000",
            "0100000000000000000000000000000000000000000000000000000000000080",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "ecffffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff",
            "edffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "eeffffffffffffffffffffffffffffffffffffffffffffffffffffffffffff7f",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc05",
            "26e8958fc2b227b045c3f489f2ef98f0d5dfac05d3c63339b13802886d53fc85",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac037a",
            "c7176a703d4dd84fba3c0b760d10670f2a2053fa2c39ccc64ec7fd7792ac03fa",
        ] {
            weak.push(json!({"kty": "OKP", "crv": "Ed25519", "x": hex(small)}));
        }
        for key in weak {
            let alone = json!({"keys": [key]}).to_string();
            assert!(keys_of(alone.as_bytes()).is_err(), "{key}");
            let beside = json!({"keys": [key, good]}).to_string();
            assert_eq!(keys_of(beside.as_bytes()).unwrap().len(), 1, "{key}");
        }
        let small_exponent = json!({"keys": [{"kty": "RSA", "n": bytes(256, 0xA5), "e": "Aw"}]}).to_string();
        assert_eq!(keys_of(small_exponent.as_bytes()).unwrap().len(), 1, "3 is odd, and in use");
    }

    #[test]
    fn ed25519_by_its_later_name() {
        let set =
            json!({"keys": [{"kty": "OKP", "crv": "Ed25519", "x": ED[0], "alg": "Ed25519"}]}).to_string();
        let keys = keys_of(set.as_bytes()).unwrap();
        assert!(keys[0].is_for("Ed25519") && keys[0].is_for("EdDSA") && !keys[0].is_for("ES256"));
    }
}
