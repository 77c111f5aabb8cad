//! Files in a storage in memory that speaks as `object_store` does.

use std::sync::Arc;

use adapter_object_store::ObjectContents;
use async_trait::async_trait;
use client_app::conformance::{ContentsHarness, PlaceHarness, Racer};
use client_app::ports::{ContentPlace, DocumentContents, InstallationId};
use object_store::memory::InMemory;

struct Memory;

/// What is longer than this goes in parts.
const PART: usize = 256 * 1024;

#[async_trait]
impl ContentsHarness for Memory {
    async fn fresh(&self) -> Arc<dyn DocumentContents> {
        let contents = ObjectContents::new(Arc::new(InMemory::new()), "documents".into(), PART);
        contents.claim(&InstallationId::from_bits(1)).await.unwrap();
        Arc::new(contents)
    }

    async fn at_once(&self, racers: Vec<Racer>) {
        crate::at_once(racers).await;
    }
}

#[async_trait]
impl PlaceHarness for Memory {
    async fn fresh_place(&self) -> Arc<dyn ContentPlace> {
        Arc::new(ObjectContents::new(Arc::new(InMemory::new()), "documents".into(), PART))
    }

    async fn at_once(&self, racers: Vec<Racer>) {
        crate::at_once(racers).await;
    }
}

macro_rules! tests {
    ($($topic:ident { $($case:ident)* })*) => {
        $(mod $topic {
            $(#[tokio::test(flavor = "multi_thread")]
            async fn $case() {
                client_app::conformance::$topic::$case(&super::Memory).await;
            })*
        })*
    };
}
client_app::contents_cases!(tests);
client_app::place_cases!(tests);
