//! The connections to the database, and what each statement goes through.
//!
//! | module | what it does |
//! | --- | --- |
//! | [`share`] | how many connections commands, look-ups and searches may hold |
//! | [`connection`] | opening a connection, checking it, closing it |
//! | [`session`] | a connection for one statement, and what becomes of it afterwards |
//! | [`unused`] | closing connections that were unused for too long |
//! | [`given_up`] | connections that did not answer: they keep their permit until the server has ended them |
//! | [`circuit`] | refusing commits at once while the server answers none |

mod circuit;
mod connection;
mod given_up;
mod session;
mod share;
mod unused;

use std::future::Future;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::Duration;

use sqlx::Postgres;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgQueryResult, PgRow};
use sqlx::query::Query;
use tokio::time::{Instant, timeout};
use turns::idle::Idle;
use turns::shares::Shares;

use self::circuit::Circuit;
use self::connection::Connection;
pub(crate) use self::connection::connect_options;
use self::given_up::GivenUp;
use self::session::Session;
pub(crate) use self::share::Share;
use crate::settings::Settings;
use crate::trouble::{Cause, Trouble};

/// How much longer than the server's own limit an answer may take before the connection counts as dead.
const MARGIN: Duration = Duration::from_millis(250);
/// How long an answer may take while the server has been silent to another statement: a look-up of what became of a
/// commit is not worth the full wait once more.
const WHILE_SILENT: Duration = Duration::from_millis(300);
/// How long a connection may be unused and still carry a batch unchecked: what is lost with a batch is many outcomes.
const TRUSTED_WITH_A_BATCH: Duration = Duration::from_millis(100);

/// A statement with its values.
pub(crate) type Bound<'q> = Query<'q, Postgres, PgArguments>;

/// The connections, and how long an answer may take. It is a handle: clones share the connections.
///
/// The server ends a statement that takes too long, and says so. A connection that is silent for longer than that is
/// half-open or waits for something that has no limit, such as a synchronous standby, and needs a limit of our own.
#[derive(Clone)]
pub(crate) struct Pool(Arc<Inner>);

struct Inner {
    options: PgConnectOptions,
    shares: Shares,
    idle: Idle<Connection>,
    given_up: GivenUp,
    circuit: Circuit,
    /// Whether the last statement that ended was one without an answer.
    silent: AtomicBool,
    /// How long a caller waits for a connection.
    acquire_timeout: Duration,
    /// How long an answer may take.
    answer_timeout: Duration,
    trusted_idle: Duration,
}

impl Pool {
    /// A pool without a connection: they are opened when they are needed.
    pub(crate) fn new(settings: &Settings) -> Self {
        let pool = Self(Arc::new(Inner {
            options: connect_options(settings),
            idle: Idle::new(settings.max_lifetime, settings.idle_timeout),
            given_up: GivenUp::default(),
            circuit: Circuit::new(settings.shares().0),
            shares: share::shares(settings),
            silent: AtomicBool::new(false),
            acquire_timeout: settings.acquire_timeout,
            answer_timeout: settings.statement_timeout.saturating_add(MARGIN),
            trusted_idle: settings.trusted_idle,
        }));
        unused::close_unused(&pool.0);
        pool
    }

    /// Waits for what has begun and closes every connection; whatever comes later is refused.
    pub(crate) async fn close(&self) {
        self.0.idle.close();
        let _given_up = timeout(self.0.answer_timeout, self.0.shares.all_returned()).await;
        self.0.shares.close();
    }

    /// How many connections are open and unused.
    pub(crate) fn unused(&self) -> usize {
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

    fn deadline_of_read(&self) -> Instant {
        let silent = self.0.silent.load(Ordering::Relaxed);
        if silent { Instant::now() + WHILE_SILENT } else { self.deadline() }
    }

    /// Runs a read, and once more on a connection that was checked if the first one turns out to be dead.
    pub(crate) async fn read<'q>(
        &self,
        share: Share,
        statement: impl Fn() -> Bound<'q>,
    ) -> Result<Vec<PgRow>, Trouble> {
        let deadline = self.deadline_of_read();
        match self.attempt(share, deadline, statement()).await {
            Err(trouble) if trouble.may_repeat_read() => {
                // A connection that was silent has used up the time; the server behind it may be well.
                let deadline = deadline.max(Instant::now() + WHILE_SILENT);
                self.again(share, deadline, statement()).await
            }
            answer => answer,
        }
    }

    /// Runs a statement that writes and may be done twice, beside the commits: it waits for a standby as they do, so it has
    /// their connections and their circuit, and is not sent again to a server that was silent.
    pub(crate) async fn write<'q>(&self, statement: impl Fn() -> Bound<'q>) -> Result<Vec<PgRow>, Trouble> {
        self.circuit().admit()?;
        let deadline = self.deadline();
        let answer = match self.attempt(Share::Commands, deadline, statement()).await {
            Err(trouble) if trouble.may_repeat_read() && !matches!(trouble, Trouble::Silent(_)) => {
                self.again(Share::Commands, deadline, statement()).await
            }
            answer => answer,
        };
        self.learn(&answer, false);
        answer
    }

    /// The same for a statement that must not be done twice.
    pub(crate) async fn write_once(&self, statement: Bound<'_>) -> Result<Vec<PgRow>, Trouble> {
        self.circuit().admit()?;
        let answer = self.attempt(Share::Commands, self.deadline(), statement).await;
        self.learn(&answer, false);
        answer
    }

    /// Runs a statement on the next connection that is free.
    pub(crate) async fn attempt(
        &self,
        share: Share,
        deadline: Instant,
        statement: Bound<'_>,
    ) -> Result<Vec<PgRow>, Trouble> {
        let session = self.session(share, deadline, self.0.trusted_idle).await?;
        self.run(session, deadline, statement).await
    }

    /// The next connection for a statement that carries a batch: it was used a moment ago, or is checked.
    pub(crate) async fn session_for_batch(&self, deadline: Instant) -> Result<Session, Trouble> {
        self.session(Share::Commands, deadline, self.0.trusted_idle.min(TRUSTED_WITH_A_BATCH)).await
    }

    /// Runs a statement on a connection that was checked.
    pub(crate) async fn again(
        &self,
        share: Share,
        deadline: Instant,
        statement: Bound<'_>,
    ) -> Result<Vec<PgRow>, Trouble> {
        let session = self.session(share, deadline, Duration::ZERO).await?;
        self.run(session, deadline, statement).await
    }

    /// Runs a statement whose rows are not asked for, only how many there were.
    pub(crate) async fn execute(&self, statement: Bound<'_>) -> Result<PgQueryResult, Trouble> {
        self.circuit().admit()?;
        let deadline = self.deadline();
        let mut session = self.session(Share::Commands, deadline, self.0.trusted_idle).await?;
        let answer = in_time(self.patience(deadline), statement.execute(session.connection())).await;
        self.end(session, &answer);
        self.learn(&answer, false);
        answer
    }

    /// Runs a statement to its very end: the server commits after the last row, so the last row is not the end.
    pub(crate) async fn run(
        &self,
        mut session: Session,
        deadline: Instant,
        statement: Bound<'_>,
    ) -> Result<Vec<PgRow>, Trouble> {
        let answer = in_time(self.patience(deadline), statement.fetch_all(session.connection())).await;
        self.end(session, &answer);
        answer
    }

    /// How long an answer may take, where there is until `deadline` for all of it.
    fn patience(&self, deadline: Instant) -> Duration {
        let left = deadline.saturating_duration_since(Instant::now());
        left.max(WHILE_SILENT).min(self.0.answer_timeout)
    }

    async fn session(&self, share: Share, deadline: Instant, trusted: Duration) -> Result<Session, Trouble> {
        session::acquire(&self.0, share, deadline, trusted).await
    }

    /// What becomes of a connection: a statement that was answered leaves it as it was, and one that failed may not.
    fn end<T>(&self, session: Session, answer: &Result<T, Trouble>) {
        let silent = matches!(answer, Err(Trouble::Silent(_)));
        if silent || answer.is_ok() {
            self.0.silent.store(silent, Ordering::Relaxed);
        }
        match answer {
            Ok(_) => session.keep(),
            Err(Trouble::Silent(_)) => session.give_up(),
            Err(Trouble::Lost(_) | Trouble::Unsent(_) | Trouble::ReadOnly(_)) => {
                // What ended this connection has probably ended the others as well.
                self.0.idle.distrust();
                session.discard();
            }
            Err(_) => drop(session),
        }
    }
}

async fn in_time<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, Trouble> {
    match timeout(patience, answer).await {
        Ok(answer) => answer.map_err(|error| Trouble::of(&error)),
        Err(_) => Err(Trouble::Silent(Cause::new("the database did not answer in time"))),
    }
}
