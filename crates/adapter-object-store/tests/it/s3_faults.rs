//! S3 that loses answers, does not exist, or refuses requests.

use std::sync::Arc;
use std::time::Duration;

use adapter_object_store::{LocationError, open_location};
use async_trait::async_trait;
use bytes::Bytes;
use client_app::ports::{ContentLocation, DocumentContents, InstallationId, StoreError};
use client_domain::kyc::ContentKey;
use futures_util::{StreamExt as _, stream};
use store_conformance::{ContentsHarness, LocationHarness, Racer};

use crate::fake_s3::{FakeS3, Fault};

struct Fake;

#[async_trait]
impl ContentsHarness for Fake {
    async fn fresh(&self) -> Arc<dyn DocumentContents> {
        claimed(&FakeS3::start().await).await
    }

    async fn run_concurrently(&self, racers: Vec<Racer>) {
        crate::run_concurrently(racers).await;
    }
}

#[async_trait]
impl LocationHarness for Fake {
    async fn fresh_location(&self) -> Arc<dyn ContentLocation> {
        opened(&FakeS3::start().await).await.unwrap()
    }

    async fn run_concurrently(&self, racers: Vec<Racer>) {
        crate::run_concurrently(racers).await;
    }
}

macro_rules! tests {
    ($($topic:ident { $($case:ident)* })*) => {
        $(mod $topic {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                store_conformance::cases::$topic::$case(&super::Fake).await;
            })*
        })*
    };
}
store_conformance::contents_cases!(tests);
store_conformance::location_cases!(tests);

async fn opened(server: &FakeS3) -> Result<Arc<dyn ContentLocation>, LocationError> {
    open_location("s3://bucket/documents", server.variables(), false).await.map(|open| open.contents)
}

async fn claimed(server: &FakeS3) -> Arc<dyn ContentLocation> {
    let contents = opened(server).await.unwrap();
    contents.claim(&InstallationId::from_bits(1)).await.unwrap();
    contents
}

fn key(n: u128) -> ContentKey {
    ContentKey::from_bits("2026-01-05T09:00:00Z".parse().unwrap(), n)
}

async fn put(contents: &dyn ContentLocation, n: u128, bytes: &[u8]) -> Result<(), StoreError> {
    let pieces: Vec<_> = bytes.chunks(100_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    contents.put(&key(n), stream::iter(pieces).boxed()).await
}

async fn got(contents: &dyn ContentLocation, n: u128) -> Vec<u8> {
    let bytes = contents.open(&key(n)).await.unwrap().unwrap();
    bytes.map(Result::unwrap).collect::<Vec<_>>().await.concat()
}

/// The library repeats a PUT whose answer was lost. The repetition finds the object of the first request, and succeeds.
#[tokio::test]
async fn put_with_a_lost_answer_succeeds() {
    let server = FakeS3::start().await;
    let contents = claimed(&server).await;
    for (n, fault) in (1..).zip([Fault::LostAnswer, Fault::ErrorAfter, Fault::ErrorBefore]) {
        server.next("PUT", fault);
        let bytes = vec![u8::try_from(n).unwrap(); 270_000];
        put(&*contents, n, &bytes).await.unwrap();
        assert_eq!(got(&*contents, n).await, bytes, "{fault:?}");
    }
    let other = put(&*contents, 1, b"another file").await;
    assert!(
        matches!(other, Err(StoreError::Corrupt { .. })),
        "a key is used for one content only: {other:?}"
    );
    let same_size = put(&*contents, 1, &vec![9; 270_000]).await;
    assert!(matches!(same_size, Err(StoreError::Corrupt { .. })), "{same_size:?}");
    assert_eq!(got(&*contents, 1).await, vec![1; 270_000]);
}

/// Every repetition of the library fails, and the object of the first request is there.
#[tokio::test]
async fn put_that_was_stored_succeeds_although_no_answer_says_so() {
    let server = FakeS3::start().await;
    let contents = claimed(&server).await;
    for _ in 0..4 {
        server.next("PUT", Fault::ErrorAfter);
    }
    put(&*contents, 1, b"a file").await.unwrap();
    assert_eq!(got(&*contents, 1).await, b"a file");
    for _ in 0..4 {
        server.next("PUT", Fault::ErrorBefore);
    }
    assert!(matches!(put(&*contents, 2, b"another file").await, Err(StoreError::Unavailable(_))));
    assert!(contents.open(&key(2)).await.unwrap().is_none());
}

/// Probes, which anybody may send, cost the storage a request each second and not one each.
#[tokio::test]
async fn probes_share_a_request() {
    let server = FakeS3::start().await;
    let contents = claimed(&server).await;
    let before = server.requests();
    for _ in 0..20 {
        contents.ready().await.unwrap();
        contents.writable().await.unwrap();
    }
    assert!(server.requests() - before <= 2, "{}", server.requests() - before);
}

/// The library repeats a completion whose answer was lost. The storage no longer knows the upload, and the put succeeds.
#[tokio::test]
async fn completion_with_a_lost_answer_succeeds() {
    let server = FakeS3::start().await;
    let contents = claimed(&server).await;
    let bytes: Vec<u8> = (0..11_000_000_u32).map(|at| u8::try_from(at % 251).unwrap()).collect();
    for (n, fault) in (1..).zip([Fault::LostAnswer, Fault::ErrorAfter]) {
        // The first POST begins the upload and the second one completes it.
        server.next("POST", Fault::ErrorBefore);
        server.next("POST", fault);
        put(&*contents, n, &bytes).await.unwrap();
        assert!(got(&*contents, n).await == bytes, "{fault:?}");
    }
}

/// A location that cannot be used is refused when it is opened, with the code of the storage.
#[tokio::test]
async fn unusable_location_is_refused_when_it_is_opened() {
    let server = FakeS3::start().await;
    let sentence = |opened: Result<_, LocationError>| match opened {
        Ok(()) => panic!("it was opened"),
        Err(error) => error.to_string(),
    };
    let missing = open_location("s3://nosuch/x", server.variables(), false).await;
    let refused = sentence(missing.map(drop));
    assert!(refused.contains("does not exist (NoSuchBucket)"), "{refused}");
    for (status, code) in [(403, "AccessDenied"), (403, "InvalidAccessKeyId"), (401, "ExpiredToken")] {
        server.refuse(Some((status, code)));
        let refused = sentence(opened(&server).await.map(drop));
        assert!(refused.contains(code), "{refused}");
        assert!(!refused.contains("documents") && !refused.contains("127.0.0.1"), "{refused}");
    }
    server.refuse(None);
    opened(&server).await.unwrap();
    // No server listens on this port.
    let mut variables = server.variables();
    variables[0].1 = "http://127.0.0.1:9".to_owned();
    let begun = tokio::time::Instant::now();
    let refused = sentence(open_location("s3://bucket/x", variables, false).await.map(drop));
    assert!(refused.contains("does not answer"), "{refused}");
    assert!(begun.elapsed() < Duration::from_secs(30));
}

/// Readiness reports a bucket that vanishes while the service runs, and no file in it is reported as missing.
#[tokio::test]
async fn vanished_bucket_is_not_ready_and_loses_no_file() {
    let server = FakeS3::start().await;
    let contents = claimed(&server).await;
    put(&*contents, 1, b"a file").await.unwrap();
    contents.ready().await.unwrap();
    server.refuse(Some((404, "NoSuchBucket")));
    // A probe may use the answer of a second ago.
    tokio::time::sleep(Duration::from_millis(1050)).await;
    assert!(matches!(contents.ready().await, Err(StoreError::Unavailable(_))));
    assert!(matches!(contents.open(&key(1)).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(contents.trash(&key(1)).await, Err(StoreError::Unavailable(_))));
    server.refuse(Some((403, "AccessDenied")));
    let Err(StoreError::Unavailable(Some(cause))) = contents.ready().await else { panic!("it is ready") };
    assert_eq!(cause.to_string(), "the location of files denies access (AccessDenied)");
    server.refuse(None);
    contents.ready().await.unwrap();
    assert!(server.requests() > 0);
}
