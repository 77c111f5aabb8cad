//! `MapStore` keeps every promise of the ports for stores.

use store_conformance::map_store::MapStore;
use store_conformance::{Fresh, Harness, Racer, async_trait};

struct InMemory;

#[async_trait]
impl Harness for InMemory {
    async fn fresh(&self) -> Fresh {
        Fresh::new(MapStore::new())
    }

    async fn run_concurrently(&self, racers: Vec<Racer>) {
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
                store_conformance::cases::$topic::$case(&super::InMemory).await;
            })*
        })*
    };
}
store_conformance::store_cases!(tests);
