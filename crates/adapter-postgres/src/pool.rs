//! The connections to the database, and what each statement goes through.
//!
//! From bottom to top; a module uses only those above it in this list:
//!
//! | module | what it does |
//! | --- | --- |
//! | [`metrics`] | what the pool counts and measures |
//! | [`observed`] | statements as metrics name them |
//! | [`share`] | how many connections commands, reads by key and searches may hold |
//! | [`connection`] | opening a connection, checking it, closing it |
//! | [`abandoned`] | the list of connections that did not answer |
//! | [`circuit`] | refusing commits immediately while the server answers none |
//! | [`state`] | what the pool holds |
//! | [`lease`] | a connection for one statement, and what becomes of it afterwards |
//! | [`idle_sweep`] | closing connections that were idle for too long |
//! | [`reclaim`] | releasing the permits of abandoned connections once the server has ended them |
//! | [`probe`] | closing the circuit once the server confirms a write |

mod abandoned;
mod circuit;
mod connection;
mod idle_sweep;
mod lease;
pub(crate) mod metrics;
mod observed;
mod probe;
mod reclaim;
mod share;
mod state;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use sqlx::Executor as _;
use sqlx::postgres::{PgQueryResult, PgRow};
use tokio::time::{Instant, timeout};
use tracing::Instrument as _;

use self::circuit::{Circuit, StartProbe};
use self::lease::Lease;
use self::observed::Observation;
pub(crate) use self::share::Share;
use self::state::State;
use crate::error::{Cause, DbError};
use crate::session::{Pooling, Servers, Session};
use crate::settings::Settings;
use crate::sql::Statement;

/// How long an answer may take while the server leaves another statement unanswered: a read of what became of a commit is
/// not worth the full wait once more.
const UNANSWERED_TIMEOUT: Duration = Duration::from_millis(300);
/// How long a connection may be idle and still carry a batch unchecked: a lost batch loses the outcomes of many callers.
const TRUSTED_WITH_A_BATCH: Duration = Duration::from_millis(100);

/// The connections, and how long an answer may take. It is a handle: clones share the connections.
///
/// The server ends a statement that takes too long, and reports it. A connection that is silent for longer than that is
/// half-open or waits for something without a limit, such as a synchronous standby, so the pool has a limit of its own.
#[derive(Clone)]
pub(crate) struct Pool(Arc<State>);

/// Whether a write may be sent a second time.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Idempotence {
    /// Written twice is written once: it is sent again where a connection was lost.
    Idempotent,
    /// It must not be written twice, so it is sent once.
    NotIdempotent,
}

impl Pool {
    /// A pool without a connection: they are opened when they are needed.
    pub(crate) fn new(settings: &Settings, pooling: Pooling) -> Self {
        let state = Arc::new(State::new(settings, pooling));
        idle_sweep::start(&state);
        reclaim::start(&state);
        Self(state)
    }

    /// Waits for running statements and closes every connection; every later statement is refused.
    pub(crate) async fn close(&self) {
        self.0.closing.send_replace(true);
        self.0.idle.close();
        // A connection that was abandoned keeps its permit.
        let _in_time = timeout(self.0.answer_timeout, self.0.permits.drained()).await;
        self.0.permits.close();
    }

    /// Opens a connection that belongs to no share, for a statement that may take this long. Cut, it ends its statement.
    pub(crate) async fn open_alone(&self, statement_timeout: Duration) -> Result<Session, DbError> {
        if *self.0.closing.borrow() {
            return Err(DbError::Unavailable(Cause::new("the pool is closed")));
        }
        let mut settings = self.0.settings.clone();
        // Behind a pooler that lends its connections for one transaction, the limits are those of the role.
        if self.0.pooling == Pooling::Session {
            settings.statement_timeout = statement_timeout;
        }
        let servers = Servers::of(&settings, Some(self.0.pooling)).checking_the_client();
        let opened = servers.open(Instant::now() + settings.acquire_timeout).await;
        opened.map_err(|error| DbError::Unavailable(error.cause))
    }

    /// Ends once the pool is closed.
    pub(crate) fn closed(&self) -> impl Future<Output = ()> + Send + use<> {
        let mut closing = self.0.closing.subscribe();
        async move {
            let _closed = closing.wait_for(|closing| *closing).await;
        }
    }

    /// How many clients count as the newest.
    pub(crate) fn newest_clients(&self) -> u32 {
        self.0.settings.newest_clients
    }

    /// How many connections are open and idle.
    pub(crate) fn idle_count(&self) -> usize {
        self.0.idle.count()
    }

    /// The circuit that refuses commits while none is answered.
    pub(crate) fn circuit(&self) -> &Circuit {
        &self.0.circuit
    }

    /// By when an operation that begins now has to end, retries included.
    pub(crate) fn deadline(&self) -> Instant {
        Instant::now() + self.0.acquire_timeout.max(self.0.answer_timeout)
    }

    fn read_deadline(&self) -> Instant {
        let is_unanswered = self.0.is_unanswered.load(Ordering::Relaxed);
        if is_unanswered { Instant::now() + UNANSWERED_TIMEOUT } else { self.deadline() }
    }

    /// Runs a read, and once more on a checked connection if the first one turns out to be dead.
    pub(crate) async fn read<'q>(
        &self,
        share: Share,
        statement: impl Fn() -> Statement<'q>,
    ) -> Result<Vec<PgRow>, DbError> {
        let deadline = self.read_deadline();
        match self.attempt(share, deadline, statement()).await {
            Err(error) if error.may_repeat_read() => {
                // A connection without an answer has used up the time; the server behind it may be well.
                let deadline = deadline.max(Instant::now() + UNANSWERED_TIMEOUT);
                self.retry(share, deadline, statement()).await
            }
            answer => answer,
        }
    }

    /// Runs a statement that writes beside the commits. It waits for a standby as they do, so it uses their connections and
    /// their circuit. Even an idempotent one is not sent again to a server that did not answer.
    pub(crate) async fn write<'q>(
        &self,
        idempotence: Idempotence,
        statement: impl Fn() -> Statement<'q>,
    ) -> Result<Vec<PgRow>, DbError> {
        self.circuit().admit()?;
        let deadline = self.deadline();
        let may_repeat = |error: &DbError| {
            idempotence == Idempotence::Idempotent
                && error.may_repeat_read()
                && !matches!(error, DbError::NoAnswer(_))
        };
        let answer = match self.attempt(Share::Commands, deadline, statement()).await {
            Err(error) if may_repeat(&error) => self.retry(Share::Commands, deadline, statement()).await,
            answer => answer,
        };
        self.record(&answer, false);
        answer
    }

    /// Runs a statement on the next free connection.
    pub(crate) async fn attempt(
        &self,
        share: Share,
        deadline: Instant,
        statement: Statement<'_>,
    ) -> Result<Vec<PgRow>, DbError> {
        let lease = self.lease(share, deadline, self.0.trusted_idle).await?;
        self.run(lease, deadline, statement).await
    }

    /// The next connection for a statement that carries a batch: it was used a moment ago, or is checked.
    pub(crate) async fn lease_for_batch(&self, deadline: Instant) -> Result<Lease, DbError> {
        self.lease(Share::Commands, deadline, self.0.trusted_idle.min(TRUSTED_WITH_A_BATCH)).await
    }

    /// Runs a statement on a connection that was checked.
    pub(crate) async fn retry(
        &self,
        share: Share,
        deadline: Instant,
        statement: Statement<'_>,
    ) -> Result<Vec<PgRow>, DbError> {
        let lease = self.lease(share, deadline, Duration::ZERO).await?;
        self.run(lease, deadline, statement).await
    }

    /// Runs a statement that writes and returns no rows, and returns how many rows it wrote.
    pub(crate) async fn execute(&self, statement: Statement<'_>) -> Result<PgQueryResult, DbError> {
        self.circuit().admit()?;
        let deadline = self.deadline();
        let mut lease = self.lease(Share::Commands, deadline, self.0.trusted_idle).await?;
        let observation = Observation::start();
        let statement = observation.of(statement, self.0.pooling);
        let answer = in_time(self.answer_timeout(deadline), lease.connection().execute(statement));
        let answer = answer.instrument(observation.span()).await;
        observation.end(&answer);
        self.end(lease, &answer);
        self.record(&answer, false);
        answer
    }

    /// Runs a statement to its very end: the server commits after the last row, so the last row is not the end.
    pub(crate) async fn run(
        &self,
        mut lease: Lease,
        deadline: Instant,
        statement: Statement<'_>,
    ) -> Result<Vec<PgRow>, DbError> {
        let observation = Observation::start();
        let statement = observation.of(statement, self.0.pooling);
        let answer = in_time(self.answer_timeout(deadline), lease.connection().fetch_all(statement));
        let answer = answer.instrument(observation.span()).await;
        let answer = if self.0.is_replica { answer.map_err(DbError::of_replica) } else { answer };
        observation.end(&answer);
        self.end(lease, &answer);
        answer
    }

    /// Records how a commit ended, and whether it wrote: a rejected commit waited for no standby, so it is no evidence that
    /// writes are confirmed.
    pub(crate) fn record<T>(&self, answer: &Result<T, DbError>, has_written: bool) {
        if self.0.circuit.record(answer, has_written) == StartProbe::Yes {
            probe::start(&self.0);
        }
    }

    /// How long an answer may take, where the whole operation ends at `deadline`.
    fn answer_timeout(&self, deadline: Instant) -> Duration {
        let left = deadline.saturating_duration_since(Instant::now());
        left.max(UNANSWERED_TIMEOUT).min(self.0.answer_timeout)
    }

    async fn lease(&self, share: Share, deadline: Instant, trusted: Duration) -> Result<Lease, DbError> {
        lease::acquire(&self.0, share, deadline, trusted).await
    }

    /// Ends a lease. A statement that was answered leaves the connection as it was; one that failed may not.
    fn end<T>(&self, lease: Lease, answer: &Result<T, DbError>) {
        let is_unanswered = matches!(answer, Err(DbError::NoAnswer(_)));
        if is_unanswered || answer.is_ok() {
            self.0.is_unanswered.store(is_unanswered, Ordering::Relaxed);
        }
        match answer {
            Ok(_) => lease.release(),
            Err(DbError::NoAnswer(_)) => lease.abandon(),
            Err(DbError::ConnectionLost(_) | DbError::NotSent(_) | DbError::ReadOnly(_)) => {
                // What ended this connection has probably ended the others as well.
                self.0.idle.distrust_all();
                lease.discard();
            }
            Err(_) => drop(lease),
        }
    }
}

async fn in_time<T>(
    limit: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, DbError> {
    match timeout(limit, answer).await {
        Ok(answer) => answer.map_err(|error| DbError::of(&error)),
        Err(_) => Err(DbError::NoAnswer(Cause::new("the database did not answer in time"))),
    }
}
