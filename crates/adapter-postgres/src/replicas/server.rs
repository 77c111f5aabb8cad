//! One replica.

use std::sync::{Arc, Mutex, MutexGuard, OnceLock, PoisonError};
use std::time::Duration;

use client_app::ports::{ClientStore, LogPosition, Replica, ReplicaRun, StoreError};
use concurrency::batcher::{Answer, Batcher, Member};
use sqlx::Connection as _;
use tokio::sync::Notify;
use tokio::time::{Instant, timeout};

use super::metrics;
use super::positions::{Positions, log_position};
use crate::pool::{Pool, Share};
use crate::rows::columns::Columns;
use crate::session::{Servers, Session};
use crate::settings::Settings;
use crate::settings::address::WantedServer;
use crate::sql::REPLICA_STATE;
use crate::store::PostgresStore;

/// How long a server may take to say where it is.
pub(super) const ANSWER_TIMEOUT: Duration = Duration::from_millis(500);
/// After how many rounds without an answer a server is lost to the reads that wait for it. One may be due to many reads.
const LOST_AFTER: u32 = 2;

/// What a database has in common with its copies on standbys.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Origin {
    /// The number of the server's data.
    system: i64,
    /// The number of the database there.
    database: i64,
}

impl Origin {
    pub(super) fn of(columns: &Columns<'_>) -> Result<Self, StoreError> {
        Ok(Self { system: columns.get("system")?, database: columns.get("database")? })
    }
}

/// A replica, and what is known of it.
pub(super) struct Server {
    at: usize,
    settings: Settings,
    /// The store there, since the server has answered.
    store: OnceLock<PostgresStore>,
    /// That of the primary.
    origin: Origin,
    /// Questions of callers at the same time share a statement.
    asked: Batcher<(), Option<State>>,
    known: Mutex<Known>,
    /// Told after each round.
    looked: Notify,
}

/// What the last round has found.
#[derive(Clone, Copy, Debug, Default)]
struct Known {
    reached: Option<Reached>,
    is_foreign: bool,
    /// The start of the run of the server that has answered last.
    started: Option<i64>,
    /// How many rounds in a row had no answer.
    misses: u32,
    /// Why it is not used now, as it was logged.
    logged: Option<&'static str>,
}

/// Where a replica was in the log.
#[derive(Clone, Copy, Debug)]
struct Reached {
    replayed: LogPosition,
    /// Everything that was committed before this moment was replayed.
    complete_until: Option<Instant>,
    /// The start of the run of the server in which it was there.
    started: i64,
}

impl Reached {
    fn age(&self) -> Option<Duration> {
        self.complete_until.map(|moment| moment.elapsed())
    }
}

/// What a replica says of itself.
#[derive(Clone, Copy, Debug)]
struct State {
    is_standby: bool,
    is_streaming: bool,
    replayed: LogPosition,
    started: i64,
    origin: Origin,
}

impl Server {
    pub(super) fn new(at: usize, settings: &Settings, origin: Origin) -> Self {
        let mut settings = settings.clone();
        // Nothing is committed here.
        settings.command_connections = Some(1);
        settings.replica = Some(at + 1);
        // Whether it is a standby is asked in each round, and one that is none is never chosen.
        settings.address.wanted = WantedServer::Any;
        Self {
            at,
            settings,
            store: OnceLock::new(),
            origin,
            asked: Batcher::default(),
            known: Mutex::default(),
            looked: Notify::new(),
        }
    }

    /// Its number in logs and metrics: the first is 1.
    pub(super) const fn number(&self) -> usize {
        self.at + 1
    }

    /// Whether it is a copy of another database.
    pub(super) fn is_foreign(&self) -> bool {
        self.known().is_foreign
    }

    pub(super) async fn close(&self) {
        if let Some(store) = self.store.get() {
            store.close().await;
        }
    }

    /// The replica for a read, if it is new enough and has everything up to `after`.
    pub(super) async fn chosen(&self, after: Option<LogPosition>, staleness: Duration) -> Option<Replica> {
        let mut reached = self.known().reached?;
        let age = reached.age().filter(|age| *age <= staleness)?;
        let has = |reached: &Reached| after.is_none_or(|after| reached.replayed.includes(after));
        if !has(&reached) {
            // It may have come there since the last round.
            let state = self.ask().await?;
            let is_same = self.is_in_use(&state)
                && state.started == reached.started
                && state.replayed.is_comparable(reached.replayed);
            reached = is_same.then_some(Reached { replayed: state.replayed, ..reached })?;
        }
        let run = ReplicaRun { replica: self.at, started: reached.started };
        let store: Arc<dyn ClientStore> = Arc::new(self.store.get()?.clone());
        has(&reached).then_some(Replica { store, age, run })
    }

    /// The start of the run of the server, if it answers.
    pub(super) async fn started(&self) -> Option<i64> {
        self.ask().await.map(|state| state.started)
    }

    /// Ends once the server is not in this run any more, or does not answer.
    pub(super) async fn lost(&self, started: i64) {
        loop {
            let looked = self.looked.notified();
            let known = *self.known();
            if known.misses >= LOST_AFTER || known.started.is_some_and(|now| now != started) {
                return;
            }
            looked.await;
        }
    }

    /// Looks how far it is.
    pub(super) async fn look(&self, positions: &Positions, staleness: Duration, patience: Duration) {
        let answer = self.ask_within(patience).await;
        let mut known = self.known();
        known.misses = if answer.is_err() { known.misses.saturating_add(1) } else { 0 };
        known.started = answer.as_ref().map_or(known.started, |state| Some(state.started));
        known.is_foreign = answer.as_ref().is_ok_and(|state| state.origin != self.origin);
        let former = known.reached.filter(|former| {
            answer.as_ref().is_ok_and(|state| state.is_standby && state.started == former.started)
        });
        known.reached = match &answer {
            Ok(state) if self.is_in_use(state) => Some(Reached {
                replayed: state.replayed,
                complete_until: positions.complete_until(state.replayed),
                started: state.started,
            }),
            // Without a connection to the primary it stays where it was, and grows old. It may follow another server, so what
            // it has replayed meanwhile says nothing.
            Ok(state) if state.origin == self.origin => former,
            _ => None,
        };
        let age = known.reached.and_then(|reached| reached.age());
        let problem = match &answer {
            Err(_) => Some("it does not answer"),
            Ok(state) if state.origin != self.origin => Some("it is no standby of this database"),
            Ok(state) if !state.is_standby => Some("it is no standby"),
            Ok(_) if age.is_none_or(|age| age > staleness) => Some("it is too far behind"),
            Ok(_) => None,
        };
        metrics::state(self.number(), age, problem.is_none());
        if known.logged != problem {
            known.logged = problem;
            drop(known);
            let replica = self.number();
            if let Some(why) = problem {
                tracing::warn!(replica, why, "reads are left to the primary");
            } else {
                tracing::info!(replica, "the replica answers reads again");
            }
        }
        self.looked.notify_waiters();
    }

    /// Whether it follows the primary now.
    fn is_in_use(&self, state: &State) -> bool {
        state.is_standby && state.is_streaming && state.origin == self.origin
    }

    /// Its state after the call. A statement begins after each of its callers has asked.
    async fn ask(&self) -> Option<State> {
        let run = |batch: Vec<Member<(), Option<State>>>| async move {
            let state = self.ask_within(ANSWER_TIMEOUT).await.ok();
            for member in batch {
                member.answer(state);
            }
        };
        match self.asked.submit((), run).await {
            Answer::Given(state) => state,
            Answer::NotDone | Answer::Unknown => None,
        }
    }

    async fn ask_within(&self, limit: Duration) -> Result<State, StoreError> {
        let asking = async {
            let store = self.store(Instant::now() + limit).await?;
            store.read(Share::KeyReads, || sqlx::query(REPLICA_STATE)).await
        };
        let rows = timeout(limit, asking).await.map_err(|_| StoreError::Unavailable(None))??;
        let row = rows.first().ok_or(StoreError::Unavailable(None))?;
        let columns = Columns { row, table: "the state of a replica" };
        Ok(State {
            is_standby: columns.get("is_standby")?,
            is_streaming: columns.get("is_streaming")?,
            replayed: log_position(columns.get("timeline")?, columns.get("replayed")?)
                .ok_or(StoreError::Unavailable(None))?,
            started: columns.get("started")?,
            origin: Origin::of(&columns)?,
        })
    }

    /// The store there. The first connection finds out whether a pooler stands in between.
    async fn store(&self, deadline: Instant) -> Result<&PostgresStore, StoreError> {
        if let Some(store) = self.store.get() {
            return Ok(store);
        }
        let opened = Servers::of(&self.settings, None).open(deadline).await;
        let Session { link, pooling, .. } =
            opened.map_err(|error| StoreError::Unavailable(Some(Box::new(error.cause))))?;
        // In order, so that the log of the server has no broken connection; in the background.
        tokio::spawn(link.close());
        Ok(self.store.get_or_init(|| PostgresStore::over(Pool::new(&self.settings, pooling))))
    }

    fn known(&self) -> MutexGuard<'_, Known> {
        self.known.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
