//! Keys at an address change while the service runs.

use std::sync::atomic::{AtomicUsize, Ordering::SeqCst};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapter_http::auth::{KeySource, Refresh, Refused};
use client_app::StandingCheck as _;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;
use tokio::sync::Notify;
use tokio::time::sleep;

use crate::attacks::good_claims;
use crate::fixture::{Running, short, verifier};
use crate::keys::Signer;
use crate::rotation::{becomes, set, status};

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
