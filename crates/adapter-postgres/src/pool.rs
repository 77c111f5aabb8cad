//! The connections, and what each statement goes through.

use sqlx::pool::PoolConnection;
use sqlx::postgres::{PgArguments, PgConnectOptions, PgPool, PgPoolOptions, PgRow};
use sqlx::query::Query;
use sqlx::{Connection as _, Postgres};

use crate::settings::Settings;
use crate::trouble::Trouble;

/// A statement with its values.
pub(crate) type Bound<'q> = Query<'q, Postgres, PgArguments>;

/// Connections are opened when they are needed, so a database that is gone for a while does no lasting harm.
pub(crate) fn pool(settings: &Settings) -> PgPool {
    let trusted_idle = settings.trusted_idle;
    PgPoolOptions::new()
        .max_connections(settings.max_connections)
        .acquire_timeout(settings.acquire_timeout)
        .max_lifetime(settings.max_lifetime)
        .test_before_acquire(false)
        .before_acquire(move |connection, unused| {
            Box::pin(async move {
                if unused.idle_for > trusted_idle {
                    connection.ping().await?;
                }
                Ok(true)
            })
        })
        .after_release(|connection, _| {
            Box::pin(async move {
                // Ends a transaction that a cancelled caller has left open, whatever the driver thinks of it. In
                // a healthy session it does nothing; in the other the server warns, which is worth an alarm.
                sqlx::raw_sql("BEGIN; ROLLBACK").execute(connection).await?;
                Ok(true)
            })
        })
        .connect_lazy_with(session(settings))
}

/// What every session is told before its first statement.
pub(crate) fn session(settings: &Settings) -> PgConnectOptions {
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
pub(crate) async fn read<'q>(
    pool: &PgPool,
    statement: impl Fn() -> Bound<'q>,
) -> Result<Vec<PgRow>, Trouble> {
    match attempt(pool, statement()).await {
        Err(Trouble::Lost(_) | Trouble::Unsent(_) | Trouble::Again(_)) => again(pool, statement()).await,
        answer => answer,
    }
}

/// Runs a statement on whichever connection is free.
pub(crate) async fn attempt(pool: &PgPool, statement: Bound<'_>) -> Result<Vec<PgRow>, Trouble> {
    let connection = acquire(pool).await?;
    run(connection, statement).await
}

/// Runs a statement on a connection that was asked whether it lives. After a restart of the server all that were
/// open are dead, so there may be some to throw away first.
pub(crate) async fn again(pool: &PgPool, statement: Bound<'_>) -> Result<Vec<PgRow>, Trouble> {
    for _ in 0..pool.options().get_max_connections() {
        let mut connection = acquire(pool).await?;
        if connection.ping().await.is_ok() {
            return run(connection, statement).await;
        }
        throw_away(connection).await;
    }
    attempt(pool, statement).await
}

async fn acquire(pool: &PgPool) -> Result<PoolConnection<Postgres>, Trouble> {
    pool.acquire().await.map_err(|error| match Trouble::of(&error) {
        Trouble::Lost(cause) => Trouble::Unavailable(cause),
        other => other,
    })
}

/// Runs a statement to its very end: the server commits after the last row, so the last row is not the end.
async fn run(mut connection: PoolConnection<Postgres>, statement: Bound<'_>) -> Result<Vec<PgRow>, Trouble> {
    let answer = statement.fetch_all(&mut *connection).await.map_err(|error| Trouble::of(&error));
    if matches!(answer, Err(Trouble::Lost(_) | Trouble::Unsent(_))) {
        throw_away(connection).await;
    }
    answer
}

async fn throw_away(connection: PoolConnection<Postgres>) {
    let _closed = connection.detach().close_hard().await;
}
