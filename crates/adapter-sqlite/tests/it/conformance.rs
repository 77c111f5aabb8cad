//! The suite that every storage adapter runs.

use std::sync::{Arc, Mutex};

use adapter_sqlite::SqliteStore;
use async_trait::async_trait;
use client_app::ports::DocumentContents;
use store_conformance::{ContentsHarness, Fresh, Harness, Racer};

use crate::database::Database;

/// The databases of a case, kept until its end.
#[derive(Default)]
struct Sqlite(Mutex<Vec<Database>>);

impl Sqlite {
    async fn store(&self) -> SqliteStore {
        let database = Database::fresh().await;
        let store = database.store().await;
        self.0.lock().unwrap().push(database);
        store
    }
}

#[async_trait]
impl Harness for Sqlite {
    async fn fresh(&self) -> Fresh {
        Fresh::new(self.store().await)
    }

    async fn run_concurrently(&self, racers: Vec<Racer>) {
        for racer in racers.into_iter().map(tokio::spawn).collect::<Vec<_>>() {
            racer.await.unwrap();
        }
    }
}

#[async_trait]
impl ContentsHarness for Sqlite {
    async fn fresh(&self) -> Arc<dyn DocumentContents> {
        Arc::new(self.store().await)
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
                store_conformance::cases::$topic::$case(&super::Sqlite::default()).await;
            })*
        })*
    };
}
store_conformance::store_cases!(tests);
store_conformance::contents_cases!(tests);
