//! What a caller has seen, where a replica may answer.

use std::sync::Arc;
use std::time::Duration;

use adapter_inmem::MemoryStore;
use async_trait::async_trait;
use client_app::ports::{ClientRef, LogPosition, Replica, ReplicaRun, Replicas};
use client_app::queries::{CountBy, CountClients, GetHistory};
use client_app::{Clients, Seen};
use client_domain::search::Predicate;
use client_domain::value::Version;

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
