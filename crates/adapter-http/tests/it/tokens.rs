//! Every attack against every kind of key; and what is accepted.

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

async fn withstand(target: Target, source: KeySource) {
    let server = start(source).await;
    let body = json!({"cmd": "Echo"}).to_string();
    let json = "Content-Type: application/json\r\n";
    let request = |path: &str, headers: &str| bare(path, &format!("{json}{headers}"), &body);
    let good = format!("Authorization: Bearer {}\r\n", target.good());
    server.ask(request(CMD, &good)).await.success();
    let attacks = target.attacks();
    let names: BTreeSet<_> = attacks.iter().map(|attack| attack.name.as_str()).collect();
    assert!(names.len() >= 120, "{} distinct attacks", names.len());
    for (index, attack) in attacks.iter().enumerate() {
        let path = [CMD, QRY][index % 2];
        let answer = server.ask(request(&format!("{path}{}", attack.query), &attack.headers)).await;
        assert_eq!(answer.status, 401, "{} against {}", attack.name, target.name);
        let codes = answer.failure(401);
        let expired = attack.name.starts_with("expired");
        let expected = if expired { &["token_expired"][..] } else { &["token_invalid", "token_missing"] };
        assert!(codes.len() == 1 && expected.contains(&codes[0].as_str()), "{}: {codes:?}", attack.name);
        assert_eq!(answer.json()["message"], "Unauthorized");
    }
    assert_eq!(server.fake.started.load(SeqCst), 1, "only the good token got through");
    server.ask(request(CMD, &good)).await.success();
    server.stop().await;
}

macro_rules! withstands {
    ($($name:ident: $pair:expr, $kid:expr, $source:expr;)*) => {$(
        #[tokio::test]
        async fn $name() {
            let folder = TempDir::new().unwrap();
            let signer = &pairs()[$pair];
            let source: fn(&TempDir, &Signer) -> KeySource = $source;
            let target = Target { name: stringify!($name), signer, kid: $kid };
            withstand(target, source(&folder, signer)).await;
        }
    )*};
}

withstands! {
    an_rsa_key_set_withstands: 0, Some("k1"), |folder, key| source(folder, "jwks", &set(&[key.jwk("k1")]));
    an_ec_key_set_withstands: 1, Some("k1"), |folder, key| source(folder, "jwks", &set(&[key.jwk("k1")]));
    an_ed_key_set_withstands: 2, Some("k1"), |folder, key| source(folder, "jwks", &set(&[key.jwk("k1")]));
    a_mixed_key_set_withstands: 1, Some("k1"), |folder, key| {
        let [rsa, _, ed] = pairs();
        source(folder, "jwks", &set(&[rsa.jwk("r1"), key.jwk("k1"), ed.jwk("e1")]))
    };
    an_rsa_pem_file_withstands: 0, None, |folder, key| source(folder, "pem", &key.pem());
    an_ec_pem_file_withstands: 1, None, |folder, key| source(folder, "pem", &key.pem());
    an_ed_pem_file_withstands: 2, None, |folder, key| source(folder, "pem", &key.pem());
}

#[tokio::test]
async fn a_secret_withstands() {
    let signer: &'static Signer = Box::leak(Box::new(Signer::hmac(SECRET)));
    let target = Target { name: "secret", signer, kid: None };
    withstand(target, KeySource::hs256_secret("SECRET", SECRET)).await;
}

#[tokio::test]
async fn what_is_accepted() {
    let folder = TempDir::new().unwrap();
    let [rsa, ec, _] = pairs();
    let server = start(source(&folder, "jwks", &set(&[rsa.jwk("r1"), ec.jwk("k1")]))).await;
    let ask = async |header: Value, claims: Value, scheme: &str| {
        let signer = if header["alg"] == "RS256" { rsa } else { ec };
        let token = signer.token(&header.to_string(), &claims.to_string());
        let headers = format!("Content-Type: application/json\r\nAuthorization: {scheme} {token}\r\n");
        server.ask(bare(QRY, &headers, r#"{"cmd":"Echo"}"#)).await
    };
    let header = json!({"alg": "ES256", "kid": "k1"});
    for typ in ["JWT", "jwt", "application/jwt", "at+jwt", "AT+JWT", "application/at+jwt"] {
        let mut header = header.clone();
        header["typ"] = typ.into();
        ask(header, good_claims(), "Bearer").await.success();
    }
    for scheme in ["bearer", "BEARER", "Bearer  "] {
        ask(header.clone(), good_claims(), scheme).await.success();
    }
    ask(json!({"alg": "RS256", "kid": "r1"}), good_claims(), "Bearer").await.success();
    // What would bring a key of its own is not looked at, and takes nothing from a good token.
    ask(json!({"alg": "ES256", "kid": "k1", "jku": "http://127.0.0.1:1/", "x": 1}), good_claims(), "Bearer")
        .await
        .success();
    // Of two keys without a name one would have to be guessed.
    ask(json!({"alg": "ES256"}), good_claims(), "Bearer").await.failure(401);
    let mut claims = good_claims();
    claims["aud"] = json!(["other", "clients-api"]);
    claims["email"] = "ada@example.com".into();
    claims["email_verified"] = true.into();
    claims["branchId"] = 17.into();
    claims["scope"] = "openid customers.approve".into();
    let data = ask(header, claims, "Bearer").await.success();
    assert_eq!(data["email"], "ada@example.com");
    assert_eq!(data["branch"], "17");
    assert_eq!(data["permissions"], json!(["customers.read", "customers.approve"]));
    server.stop().await;
}

#[tokio::test]
async fn a_lone_pem_key_serves_any_key_id() {
    let folder = TempDir::new().unwrap();
    let key = &pairs()[2];
    let server = start(source(&folder, "pem", &key.pem())).await;
    for header in [r#"{"alg":"EdDSA"}"#, r#"{"alg":"EdDSA","kid":"whatever"}"#, r#"{"alg":"Ed25519"}"#] {
        let token = key.token(header, &good_claims().to_string());
        let headers = format!("Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n");
        server.ask(bare(CMD, &headers, r#"{"cmd":"Echo"}"#)).await.success();
    }
    server.stop().await;
}
