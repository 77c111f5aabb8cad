//! Keys in files change while the service runs.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering::SeqCst};
use std::time::Duration;

use adapter_http::auth::{Clock, KeySource, Refresh, Refused, TokenVerifier};
use jiff::Timestamp;
use serde_json::json;
use tempfile::TempDir;
use tokio::time::sleep;

use crate::attacks::good_claims;
use crate::fixture::{NOW, QRY, Running, SECRET, bare, expectations, fast_refresh, short, token, verifier};
use crate::keys::Signer;

pub(crate) async fn status(server: &Running, signer: &Signer, kid: &str) -> u16 {
    let header = json!({"alg": signer.algorithm(), "kid": kid}).to_string();
    let token = signer.token(&header, &good_claims().to_string());
    let headers = format!("Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n");
    server.request(bare(QRY, &headers, r#"{"cmd":"Echo"}"#)).await.status
}

pub(crate) async fn becomes(server: &Running, signer: &Signer, kid: &str, expected: u16) {
    for _ in 0..200 {
        if status(server, signer, kid).await == expected {
            return;
        }
        sleep(Duration::from_millis(10)).await;
    }
    panic!("{kid} never became {expected}");
}

/// Replaces the file as a deployment does: a complete new file is renamed over the old one.
fn replace(path: &Path, content: &str) {
    let fresh = path.with_extension("new");
    std::fs::write(&fresh, content).unwrap();
    std::fs::rename(fresh, path).unwrap();
}

pub(crate) fn set(keys: &[(&Signer, &str)]) -> String {
    let keys: Vec<_> = keys.iter().map(|(key, kid)| key.jwk(kid)).collect();
    json!({ "keys": keys }).to_string()
}

#[tokio::test]
async fn changed_key_set_file_is_reloaded_and_a_broken_one_keeps_the_old_keys() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("jwks.json");
    let (old, new) = (Signer::ed(), Signer::ec());
    std::fs::write(&path, set(&[(&old, "old")])).unwrap();
    let verifier = verifier(vec![KeySource::jwks_file("JWKS", &path)], fast_refresh()).await.unwrap();
    let server = Running::with(short(), verifier).await;
    assert_eq!(status(&server, &old, "old").await, 200);
    assert_eq!(status(&server, &new, "new").await, 401);
    replace(&path, &set(&[(&old, "old"), (&new, "new")]));
    becomes(&server, &new, "new", 200).await;
    assert_eq!(status(&server, &old, "old").await, 200);
    replace(&path, &set(&[(&new, "new")]));
    becomes(&server, &old, "old", 401).await;
    for broken in ["", "{\"keys\":[]}", "not json"] {
        replace(&path, broken);
        sleep(Duration::from_millis(80)).await;
        assert_eq!(status(&server, &new, "new").await, 200, "{broken:?}");
    }
    std::fs::remove_file(&path).unwrap();
    sleep(Duration::from_millis(80)).await;
    assert_eq!(status(&server, &new, "new").await, 200);
    replace(&path, &set(&[(&old, "old")]));
    becomes(&server, &old, "old", 200).await;
    server.stop().await;
}

/// The cached result of a token must not outlive its key, nor its expiry.
#[tokio::test]
async fn cached_token_is_refused_when_its_key_is_removed() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("jwks.json");
    // Ed25519 signs the same claims the same way, so this is one token all along.
    let (signer, other) = (Signer::ed(), Signer::ed());
    std::fs::write(&path, set(&[(&signer, "one")])).unwrap();
    let verifier = verifier(vec![KeySource::jwks_file("JWKS", &path)], fast_refresh()).await.unwrap();
    let server = Running::with(short(), verifier).await;
    for _ in 0..3 {
        assert_eq!(status(&server, &signer, "one").await, 200);
    }
    replace(&path, &set(&[(&other, "one")]));
    becomes(&server, &signer, "one", 401).await;
    assert_eq!(status(&server, &other, "one").await, 200);
    replace(&path, &set(&[(&other, "two"), (&signer, "one")]));
    becomes(&server, &signer, "one", 200).await;
    server.stop().await;
}

#[tokio::test]
async fn cached_token_is_refused_when_it_expires() {
    let now = Arc::new(AtomicI64::new(NOW));
    let clock: Clock = Arc::new({
        let now = now.clone();
        move || Timestamp::from_second(now.load(SeqCst)).unwrap()
    });
    let secret = vec![KeySource::hs256_secret("SECRET", SECRET)];
    let verifier = TokenVerifier::load(secret, expectations(), clock, Refresh::default()).await.unwrap();
    let token = token("maker-1");
    let caller = verifier.verify(&token).await.unwrap();
    assert_eq!(verifier.verify(&token).await, Ok(caller.clone()));
    for (second, expected) in [
        (NOW + 89, Ok(caller.clone())),
        (NOW + 90, Err(Refused::Expired)),
        (NOW - 31, Err(Refused::Invalid("iat"))),
        (NOW - 30, Ok(caller)),
    ] {
        now.store(second, SeqCst);
        assert_eq!(verifier.verify(&token).await, expected, "{second}");
    }
}

#[tokio::test]
async fn changed_pem_file_is_reloaded() {
    let folder = TempDir::new().unwrap();
    let path = folder.path().join("key.pem");
    let (old, new) = (Signer::ec(), Signer::ed());
    std::fs::write(&path, old.pem()).unwrap();
    let verifier = verifier(vec![KeySource::public_key_pem("PEM", &path)], fast_refresh()).await.unwrap();
    let server = Running::with(short(), verifier).await;
    assert_eq!(status(&server, &old, "any").await, 200);
    replace(&path, &new.pem());
    becomes(&server, &new, "any", 200).await;
    assert_eq!(status(&server, &old, "any").await, 401);
    server.stop().await;
}
