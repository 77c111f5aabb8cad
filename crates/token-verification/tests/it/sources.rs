//! A key source that cannot be used is an error at the start, in one sentence.

use aws_lc_rs::signature::Ed25519KeyPair;
use serde_json::json;
use tempfile::TempDir;
use token_verification::{KeySource, Refresh};

use crate::expected::verifier;
use crate::keys::{Signer, pairs, pem};

async fn error(sources: Vec<KeySource>) -> String {
    verifier(sources, Refresh::default()).await.expect_err("must not start").to_string()
}

#[tokio::test]
async fn unusable_key_source_is_an_error_that_names_its_setting() {
    let folder = TempDir::new().unwrap();
    let path = |name: &str| folder.path().join(name);
    let write = |name: &str, content: &[u8]| std::fs::write(path(name), content).unwrap();
    write("empty", b"");
    write(
        "none.json",
        json!({"keys": [{"kty": "oct", "k": "bWFya2Vy", "kid": "marker"}]}).to_string().as_bytes(),
    );
    write("huge.json", &vec![b' '; 1024 * 1024 + 1]);
    write("private.pem", private_pem().as_bytes());
    write("small.pem", small_rsa_pem().as_bytes());
    write("two.pem", format!("{}{}", pairs()[1].pem(), pairs()[2].pem()).as_bytes());
    write("certificate.pem", pem("CERTIFICATE", b"marker").as_bytes());
    write("broken.pem", pem("PUBLIC KEY", b"marker").as_bytes());
    let jwks = |name: &str| KeySource::jwks_file("CLIENTS_KEYS", path(name));
    let public = |name: &str| KeySource::public_key_pem("CLIENTS_KEYS", path(name));
    let address = |url: &str| KeySource::jwks_address("CLIENTS_KEYS", url);
    for (source, expected) in [
        (jwks("absent"), "cannot be read"),
        (jwks(""), "cannot be read"),
        (jwks("empty"), "is not a JSON Web Key Set"),
        (jwks("none.json"), "holds no key that could verify a token"),
        (jwks("huge.json"), "is longer than 1 MiB"),
        (public("empty"), "is not a PEM file"),
        (public("none.json"), "is not a PEM file"),
        (public("private.pem"), "holds a private key"),
        (public("small.pem"), "fewer than 2048"),
        (public("two.pem"), "more than one key"),
        (public("certificate.pem"), "is not a public key"),
        (public("broken.pem"), "is no RSA, P-256 or Ed25519 key"),
        (address("http://issuer.example/keys"), "must be an https address"),
        (address("keys"), "is not a web address"),
        (address("http://127.0.0.1:1/"), "cannot be connected to"),
        (KeySource::hs256_secret("CLIENTS_KEYS", "marker"), "at least 32 bytes"),
        (KeySource::hs256_secret("CLIENTS_KEYS", "0".repeat(40)), "at least 8 different bytes"),
        (KeySource::hs256_secret("CLIENTS_KEYS", "1234567".repeat(6)), "at least 8 different bytes"),
    ] {
        let text = error(vec![source]).await;
        assert!(text.starts_with("CLIENTS_KEYS: ") && text.contains(expected), "{text}");
        assert!(
            !text.contains("marker") && !text.contains("bWFya2Vy") && text.lines().count() == 1,
            "{text}"
        );
    }
    let secret = KeySource::hs256_secret("CLIENTS_SECRET", [1; 32]);
    write("good.json", json!({"keys": [Signer::ed().jwk("k1")]}).to_string().as_bytes());
    assert!(error(vec![jwks("good.json"), secret]).await.starts_with("CLIENTS_SECRET: "));
    assert!(error(vec![]).await.contains("no source of keys"));
}

#[tokio::test]
async fn a_byte_order_mark_is_no_part_of_a_key() {
    let folder = TempDir::new().unwrap();
    let marked = |name: &str, text: &str| {
        std::fs::write(folder.path().join(name), format!("\u{feff}{text}")).unwrap();
        folder.path().join(name)
    };
    let jwks = marked("keys.json", &json!({"keys": [Signer::ed().jwk("k1")]}).to_string());
    let public = marked("key.pem", &pairs()[1].pem());
    assert_eq!(KeySource::jwks_file("--jwks", jwks).check().await, Ok(()));
    assert_eq!(KeySource::public_key_pem("--jwt-public-key", public).check().await, Ok(()));
}

/// A PEM file of an Ed25519 private key.
fn private_pem() -> String {
    let key = Ed25519KeyPair::generate().unwrap();
    pem("PRIVATE KEY", key.to_pkcs8().unwrap().as_ref())
}

/// A PEM file of an RSA public key with a modulus of 1024 bits, written out by hand.
fn small_rsa_pem() -> String {
    let mut key = vec![0x30, 0x81, 0x89, 0x02, 0x81, 0x81, 0x00];
    key.extend([0xA5; 128]);
    key.extend([0x02, 0x03, 0x01, 0x00, 0x01]);
    pem("RSA PUBLIC KEY", &key)
}
