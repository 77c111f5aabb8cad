//! Every attack against every kind of key, and the tokens that are accepted.

use std::collections::BTreeSet;
use std::sync::atomic::Ordering::SeqCst;

use adapter_http::auth::{KeySource, Refresh};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::attacks::{Target, good_claims};
use crate::fixture::{CMD, QRY, Running, SECRET, bare, short, verifier};
use crate::keys::{Signer, pairs};

/// Writes a key file and names it as a source.
fn source(folder: &TempDir, name: &str, content: &str) -> KeySource {
    let path = folder.path().join(name);
    std::fs::write(&path, content).unwrap();
    if name.ends_with("pem") {
        KeySource::public_key_pem("PEM", path)
    } else {
        KeySource::jwks_file("JWKS", path)
    }
}

fn set(keys: &[Value]) -> String {
    json!({ "keys": keys }).to_string()
}

async fn start(source: KeySource) -> Running {
    Running::with(short(), verifier(vec![source], Refresh::default()).await.unwrap()).await
}

async fn refuse_every_attack(target: Target, source: KeySource) {
    let server = start(source).await;
    let body = json!({"cmd": "Echo"}).to_string();
    let json = "Content-Type: application/json\r\n";
    let request = |path: &str, headers: &str| bare(path, &format!("{json}{headers}"), &body);
    let good = format!("Authorization: Bearer {}\r\n", target.good());
    server.request(request(CMD, &good)).await.success();
    let attacks = target.attacks();
    let names: BTreeSet<_> = attacks.iter().map(|attack| attack.name.as_str()).collect();
    assert!(names.len() >= 120, "{} distinct attacks", names.len());
    for (index, attack) in attacks.iter().enumerate() {
        let path = [CMD, QRY][index % 2];
        let answer = server.request(request(&format!("{path}{}", attack.query), &attack.headers)).await;
        assert_eq!(answer.status, 401, "{} against {}", attack.name, target.name);
        let codes = answer.failure(401);
        let expired = attack.name.starts_with("expired");
        let expected = if expired { &["token_expired"][..] } else { &["token_invalid", "token_missing"] };
        assert!(codes.len() == 1 && expected.contains(&codes[0].as_str()), "{}: {codes:?}", attack.name);
        assert_eq!(answer.json()["message"], "Unauthorized");
    }
    assert_eq!(server.fake.started.load(SeqCst), 1, "only the valid token was accepted");
    server.request(request(CMD, &good)).await.success();
    server.stop().await;
}

macro_rules! refuses_every_attack {
    ($($name:ident: $pair:expr, $kid:expr, $source:expr;)*) => {$(
        #[tokio::test]
        async fn $name() {
            let folder = TempDir::new().unwrap();
            let signer = &pairs()[$pair];
            let source: fn(&TempDir, &Signer) -> KeySource = $source;
            let target = Target { name: stringify!($name), signer, kid: $kid };
            refuse_every_attack(target, source(&folder, signer)).await;
        }
    )*};
}

refuses_every_attack! {
    rsa_key_set_refuses_every_attack: 0, Some("k1"), |folder, key| source(folder, "jwks", &set(&[key.jwk("k1")]));
    ec_key_set_refuses_every_attack: 1, Some("k1"), |folder, key| source(folder, "jwks", &set(&[key.jwk("k1")]));
    ed_key_set_refuses_every_attack: 2, Some("k1"), |folder, key| source(folder, "jwks", &set(&[key.jwk("k1")]));
    mixed_key_set_refuses_every_attack: 1, Some("k1"), |folder, key| {
        let [rsa, _, ed] = pairs();
        source(folder, "jwks", &set(&[rsa.jwk("r1"), key.jwk("k1"), ed.jwk("e1")]))
    };
    rsa_pem_file_refuses_every_attack: 0, None, |folder, key| source(folder, "pem", &key.pem());
    ec_pem_file_refuses_every_attack: 1, None, |folder, key| source(folder, "pem", &key.pem());
    ed_pem_file_refuses_every_attack: 2, None, |folder, key| source(folder, "pem", &key.pem());
}

#[tokio::test]
async fn secret_refuses_every_attack() {
    let signer: &'static Signer = Box::leak(Box::new(Signer::hmac(SECRET)));
    let target = Target { name: "secret", signer, kid: None };
    refuse_every_attack(target, KeySource::hs256_secret("SECRET", SECRET)).await;
}

#[tokio::test]
async fn allowed_variants_of_header_scheme_and_claims_are_accepted() {
    let folder = TempDir::new().unwrap();
    let [rsa, ec, _] = pairs();
    let server = start(source(&folder, "jwks", &set(&[rsa.jwk("r1"), ec.jwk("k1")]))).await;
    let send = async |header: Value, claims: Value, scheme: &str| {
        let signer = if header["alg"] == "RS256" { rsa } else { ec };
        let token = signer.token(&header.to_string(), &claims.to_string());
        let headers = format!("Content-Type: application/json\r\nAuthorization: {scheme} {token}\r\n");
        server.request(bare(QRY, &headers, r#"{"cmd":"Echo"}"#)).await
    };
    let header = json!({"alg": "ES256", "kid": "k1"});
    for typ in ["JWT", "jwt", "application/jwt", "at+jwt", "AT+JWT", "application/at+jwt"] {
        let mut header = header.clone();
        header["typ"] = typ.into();
        send(header, good_claims(), "Bearer").await.success();
    }
    for scheme in ["bearer", "BEARER", "Bearer  "] {
        send(header.clone(), good_claims(), scheme).await.success();
    }
    send(json!({"alg": "RS256", "kid": "r1"}), good_claims(), "Bearer").await.success();
    // Headers that bring a key are ignored, and the token stays valid.
    send(json!({"alg": "ES256", "kid": "k1", "jku": "http://127.0.0.1:1/", "x": 1}), good_claims(), "Bearer")
        .await
        .success();
    // Without a key id it is unknown which of the two keys signed.
    send(json!({"alg": "ES256"}), good_claims(), "Bearer").await.failure(401);
    let mut claims = good_claims();
    claims["aud"] = json!(["other", "clients-api"]);
    claims["email"] = "ada@example.com".into();
    claims["email_verified"] = true.into();
    claims["branchId"] = 17.into();
    claims["scope"] = "openid customers.approve".into();
    let data = send(header, claims, "Bearer").await.success();
    assert_eq!(data["email"], "ada@example.com");
    assert_eq!(data["branch"], "17");
    assert_eq!(data["permissions"], json!(["customers.read", "customers.approve"]));
    server.stop().await;
}

#[tokio::test]
async fn only_pem_key_verifies_tokens_with_any_key_id() {
    let folder = TempDir::new().unwrap();
    let key = &pairs()[2];
    let server = start(source(&folder, "pem", &key.pem())).await;
    for header in [r#"{"alg":"EdDSA"}"#, r#"{"alg":"EdDSA","kid":"whatever"}"#, r#"{"alg":"Ed25519"}"#] {
        let token = key.token(header, &good_claims().to_string());
        let headers = format!("Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n");
        server.request(bare(CMD, &headers, r#"{"cmd":"Echo"}"#)).await.success();
    }
    server.stop().await;
}
