//! The verification of a signature as docs/webhooks.md describes it, without the code of the service.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use sha2::{Digest as _, Sha256};

/// HMAC-SHA-256 by its definition (RFC 2104), for keys of at most one block.
fn hmac(key: &[u8], message: &[u8]) -> Vec<u8> {
    let padded =
        |with: u8| -> Vec<u8> { (0..64).map(|at| key.get(at).copied().unwrap_or_default() ^ with).collect() };
    let inner = Sha256::new().chain_update(padded(0x36)).chain_update(message).finalize();
    Sha256::new().chain_update(padded(0x5c)).chain_update(inner).finalize().to_vec()
}

/// Whether one of the signatures was made with this secret.
pub(crate) fn is_signed_by(secret: &str, id: &str, timestamp: &str, body: &[u8], signatures: &str) -> bool {
    let key = STANDARD.decode(secret.strip_prefix("whsec_").unwrap()).unwrap();
    let message = [id.as_bytes(), b".", timestamp.as_bytes(), b".", body].concat();
    let expected = format!("v1,{}", STANDARD.encode(hmac(&key, &message)));
    signatures.split(' ').any(|signature| signature == expected)
}

/// The published example of Standard Webhooks, and the second test case of RFC 4231, prove this code.
#[test]
fn verification_accepts_the_published_vectors() {
    let (secret, id) = ("whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw", "msg_p5jXN8AQM9LWM0D4loKWxJek");
    let signature = "v1,g0hM9SsE+OTPJTGt/tmIKtSyZlE3uFJELVlNIOLJ1OE=";
    let body = br#"{"test": 2432232314}"#;
    assert!(is_signed_by(secret, id, "1614265330", body, signature));
    assert!(is_signed_by(secret, id, "1614265330", body, &format!("v1,AAAA v2,x {signature}")));
    assert!(!is_signed_by(secret, id, "1614265331", body, signature));
    assert!(!is_signed_by(secret, "msg_x", "1614265330", body, signature));
    assert!(!is_signed_by(secret, id, "1614265330", b"{}", signature));
    let digest = STANDARD.encode(hmac(b"Jefe", b"what do ya want for nothing?"));
    assert_eq!(digest, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM=");
}

/// The sample message in docs/webhooks.md has the signature that the service makes.
#[test]
fn documented_message_is_signed_as_documented() {
    let document = include_str!("../../../../docs/webhooks.md");
    let block = |language: &str| {
        document.split(&format!("```{language}\n")).nth(1).unwrap().split("\n```").next().unwrap()
    };
    let head = block("http");
    let header =
        |name: &str| head.lines().find_map(|line| line.strip_prefix(name)?.strip_prefix(": ")).unwrap();
    let [id, timestamp, signature] = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(header);
    let body = block("json");
    let secret = document.split('`').find(|word| word.starts_with("whsec_M")).unwrap();
    assert!(is_signed_by(secret, id, timestamp, body.as_bytes(), signature));
    let secrets = adapter_webhook::SigningSecrets::parse(secret).unwrap();
    assert_eq!(secrets.sign(id, timestamp.parse().unwrap(), body.as_bytes()), signature);
    let event: serde_json::Value = serde_json::from_str(body).unwrap();
    assert_eq!(event.to_string(), body, "the page has the bytes that the service sends");
    assert_eq!(event["id"], id);
}
