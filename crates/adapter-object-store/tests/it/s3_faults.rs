//! S3 that loses answers, is not there, or refuses.

use std::sync::Arc;
use std::time::Duration;

use adapter_object_store::{PlaceError, open_place};
use async_trait::async_trait;
use bytes::Bytes;
use client_app::ports::{ContentPlace, DocumentContents, InstallationId, StoreError};
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
    async fn fresh_location(&self) -> Arc<dyn ContentPlace> {
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

async fn opened(server: &FakeS3) -> Result<Arc<dyn ContentPlace>, PlaceError> {
    open_place("s3://bucket/documents", server.variables(), false).await.map(|open| open.place)
}

async fn claimed(server: &FakeS3) -> Arc<dyn ContentPlace> {
    let place = opened(server).await.unwrap();
    place.claim(&InstallationId::from_bits(1)).await.unwrap();
    place
}

fn key(n: u128) -> ContentKey {
    ContentKey::from_bits("2026-01-05T09:00:00Z".parse().unwrap(), n)
}

async fn put(place: &dyn ContentPlace, n: u128, bytes: &[u8]) -> Result<(), StoreError> {
    let pieces: Vec<_> = bytes.chunks(100_000).map(|piece| Ok(Bytes::copy_from_slice(piece))).collect();
    place.put(&key(n), stream::iter(pieces).boxed()).await
}

async fn got(place: &dyn ContentPlace, n: u128) -> Vec<u8> {
    let bytes = place.open(&key(n)).await.unwrap().unwrap();
    bytes.map(Result::unwrap).collect::<Vec<_>>().await.concat()
}

/// A PUT that was done and whose answer was lost is sent again by the library, meets its own object, and is done.
#[tokio::test]
async fn put_whose_answer_was_lost_is_done() {
    let server = FakeS3::start().await;
    let place = claimed(&server).await;
    for (n, fault) in (1..).zip([Fault::LostAnswer, Fault::ErrorAfter, Fault::ErrorBefore]) {
        server.next("PUT", fault);
        let bytes = vec![u8::try_from(n).unwrap(); 270_000];
        put(&*place, n, &bytes).await.unwrap();
        assert_eq!(got(&*place, n).await, bytes, "{fault:?}");
    }
    let other = put(&*place, 1, b"another file").await;
    assert!(matches!(other, Err(StoreError::Corrupt { .. })), "a key is used once: {other:?}");
    let same_size = put(&*place, 1, &vec![9; 270_000]).await;
    assert!(matches!(same_size, Err(StoreError::Corrupt { .. })), "{same_size:?}");
    assert_eq!(got(&*place, 1).await, vec![1; 270_000]);
}

/// The same for a file that goes in parts, whose completion was done and is not known any more when it is sent again.
#[tokio::test]
async fn completion_whose_answer_was_lost_is_done() {
    let server = FakeS3::start().await;
    let place = claimed(&server).await;
    let bytes: Vec<u8> = (0..11_000_000_u32).map(|at| u8::try_from(at % 251).unwrap()).collect();
    for (n, fault) in (1..).zip([Fault::LostAnswer, Fault::ErrorAfter]) {
        // The first POST begins the upload and the second one completes it.
        server.next("POST", Fault::ErrorBefore);
        server.next("POST", fault);
        put(&*place, n, &bytes).await.unwrap();
        assert!(got(&*place, n).await == bytes, "{fault:?}");
    }
}

/// What is wrong from the start is refused at the start, with the code of the storage.
#[tokio::test]
async fn place_that_is_not_usable_is_refused_at_the_start() {
    let server = FakeS3::start().await;
    let sentence = |opened: Result<_, PlaceError>| match opened {
        Ok(()) => panic!("it was opened"),
        Err(error) => error.to_string(),
    };
    let missing = open_place("s3://nosuch/x", server.variables(), false).await;
    let refused = sentence(missing.map(drop));
    assert!(refused.contains("is not there (NoSuchBucket)"), "{refused}");
    for (status, code) in [(403, "AccessDenied"), (403, "InvalidAccessKeyId"), (401, "ExpiredToken")] {
        server.refuse(Some((status, code)));
        let refused = sentence(opened(&server).await.map(drop));
        assert!(refused.contains(code), "{refused}");
        assert!(!refused.contains("documents") && !refused.contains("127.0.0.1"), "{refused}");
    }
    server.refuse(None);
    opened(&server).await.unwrap();
    // Nobody listens.
    let mut variables = server.variables();
    variables[0].1 = "http://127.0.0.1:9".to_owned();
    let begun = tokio::time::Instant::now();
    let refused = sentence(open_place("s3://bucket/x", variables, false).await.map(drop));
    assert!(refused.contains("does not answer"), "{refused}");
    assert!(begun.elapsed() < Duration::from_secs(30));
}

/// A bucket that goes while the service runs is seen by readiness, and a file in it is not told to be lost.
#[tokio::test]
async fn bucket_that_refuses_later_is_not_ready() {
    let server = FakeS3::start().await;
    let place = claimed(&server).await;
    put(&*place, 1, b"a file").await.unwrap();
    place.ready().await.unwrap();
    server.refuse(Some((404, "NoSuchBucket")));
    assert!(matches!(place.ready().await, Err(StoreError::Unavailable(_))));
    assert!(matches!(place.open(&key(1)).await, Err(StoreError::Unavailable(_))));
    assert!(matches!(place.trash(&key(1)).await, Err(StoreError::Unavailable(_))));
    server.refuse(Some((403, "AccessDenied")));
    let Err(StoreError::Unavailable(Some(cause))) = place.ready().await else { panic!("it is ready") };
    assert_eq!(cause.to_string(), "the place for files denies access (AccessDenied)");
    server.refuse(None);
    place.ready().await.unwrap();
    assert!(server.requests() > 0);
}
