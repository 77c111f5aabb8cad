//! The port [`Replicas`]: which streaming standby may answer a read.
//!
//! How far a replica is behind is measured without clocks and without writing: the position of the primary is asked for a
//! few times a second, and a replica that has replayed one of these positions has everything that was committed before the
//! primary was asked for it. So its age is the time since then, on the clock of this process alone. A replica that is cut off,
//! paused or slow grows old by itself, also where it does not notice. Only positions of one timeline are compared: after a
//! failover a standby of the former primary may have a higher position, and lacks what was committed since.
//!
//! | module | what it holds |
//! | --- | --- |
//! | [`positions`] | the latest positions of the primary, and when they were asked for |
//! | [`server`] | one replica: what is known of it, and asking it |
//! | [`metrics`] | what is counted and measured |

mod metrics;
mod positions;
mod server;

use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Weak};
use std::time::Duration;

use async_trait::async_trait;
use client_app::ports::{LogPosition, Replica, ReplicaRun, Replicas, StoreError};
use concurrency::batcher::{Answer, Batcher, Member};
use futures_util::future::join_all;
use tokio::time::{Instant, sleep, timeout};

use self::positions::{MAX_KEPT, Positions, log_position};
use self::server::{ANSWER_TIMEOUT, Origin, Server};
use crate::error::DbError;
use crate::pool::{Pool, Share};
use crate::rows::columns::Columns;
use crate::settings::{Settings, StartError};
use crate::sql::{LOG_POSITION, LOG_SYSTEM};
use crate::store::PostgresStore;

/// The pauses between two rounds: short, where little staleness is accepted.
const SHORTEST_PAUSE: Duration = Duration::from_millis(50);
const LONGEST_PAUSE: Duration = Duration::from_millis(500);
const _: () =
    assert!(PostgresReplicas::MAX_STALENESS.as_millis() < LONGEST_PAUSE.as_millis() * MAX_KEPT as u128);

/// Streaming standbys of the database, for reads.
///
/// Each address is to lead to one server, not to several in turn. It is a handle: clones share the connections. The rounds
/// that look at the servers end with the last clone.
#[derive(Clone)]
pub struct PostgresReplicas(Arc<Shared>);

struct Shared {
    primary: Pool,
    positions: Batcher<(), Option<LogPosition>>,
    servers: Vec<Server>,
    staleness: Duration,
    /// Where the next read begins to look, so that all replicas share the reads.
    next: AtomicUsize,
}

impl PostgresReplicas {
    /// The most staleness that has an effect: positions of the primary are kept for so long.
    pub const MAX_STALENESS: Duration = Duration::from_mins(4);

    /// Looks at the servers once, and then a few times a second. A server that does not answer yet is used once it does.
    /// Reads go to a replica only while it is no more than `staleness` behind.
    ///
    /// # Errors
    ///
    /// [`StartError::Address`] for an address that names several servers; [`StartError::Unfit`] for a server of another database, also one of the same server; [`StartError::Unreachable`] where the primary does not
    /// answer.
    pub async fn open(
        primary: &PostgresStore,
        replicas: &[Settings],
        staleness: Duration,
    ) -> Result<Self, StartError> {
        metrics::describe();
        let primary = primary.pool().clone();
        if let Some(at) = replicas.iter().position(|settings| settings.address.servers.len() > 1) {
            let which = at + 1;
            return Err(StartError::Address(format!(
                "of replica {which} names several servers; give each replica an address of its own"
            )));
        }
        let origin = origin(&primary).await.map_err(|error| StartError::Unreachable(error.to_string()))?;
        let servers = replicas.iter().enumerate();
        let servers = servers.map(|(at, settings)| Server::new(at, settings, origin)).collect();
        let shared =
            Shared { primary, positions: Batcher::default(), servers, staleness, next: AtomicUsize::new(0) };
        let shared = Arc::new(shared);
        let mut positions = Positions::default();
        // A server of another database is to be found out now, also where it is slow.
        let patience = replicas.iter().map(|settings| settings.acquire_timeout).max();
        shared.look(&mut positions, patience.unwrap_or(ANSWER_TIMEOUT)).await;
        if let Some(server) = shared.servers.iter().find(|server| server.is_foreign()) {
            let which = server.number();
            return Err(StartError::Unfit(format!("replica {which} is no standby of this database")));
        }
        tokio::spawn(keep_looking(Arc::downgrade(&shared), positions));
        Ok(Self(shared))
    }

    /// Waits for running reads and closes every connection to a replica.
    pub async fn close(&self) {
        join_all(self.0.servers.iter().map(Server::close)).await;
    }
}

impl fmt::Debug for PostgresReplicas {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("PostgresReplicas")
            .field("replicas", &self.0.servers.len())
            .field("staleness", &self.0.staleness)
            .finish_non_exhaustive()
    }
}

/// The origin of the replicas.
async fn origin(primary: &Pool) -> Result<Origin, StoreError> {
    let rows = primary.read(Share::KeyReads, || sqlx::query(LOG_SYSTEM)).await.map_err(DbError::of_read)?;
    let row = rows.first().ok_or(StoreError::Unavailable(None))?;
    Origin::of(&Columns { row, table: "pg_control_system" })
}

async fn keep_looking(shared: Weak<Shared>, mut positions: Positions) {
    loop {
        let Some(shared) = shared.upgrade() else { return };
        let pause = (shared.staleness / 4).clamp(SHORTEST_PAUSE, LONGEST_PAUSE);
        shared.look(&mut positions, ANSWER_TIMEOUT).await;
        drop(shared);
        sleep(pause).await;
    }
}

impl Shared {
    /// One round. Servers may take so long to answer.
    async fn look(&self, positions: &mut Positions, patience: Duration) {
        let asked = Instant::now();
        if let Ok(Some(position)) = timeout(patience, self.primary_position()).await {
            positions.push(asked, position);
        }
        join_all(self.servers.iter().map(|server| server.look(positions, self.staleness, patience))).await;
    }

    /// The position of the primary. Callers at the same time share a statement, which begins after each of them has asked.
    async fn primary_position(&self) -> Option<LogPosition> {
        let primary = &self.primary;
        let run = |batch: Vec<Member<(), Option<LogPosition>>>| async move {
            let position = position(primary).await;
            for member in batch {
                member.answer(position);
            }
        };
        match self.positions.submit((), run).await {
            Answer::Given(position) => position,
            Answer::NotDone | Answer::Unknown => None,
        }
    }
}

async fn position(primary: &Pool) -> Option<LogPosition> {
    let rows = primary.read(Share::KeyReads, || sqlx::query(LOG_POSITION)).await.ok()?;
    let columns = Columns { row: rows.first()?, table: "the log" };
    let (timeline, position): (Option<i64>, Option<i64>) =
        (columns.get("timeline").ok()?, columns.get("position").ok()?);
    log_position(timeline?, position?)
}

#[async_trait]
impl Replicas for PostgresReplicas {
    async fn choose(&self, after: Option<LogPosition>) -> Option<Replica> {
        let servers = &self.0.servers;
        let first = self.0.next.fetch_add(1, Ordering::Relaxed);
        for step in 0..servers.len() {
            let server = servers.get(first.wrapping_add(step) % servers.len())?;
            if let Some(replica) = server.chosen(after, self.0.staleness).await {
                metrics::read(server.number());
                return Some(replica);
            }
        }
        metrics::left();
        None
    }

    async fn is_same_run(&self, run: ReplicaRun) -> bool {
        match self.0.servers.get(run.replica) {
            Some(server) => server.started().await == Some(run.started),
            None => false,
        }
    }

    async fn lost(&self, run: ReplicaRun) {
        if let Some(server) = self.0.servers.get(run.replica) {
            server.lost(run.started).await;
        }
    }

    async fn position(&self) -> Option<LogPosition> {
        timeout(ANSWER_TIMEOUT, self.0.primary_position()).await.ok().flatten()
    }
}
