//! The conformance suite against a storage in memory of the crate `object_store`.

use std::sync::Arc;

use adapter_object_store::ObjectContents;
use async_trait::async_trait;
use client_app::ports::{ContentLocation, DocumentContents, InstallationId};
use object_store::memory::InMemory;
use store_conformance::{ContentsHarness, LocationHarness, Racer};

struct Memory;

/// A longer file is sent in parts.
const PART_SIZE: usize = 256 * 1024;

#[async_trait]
impl ContentsHarness for Memory {
    async fn fresh(&self) -> Arc<dyn DocumentContents> {
        let contents = ObjectContents::new(Arc::new(InMemory::new()), "documents".into(), PART_SIZE);
        contents.claim(&InstallationId::from_bits(1)).await.unwrap();
        Arc::new(contents)
    }

    async fn run_concurrently(&self, racers: Vec<Racer>) {
        crate::run_concurrently(racers).await;
    }
}

#[async_trait]
impl LocationHarness for Memory {
    async fn fresh_location(&self) -> Arc<dyn ContentLocation> {
        Arc::new(ObjectContents::new(Arc::new(InMemory::new()), "documents".into(), PART_SIZE))
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
                store_conformance::cases::$topic::$case(&super::Memory).await;
            })*
        })*
    };
}
store_conformance::contents_cases!(tests);
store_conformance::location_cases!(tests);
