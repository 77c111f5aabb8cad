//! What a caller has seen, where a replica may answer.

use std::sync::Arc;
use std::time::Duration;

use adapter_inmem::{Fault, MemoryStore};
use async_trait::async_trait;
use client_app::ports::{ClientRef, LogPosition, Replica, ReplicaRun, Replicas};
use client_app::queries::{CountBy, CountClients, GetClient, GetHistory};
use client_app::{Clients, Seen};
use client_domain::search::Predicate;
use client_domain::value::Version;
use tokio::time::Instant;

use crate::fixtures::{by, clients, created};

/// At most one replica.
struct OneAtMost {
    store: Option<MemoryStore>,
    /// Whether it has not started again since it was chosen.
    is_same_run: bool,
}

#[async_trait]
impl Replicas for OneAtMost {
    async fn choose(&self, _after: Option<LogPosition>) -> Option<Replica> {
        let store = Arc::new(self.store.clone()?);
        Some(Replica { store, age: Duration::ZERO, run: ReplicaRun { replica: 0, started: 1 } })
    }

    async fn is_same_run(&self, _run: ReplicaRun) -> bool {
        self.is_same_run
    }

    async fn lost(&self, _run: ReplicaRun) {
        if self.is_same_run {
            std::future::pending::<()>().await;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }

    async fn position(&self) -> Option<LogPosition> {
        Some(LogPosition::new(1, 1))
    }
}

async fn counted(clients: &Clients, seen: Seen) -> u64 {
    let reading = clients.reading_from_replicas(seen);
    let query = CountClients { predicate: Predicate::All(Vec::new()), by: CountBy::State };
    let counts = reading.clients().query(&by("reader").caller, query).await.unwrap();
    assert_eq!(reading.age(), None);
    counts.counted.groups.values().sum()
}

#[tokio::test]
async fn count_after_a_command_has_it_also_where_no_replica_does() {
    let clients =
        clients(&MemoryStore::new()).with_replicas(Arc::new(OneAtMost { store: None, is_same_run: true }));
    assert_eq!(counted(&clients, Seen::default()).await, 0);
    created(&clients).await;
    let seen = Seen { position: clients.log_position().await, version: None };
    assert_eq!(counted(&clients, Seen::default()).await, 0, "a count is kept for a moment");
    assert_eq!(counted(&clients, seen).await, 1);
}

#[tokio::test]
async fn replica_that_has_started_again_answers_nobody_who_has_shown_what_was_seen() {
    let store = MemoryStore::new();
    let client = ClientRef::Key(created(&clients(&store)).await);
    let position = Some(LogPosition::new(1, 1));
    for seen in
        [Seen::default(), Seen { version: Version::new(1), position: None }, Seen { version: None, position }]
    {
        for is_same_run in [true, false] {
            let replicas = OneAtMost { store: Some(store.clone()), is_same_run };
            let reading = clients(&store).with_replicas(Arc::new(replicas)).reading_from_replicas(seen);
            let history = GetHistory { client: client.clone(), before: None, limit: 10 };
            reading.clients().query(&by("reader").caller, history).await.unwrap();
            let is_of_replica = is_same_run || seen == Seen::default();
            assert_eq!(reading.age().is_some(), is_of_replica, "{seen:?} {is_same_run}");
        }
    }
}

#[tokio::test]
async fn read_of_a_replica_that_is_lost_is_asked_of_the_storage() {
    let (store, silent) = (MemoryStore::new(), MemoryStore::new());
    let client = ClientRef::Key(created(&clients(&store)).await);
    silent.faults().reads(Fault::Slow(Duration::from_hours(1)));
    let replicas = OneAtMost { store: Some(silent), is_same_run: false };
    let reading = clients(&store).with_replicas(Arc::new(replicas)).reading_from_replicas(Seen::default());
    let begun = Instant::now();
    reading.clients().query(&by("reader").caller, GetClient { client }).await.unwrap();
    assert_eq!((reading.age(), begun.elapsed() < Duration::from_secs(1)), (None, true));
}
