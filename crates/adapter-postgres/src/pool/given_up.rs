use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use sqlx::Row as _;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout};
use turns::shares::Permit;

use super::connection::{Backend, Connection};
use super::{Inner, Share, session};
use crate::statements::BACKENDS_AT_WORK;

/// How long to wait before the server is asked again.
const PAUSE: Duration = Duration::from_millis(250);
/// How long the answer to that question may take.
const PATIENCE: Duration = Duration::from_secs(2);

/// Connections that were given up because a statement was not answered.
///
/// The server does not notice: its process goes on, or waits for a standby that is away, and counts as a session until it
/// ends. So the connection keeps its permit until then, and there are never more sessions than connections were asked for.
/// Nothing is cancelled: a commit whose wait for a standby is cancelled stays, and is not replicated.
#[derive(Default)]
pub(crate) struct GivenUp(Mutex<Vec<(Backend, Permit)>>);

impl GivenUp {
    fn lock(&self) -> MutexGuard<'_, Vec<(Backend, Permit)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Keeps the permit until this process of the server has ended, or rests.
pub(crate) fn watch(pool: &Arc<Inner>, backend: Backend, permit: Permit) {
    let mut given_up = pool.given_up.lock();
    given_up.push((backend, permit));
    tracing::warn!(
        backend = backend.pid,
        given_up = given_up.len(),
        "the database did not answer; the connection keeps its place until the server has ended it"
    );
    if given_up.len() > 1 {
        return;
    }
    drop(given_up);
    if let Ok(runtime) = Handle::try_current() {
        let pool = Arc::clone(pool);
        runtime.spawn(async move { while !release_ended(&pool).await {} });
    }
}

/// Gives back the permits of those that have ended, after a pause: whether that was all.
async fn release_ended(pool: &Arc<Inner>) -> bool {
    sleep(PAUSE).await;
    let pids: Vec<_> = pool.given_up.lock().iter().map(|(backend, _)| backend.pid).collect();
    // Without an answer all of them may be there still.
    let at_work = timeout(PATIENCE, at_work(pool, &pids)).await.ok().flatten();
    let mut given_up = pool.given_up.lock();
    if let Some(at_work) = at_work {
        given_up.retain(|(backend, _)| !pids.contains(&backend.pid) || at_work.contains(backend));
    }
    given_up.is_empty()
}

/// Which of these the server still has at work.
async fn at_work(pool: &Arc<Inner>, pids: &[i32]) -> Option<Vec<Backend>> {
    let statement = sqlx::query(BACKENDS_AT_WORK).bind(pids);
    let rows = if pool.shares.free_permit(Share::LookUps.place()).is_ok() {
        let deadline = Instant::now() + PATIENCE;
        let mut session = session::acquire(pool, Share::LookUps, deadline, Duration::ZERO).await.ok()?;
        let rows = statement.fetch_all(session.connection()).await.ok()?;
        session.keep();
        rows
    } else {
        // Every place is held by one that was given up, so this is one session more, for a moment.
        let mut connection = Connection::open(&pool.options).await.ok()?;
        let rows = statement.fetch_all(&mut connection.link).await.ok();
        connection.close().await;
        rows?
    };
    let backend = |row: &sqlx::postgres::PgRow| {
        Some(Backend { pid: row.try_get("pid").ok()?, started: row.try_get("started").ok()? })
    };
    rows.iter().map(backend).collect()
}
