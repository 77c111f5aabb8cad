//! Files in S3-compatible storage, if `TEST_S3` names a place such as `s3://bucket/prefix`; the crate's page says how.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use adapter_object_store::ObjectContents;
use async_trait::async_trait;
use client_app::conformance::{ContentsHarness, Racer};
use client_app::ports::DocumentContents;

struct Bucket(String);

impl Bucket {
    /// Says so where there is none.
    #[expect(clippy::disallowed_methods, reason = "how a test is told of a storage beside it")]
    fn named() -> Option<Self> {
        let place = std::env::var("TEST_S3").ok();
        if place.is_none() {
            println!("NOT RUN: TEST_S3 names no storage");
        }
        place.map(Self)
    }
}

#[async_trait]
impl ContentsHarness for Bucket {
    #[expect(clippy::disallowed_methods, reason = "how a test is told of a storage beside it")]
    async fn fresh(&self) -> Arc<dyn DocumentContents> {
        static TESTS: AtomicU32 = AtomicU32::new(0);
        let number = TESTS.fetch_add(1, Ordering::Relaxed);
        let place = format!("{}/{}-{number}", self.0, std::process::id());
        Arc::new(ObjectContents::open_place(&place, std::env::vars()).unwrap())
    }

    async fn at_once(&self, racers: Vec<Racer>) {
        for racer in racers.into_iter().map(tokio::spawn).collect::<Vec<_>>() {
            racer.await.unwrap();
        }
    }
}

macro_rules! tests {
    ($($topic:ident { $($case:ident)* })*) => {
        $(mod $topic {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                if let Some(bucket) = super::Bucket::named() {
                    client_app::conformance::$topic::$case(&bucket).await;
                }
            })*
        })*
    };
}
client_app::contents_cases!(tests);
