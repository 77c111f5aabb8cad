//! A third storage adapter, written from `docs/writing-an-adapter.md`: the worked example for the author of another one.
//!
//! It keeps numbered snapshots and replaces the newest one by compare-and-swap, as a storage with conditional writes does.
//! It reserves ids in blocks of its own. Everything else it leaves to `MapStore`.

use std::ops::Range;
use std::sync::{Arc, Mutex};

use client_app::ports::{ClientStore, StoreError};
use client_domain::value::ClientId;
use store_conformance::map_store::{Change, MapStorage, MapStore, Maps, Method};
use store_conformance::{Fresh, Harness, Layered, Racer, StoreLayer, async_trait};

/// The newest snapshot and its number.
#[derive(Default)]
struct Snapshots(Mutex<(u64, Arc<Maps>)>);

impl Snapshots {
    fn newest(&self) -> (u64, Arc<Maps>) {
        self.0.lock().unwrap().clone()
    }

    /// Stores the snapshot that follows this number; false where another one does already.
    fn store_after(&self, number: u64, maps: Maps) -> bool {
        let mut newest = self.0.lock().unwrap();
        let is_newest = newest.0 == number;
        if is_newest {
            *newest = (number + 1, Arc::new(maps));
        }
        is_newest
    }
}

#[async_trait]
impl MapStorage for Snapshots {
    async fn read(&self, _method: Method) -> Result<Arc<Maps>, StoreError> {
        Ok(self.newest().1)
    }

    async fn write(&self, _method: Method, change: Change<'_>) -> Result<(), StoreError> {
        loop {
            let (number, newest) = self.newest();
            let mut next = Maps::clone(&newest);
            change(&mut next);
            if self.store_after(number, next) {
                return Ok(());
            }
        }
    }
}

/// How many ids one reservation in the storage is good for.
const BLOCK: i64 = 100;

struct SnapshotStore {
    maps: Arc<MapStore<Snapshots>>,
    /// The ids that are reserved and not given.
    ids: Mutex<Vec<Range<i64>>>,
}

impl SnapshotStore {
    fn next_id(&self) -> Option<ClientId> {
        self.ids.lock().unwrap().iter_mut().find_map(Iterator::next).map(|id| ClientId::new(id).unwrap())
    }
}

#[async_trait]
impl StoreLayer for SnapshotStore {
    fn inner(&self) -> &dyn ClientStore {
        &*self.maps
    }

    async fn reserve_id(&self) -> Result<ClientId, StoreError> {
        loop {
            if let Some(id) = self.next_id() {
                return Ok(id);
            }
            let block = self.maps.reserve_id().await?.get();
            self.ids.lock().unwrap().push(block * BLOCK..(block + 1) * BLOCK);
        }
    }
}

struct ThirdAdapter;

#[async_trait]
impl Harness for ThirdAdapter {
    async fn fresh(&self) -> Fresh {
        let maps = Arc::new(MapStore::on(Snapshots::default()));
        let store = Layered(SnapshotStore { maps: maps.clone(), ids: Mutex::default() });
        Fresh {
            store: Arc::new(store),
            outbox: maps.clone(),
            ledger: maps.clone(),
            sessions: maps.clone(),
            work_items: maps.clone(),
            saved_views: maps.clone(),
            batches: maps.clone(),
            export_log: maps,
        }
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
                store_conformance::cases::$topic::$case(&super::ThirdAdapter).await;
            })*
        })*
    };
}
store_conformance::store_cases!(tests);
