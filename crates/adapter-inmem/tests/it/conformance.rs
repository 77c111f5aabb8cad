//! The conformance suite of every storage adapter.

use std::sync::Arc;

use adapter_inmem::MemoryStore;
use async_trait::async_trait;
use client_app::ports::DocumentContents;
use store_conformance::{ContentsHarness, Fresh, Harness, Racer};

struct Memory;

#[async_trait]
impl Harness for Memory {
    async fn fresh(&self) -> Fresh {
        Fresh::new(MemoryStore::new())
    }

    async fn run_concurrently(&self, racers: Vec<Racer>) {
        for racer in racers.into_iter().map(tokio::spawn).collect::<Vec<_>>() {
            racer.await.unwrap();
        }
    }
}

#[async_trait]
impl ContentsHarness for Memory {
    async fn fresh(&self) -> Arc<dyn DocumentContents> {
        Arc::new(adapter_inmem::MemoryContents::new())
    }

    async fn run_concurrently(&self, racers: Vec<Racer>) {
        Harness::run_concurrently(self, racers).await;
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
store_conformance::store_cases!(tests);
store_conformance::contents_cases!(tests);
