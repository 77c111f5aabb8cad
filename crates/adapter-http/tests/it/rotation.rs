//! Keys change while the service runs.

use std::path::Path;
use std::sync::atomic::{AtomicI64, AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapter_http::auth::{Clock, KeySource, Refresh, Refused, TokenVerifier};
use client_app::StandingCheck as _;
use jiff::Timestamp;
use serde_json::json;
use tempfile::TempDir;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::attacks::good_claims;
use crate::fixture::{NOW, QRY, Running, SECRET, bare, expectations, fast_refresh, short, token, verifier};
use crate::keys::Signer;

async fn status(server: &Running, signer: &Signer, kid: &str) -> u16 {
    let header = json!({"alg": signer.algorithm(), "kid": kid}).to_string();
    let token = signer.token(&header, &good_claims().to_string());
    let headers = format!("Content-Type: application/json\r\nAuthorization: Bearer {token}\r\n");
    server.request(bare(QRY, &headers, r#"{"cmd":"Echo"}"#)).await.status
}

async fn becomes(server: &Running, signer: &Signer, kid: &str, expected: u16) {
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

fn set(keys: &[(&Signer, &str)]) -> String {
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

/// An issuer whose response the test sets.
struct Issuer {
    url: String,
    answer: Arc<Mutex<String>>,
    fetches: Arc<AtomicUsize>,
}

fn ok(body: &str) -> String {
    format!("HTTP/1.1 200 OK\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{body}", body.len())
}

impl Issuer {
    async fn start(keys: &str) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
        let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
        let (answer, fetches) = (Arc::new(Mutex::new(ok(keys))), Arc::new(AtomicUsize::new(0)));
        let (answers, count) = (answer.clone(), fetches.clone());
        tokio::spawn(async move {
            while let Ok((mut stream, _)) = listener.accept().await {
                count.fetch_add(1, SeqCst);
                let answer = answers.lock().unwrap().clone();
                tokio::spawn(async move {
                    let _ = stream.read(&mut [0; 4096]).await;
                    let _ = stream.write_all(answer.as_bytes()).await;
                });
            }
        });
        Self { url, answer, fetches }
    }

    fn answer(&self, answer: String) {
        *self.answer.lock().unwrap() = answer;
    }

    fn fetches(&self) -> usize {
        self.fetches.load(SeqCst)
    }

    async fn server(&self, refresh: Refresh) -> Running {
        let source = KeySource::jwks_address("JWKS", &self.url);
        Running::with(short(), verifier(vec![source], refresh).await.unwrap()).await
    }
}

#[tokio::test]
async fn unknown_key_id_causes_one_fetch_and_no_other_for_a_while() {
    let (old, new, newer) = (Signer::ed(), Signer::ec(), Signer::ed());
    let issuer = Issuer::start(&set(&[(&old, "old")])).await;
    let server = issuer.server(Refresh::default()).await;
    assert_eq!(status(&server, &old, "old").await, 200);
    assert_eq!(issuer.fetches(), 1);
    issuer.answer(ok(&set(&[(&old, "old"), (&new, "new")])));
    // Of several tokens at a time, one causes the fetch and all wait for it.
    let all = tokio::join!(
        status(&server, &new, "new"),
        status(&server, &new, "new"),
        status(&server, &new, "new")
    );
    assert_eq!(all, (200, 200, 200));
    assert_eq!(issuer.fetches(), 2);
    issuer.answer(ok(&set(&[(&newer, "newer")])));
    for _ in 0..5 {
        assert_eq!(status(&server, &newer, "newer").await, 401);
    }
    assert_eq!(issuer.fetches(), 2);
    server.stop().await;
}

#[tokio::test]
async fn fetch_for_an_unknown_key_id_is_repeated_after_the_interval() {
    let (old, new) = (Signer::ed(), Signer::ec());
    let issuer = Issuer::start(&set(&[(&old, "old")])).await;
    let refresh = Refresh { unknown_key_every: Duration::from_millis(100), ..Refresh::default() };
    let server = issuer.server(refresh).await;
    assert_eq!(status(&server, &new, "new").await, 401);
    issuer.answer(ok(&set(&[(&new, "new")])));
    assert_eq!(status(&server, &new, "new").await, 401);
    becomes(&server, &new, "new", 200).await;
    server.stop().await;
}

#[tokio::test]
async fn failing_address_keeps_the_old_keys_and_the_refresh_finds_new_ones() {
    let (old, new) = (Signer::ed(), Signer::ec());
    let issuer = Issuer::start(&set(&[(&old, "old")])).await;
    let refresh = Refresh { addresses_every: Duration::from_millis(30), ..Refresh::default() };
    let server = issuer.server(refresh).await;
    let elsewhere = Issuer::start(&set(&[(&new, "new")])).await;
    let new_set = set(&[(&new, "new")]);
    for broken in [
        "HTTP/1.1 500 No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned(),
        format!(
            "HTTP/1.1 302 Found\r\nLocation: {}\r\nContent-Length: 0\r\nConnection: close\r\n\r\n",
            elsewhere.url
        ),
        ok(""),
        ok("{\"keys\":[]}"),
        ok(&format!("{}{new_set}", " ".repeat(1024 * 1024))),
        format!("HTTP/1.1 200 OK\r\nContent-Length: 99999\r\nConnection: close\r\n\r\n{new_set}"),
        "garbage".to_owned(),
    ] {
        issuer.answer(broken.clone());
        let fetches = issuer.fetches();
        crate::fixture::until("the address is fetched", || issuer.fetches() >= fetches + 2).await;
        assert_eq!(status(&server, &old, "old").await, 200, "{broken:.60}");
        assert_eq!(status(&server, &new, "new").await, 401, "{broken:.60}");
    }
    assert_eq!(elsewhere.fetches(), 0, "the redirect was followed");
    issuer.answer(ok(&new_set));
    becomes(&server, &new, "new", 200).await;
    assert_eq!(status(&server, &old, "old").await, 401);
    server.stop().await;
    let fetches = issuer.fetches();
    sleep(Duration::from_millis(100)).await;
    assert!(issuer.fetches() <= fetches + 1, "the refresh goes on after the shutdown");
}

/// The keys of an issuer that stopped answering are accepted until their maximum age.
#[tokio::test]
async fn keys_over_the_maximum_age_are_refused() {
    let signer = Signer::ed();
    let issuer = Issuer::start(&set(&[(&signer, "one")])).await;
    let every = Duration::from_millis(20);
    let max_age = Duration::from_secs(2);
    let refresh = Refresh { addresses_every: every, files_every: every, max_age, ..Refresh::default() };
    let source = KeySource::jwks_address("JWKS", &issuer.url);
    let verifier = verifier(vec![source], refresh).await.unwrap();
    let token = signer.token(r#"{"alg":"EdDSA","kid":"one"}"#, &good_claims().to_string());
    assert_eq!(verifier.check().state.name(), "ok");
    issuer.answer("HTTP/1.1 500 Broken\r\nContent-Length: 0\r\nConnection: close\r\n\r\n".to_owned());
    sleep(Duration::from_millis(200)).await;
    verifier.reload_addresses().await;
    assert!(verifier.verify(&token).await.is_ok(), "the old keys stay in use");
    assert_eq!(verifier.check().state.name(), "warning");
    sleep(max_age).await;
    assert_eq!(verifier.verify(&token).await, Err(Refused::Invalid("stale_keys")));
    assert_eq!(verifier.check().state.name(), "failed");
    issuer.answer(ok(&set(&[(&signer, "one")])));
    verifier.reload_addresses().await;
    assert!(verifier.verify(&token).await.is_ok());
    assert_eq!(verifier.check().state.name(), "ok");
}

/// A slow response with the old keys ends after a fast response with the new keys was requested.
#[tokio::test]
async fn slow_response_with_older_keys_does_not_replace_newer_keys() {
    let (old, new) = (Signer::ed(), Signer::ed());
    let (old_set, new_set) = (set(&[(&old, "old")]), set(&[(&new, "new")]));
    let listener = TcpListener::bind(("127.0.0.1", 0)).await.unwrap();
    let url = format!("http://{}/jwks.json", listener.local_addr().unwrap());
    let (slow_has_begun, slow_may_end) = (Arc::new(Notify::new()), Arc::new(Notify::new()));
    let (begun, released) = (slow_has_begun.clone(), slow_may_end.clone());
    tokio::spawn(async move {
        for fetch in 0.. {
            let (mut stream, _) = listener.accept().await.unwrap();
            let answer = ok(if fetch < 2 { &old_set } else { &new_set });
            let (begun, released) = (begun.clone(), released.clone());
            tokio::spawn(async move {
                let _ = stream.read(&mut [0; 4096]).await;
                if fetch == 1 {
                    begun.notify_one();
                    released.notified().await;
                }
                let _ = stream.write_all(answer.as_bytes()).await;
            });
        }
    });
    let source = KeySource::jwks_address("JWKS", url);
    let verifier = Arc::new(verifier(vec![source], Refresh::default()).await.unwrap());
    let (first, second) = (verifier.clone(), verifier.clone());
    let first = tokio::spawn(async move { first.reload_addresses().await });
    slow_has_begun.notified().await;
    let second = tokio::spawn(async move { second.reload_addresses().await });
    sleep(Duration::from_millis(300)).await;
    slow_may_end.notify_one();
    first.await.unwrap();
    second.await.unwrap();
    let token = new.token(r#"{"alg":"EdDSA","kid":"new"}"#, &good_claims().to_string());
    assert!(verifier.verify(&token).await.is_ok());
}
