//! Files in S3-compatible storage, if `TEST_S3` names a place such as `s3://bucket/prefix`; the crate's page says how.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use adapter_object_store::open_place;
use async_trait::async_trait;
use client_app::ports::{ContentPlace, DocumentContents, InstallationId};
use store_conformance::{ContentsHarness, LocationHarness, Racer};

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
    async fn fresh(&self) -> Arc<dyn DocumentContents> {
        let place = self.fresh_location().await;
        place.claim(&InstallationId::from_bits(1)).await.unwrap();
        place
    }

    async fn run_concurrently(&self, racers: Vec<Racer>) {
        crate::run_concurrently(racers).await;
    }
}

#[async_trait]
impl LocationHarness for Bucket {
    #[expect(clippy::disallowed_methods, reason = "how a test is told of a storage beside it")]
    async fn fresh_location(&self) -> Arc<dyn ContentPlace> {
        static TESTS: AtomicU32 = AtomicU32::new(0);
        let number = TESTS.fetch_add(1, Ordering::Relaxed);
        let place = format!("{}/{}-{number}", self.0, std::process::id());
        let variables: Vec<_> = std::env::vars().collect();
        open_place(&place, variables, false).await.unwrap().place
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
                if let Some(bucket) = super::Bucket::named() {
                    store_conformance::cases::$topic::$case(&bucket).await;
                }
            })*
        })*
    };
}
store_conformance::contents_cases!(tests);
store_conformance::location_cases!(tests);
