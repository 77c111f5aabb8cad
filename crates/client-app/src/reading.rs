//! Reads that a replica may answer: for which requests, and how new the answer has to be.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use futures_util::future::{Either, select};
use jiff::SignedDuration;

use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::query::Query;
use crate::read_source::{AnswerAge, ReadSource, Seen};

/// The application for one request whose queries a replica may answer.
///
/// ```
/// use std::sync::Arc;
///
/// use adapter_inmem::{CountingKeys, FixedClock, MemoryStore};
/// use client_app::{Clients, Seen};
///
/// let clock = Arc::new(FixedClock::new("2026-01-05T09:00:00Z".parse()?));
/// let clients = Clients::new(Arc::new(MemoryStore::new()), clock, Arc::new(CountingKeys::default()));
/// let reading = clients.reading_from_replicas(Seen::default());
/// // Queries are asked of `reading.clients()`. There is no replica here, so no answer has an age.
/// assert_eq!(reading.age(), None);
/// # Ok::<(), client_app::jiff::Error>(())
/// ```
#[derive(Debug)]
pub struct ReplicaReading {
    clients: Clients,
    age: Arc<AnswerAge>,
}

impl ReplicaReading {
    /// The application. Queries for which a replica is not enough are answered by the storage all the same.
    pub const fn clients(&self) -> &Clients {
        &self.clients
    }

    /// How far the replica may have been behind that answered; `None` if the storage itself did.
    pub fn age(&self) -> Option<Duration> {
        self.age.get()
    }
}

impl Clients {
    /// This application for one request whose queries a replica may answer, if it has what the caller has seen.
    pub fn reading_from_replicas(&self, seen: Seen) -> ReplicaReading {
        let age = Arc::<AnswerAge>::default();
        let clients = Self { reads: ReadSource::Replicas(age.clone(), seen), ..self.clone() };
        ReplicaReading { clients, age }
    }

    /// The answer of a replica; `None` if the storage is to be asked.
    pub(crate) async fn answer_of_replica<Q: Query>(
        &self,
        caller: &Caller,
        query: &Q,
    ) -> Option<Result<Q::Answer, Error>> {
        let ReadSource::Replicas(age, seen) = &self.reads else { return None };
        let replicas = self.replicas.as_ref()?;
        let replica = replicas.choose(seen.position).await?;
        let behind = SignedDuration::try_from(replica.age).ok()?;
        // A count that was kept may be older than what the caller has seen.
        let counts = if seen.position.is_some() { Arc::default() } else { self.replica_counts.clone() };
        let clients = Self {
            store: replica.store,
            counts,
            reads: ReadSource::Replica(behind, seen.version),
            ..self.clone()
        };
        let asking = pin!(query.clone().answer(&clients, caller, self.clock.now()));
        let answer = match select(asking, replicas.lost(replica.run)).await {
            Either::Left((answer, _)) => answer,
            Either::Right(_) => return None,
        };
        match answer {
            // It is not there yet, the replica is away, or its replay was in the way.
            Err(Error::NotFound(_) | Error::Unavailable { .. } | Error::Internal { .. }) => None,
            answer => {
                // A query can read twice, and the second time from a server that has started again with less.
                if *seen != Seen::default() && !replicas.is_same_run(replica.run).await {
                    return None;
                }
                age.set(replica.age);
                Some(answer)
            }
        }
    }
}
