//! The connections, and what each statement goes through.

use std::future::Future;
use std::time::Duration;

use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgQueryResult, PgRow};
use sqlx::query::Query;
use sqlx::{Connection as _, Postgres};
use tokio::time::timeout;

use crate::sessions::{Session, Sessions};
use crate::settings::Settings;
use crate::trouble::{Cause, Trouble};

/// How long a connection may take to say that it lives.
const SIGN_OF_LIFE: Duration = Duration::from_millis(500);

/// How much longer than the server's own limit an answer may take before the connection counts as dead.
const MARGIN: Duration = Duration::from_secs(1);

/// A statement with its values.
pub(crate) type Bound<'q> = Query<'q, Postgres, PgArguments>;

/// The connections, and how long an answer may take. It is a handle: clones share the connections.
///
/// The server ends a statement that takes too long, and says so. Who is silent for longer than that sits behind a
/// connection that is half-open, and without a limit of our own its place would be lost for good.
#[derive(Clone)]
pub(crate) struct Pool {
    sessions: Sessions,
    patience: Duration,
}

impl Pool {
    pub(crate) const fn connections(&self) -> &PgPool {
        self.sessions.connections()
    }

    pub(crate) async fn close(&self) {
        self.sessions.close().await;
    }
}

/// Connections are opened when they are needed, so a database that is gone for a while does no lasting harm.
pub(crate) fn pool(settings: &Settings) -> Pool {
    let trusted_idle = settings.trusted_idle;
    let connections = PgPoolOptions::new()
        .max_connections(settings.max_connections)
        .acquire_timeout(settings.acquire_timeout)
        .max_lifetime(settings.max_lifetime)
        .test_before_acquire(false)
        .before_acquire(move |connection, unused| {
            Box::pin(async move { Ok(unused.idle_for <= trusted_idle || lives(connection.ping()).await) })
        })
        .after_release(|connection, _| {
            Box::pin(async move {
                // Ends a transaction that a cancelled caller has left open, whatever the driver thinks of it. In
                // a healthy session it does nothing; in the other the server warns, which is worth an alarm.
                Ok(lives(sqlx::raw_sql("BEGIN; ROLLBACK").execute(connection)).await)
            })
        })
        .connect_lazy_with(connect_options(settings));
    Pool {
        sessions: Sessions::of(connections, settings),
        patience: settings.statement_timeout.saturating_add(MARGIN),
    }
}

/// Whether a connection does this, and in time; one that does not is closed, which gives its place back.
pub(crate) async fn lives<T>(sign: impl Future<Output = Result<T, sqlx::Error>>) -> bool {
    matches!(timeout(SIGN_OF_LIFE, sign).await, Ok(Ok(_)))
}

/// What every session is told before its first statement.
pub(crate) fn connect_options(settings: &Settings) -> PgConnectOptions {
    let milliseconds = |limit: std::time::Duration| limit.as_millis().max(1).to_string();
    settings.connect.clone().options([
        ("statement_timeout", milliseconds(settings.statement_timeout)),
        ("lock_timeout", milliseconds(settings.lock_timeout)),
        ("idle_in_transaction_session_timeout", milliseconds(settings.idle_in_transaction_timeout)),
        ("synchronous_commit", "on".to_owned()),
        ("default_transaction_isolation", "read committed".to_owned()),
        ("jit", "off".to_owned()),
    ])
}

/// Runs a read, and once more on a connection that lives if the first one turns out to be dead.
pub(crate) async fn read<'q>(pool: &Pool, statement: impl Fn() -> Bound<'q>) -> Result<Vec<PgRow>, Trouble> {
    match attempt(pool, statement()).await {
        Err(Trouble::Lost(_) | Trouble::Unsent(_) | Trouble::Again(_)) => again(pool, statement()).await,
        answer => answer,
    }
}

/// Runs a statement on whichever connection is free.
pub(crate) async fn attempt(pool: &Pool, statement: Bound<'_>) -> Result<Vec<PgRow>, Trouble> {
    on(pool, session(pool).await?, statement).await
}

/// The next connection that is free.
pub(crate) async fn session(pool: &Pool) -> Result<Session, Trouble> {
    pool.sessions.next().await
}

/// Runs a statement on this connection.
pub(crate) async fn on(pool: &Pool, session: Session, statement: Bound<'_>) -> Result<Vec<PgRow>, Trouble> {
    run(session, pool.patience, statement).await
}

/// Runs a statement whose rows are not asked for, only how many there were.
pub(crate) async fn execute(pool: &Pool, statement: Bound<'_>) -> Result<PgQueryResult, Trouble> {
    let mut session = pool.sessions.next().await?;
    let done = in_time(pool.patience, statement.execute(session.connection())).await;
    end(session, &done).await;
    done
}

/// Runs a statement on a connection that was asked whether it lives. After a restart of the server all that were
/// open are dead, so there may be some to throw away first.
pub(crate) async fn again(pool: &Pool, statement: Bound<'_>) -> Result<Vec<PgRow>, Trouble> {
    for _ in 0..pool.connections().options().get_max_connections() {
        let mut session = pool.sessions.next().await?;
        if lives(session.connection().ping()).await {
            return run(session, pool.patience, statement).await;
        }
        session.throw_away().await;
    }
    attempt(pool, statement).await
}

/// Runs a statement to its very end: the server commits after the last row, so the last row is not the end.
async fn run(mut session: Session, patience: Duration, statement: Bound<'_>) -> Result<Vec<PgRow>, Trouble> {
    let answer = in_time(patience, statement.fetch_all(session.connection())).await;
    end(session, &answer).await;
    answer
}

async fn in_time<T>(
    patience: Duration,
    answer: impl Future<Output = Result<T, sqlx::Error>>,
) -> Result<T, Trouble> {
    match timeout(patience, answer).await {
        Ok(answer) => answer.map_err(|error| Trouble::of(&error)),
        Err(_) => Err(Trouble::Lost(Cause::new("the connection did not answer"))),
    }
}

/// What becomes of a session: a statement that was answered leaves it as it was, and one that failed may not.
async fn end<T>(session: Session, answer: &Result<T, Trouble>) {
    match answer {
        Ok(_) => session.keep(),
        Err(Trouble::Lost(_) | Trouble::Unsent(_)) => session.throw_away().await,
        Err(_) => drop(session),
    }
}
