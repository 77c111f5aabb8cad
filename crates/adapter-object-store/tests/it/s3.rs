//! The conformance suite against S3-compatible storage, if `TEST_S3` names a location such as `s3://bucket/prefix`; the
//! documentation of the crate shows the variables.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use adapter_object_store::open_location;
use async_trait::async_trait;
use client_app::ports::{ContentLocation, DocumentContents, InstallationId};
use store_conformance::{ContentsHarness, LocationHarness, Racer};

struct Bucket(String);

impl Bucket {
    /// The bucket of `TEST_S3`; prints a line if there is none.
    #[expect(clippy::disallowed_methods, reason = "the setting of a test with an external storage")]
    fn named() -> Option<Self> {
        let location = std::env::var("TEST_S3").ok();
        if location.is_none() {
            println!("NOT RUN: TEST_S3 names no storage");
        }
        location.map(Self)
    }
}

#[async_trait]
impl ContentsHarness for Bucket {
    async fn fresh(&self) -> Arc<dyn DocumentContents> {
        let contents = self.fresh_location().await;
        contents.claim(&InstallationId::from_bits(1)).await.unwrap();
        contents
    }

    async fn run_concurrently(&self, racers: Vec<Racer>) {
        crate::run_concurrently(racers).await;
    }
}

#[async_trait]
impl LocationHarness for Bucket {
    #[expect(clippy::disallowed_methods, reason = "the setting of a test with an external storage")]
    async fn fresh_location(&self) -> Arc<dyn ContentLocation> {
        static TESTS: AtomicU32 = AtomicU32::new(0);
        let number = TESTS.fetch_add(1, Ordering::Relaxed);
        let location = format!("{}/{}-{number}", self.0, std::process::id());
        let variables: Vec<_> = std::env::vars().collect();
        open_location(&location, variables, false).await.unwrap().contents
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
