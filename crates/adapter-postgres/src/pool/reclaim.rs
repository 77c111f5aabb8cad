//! Releases the permits of abandoned connections.

use std::sync::Arc;
use std::time::Duration;

use sqlx::Row as _;
use sqlx::postgres::PgRow;
use tokio::time::{Instant, sleep, timeout};

use super::connection::Connection;
use super::lease;
use super::share::Share;
use super::state::State;
use crate::session::Backend;
use crate::sql::{BACKENDS_AT_WORK, Statement};

/// The pause before the server is asked, and asked again.
const PAUSE: Duration = Duration::from_millis(250);
/// How long the answer of the server may take.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(2);

/// Releases the permits of abandoned connections once the server has ended them, for as long as the pool exists.
pub(super) fn start(state: &Arc<State>) {
    let mut additions = state.abandoned.additions();
    let weak = Arc::downgrade(state);
    tokio::spawn(async move {
        while additions.changed().await.is_ok() {
            loop {
                sleep(PAUSE).await;
                let Some(state) = weak.upgrade() else { return };
                if release_ended(&state).await == 0 {
                    break;
                }
            }
        }
    });
}

/// Releases the permits of the connections that the server has ended, and returns how many are left.
async fn release_ended(state: &Arc<State>) -> usize {
    let pids = state.abandoned.pids();
    // Without an answer all of them may still be at work.
    if let Some(at_work) = timeout(ANSWER_TIMEOUT, at_work(state, &pids)).await.ok().flatten() {
        state.abandoned.retain(&pids, &at_work);
    }
    state.abandoned.pids().len()
}

/// Which of these processes the server still has at work.
async fn at_work(state: &Arc<State>, pids: &[i32]) -> Option<Vec<Backend>> {
    let statement: Statement<'_> = sqlx::query(BACKENDS_AT_WORK).bind(pids);
    let rows = if state.permits.try_permit(Share::KeyReads.index()).is_ok() {
        let deadline = Instant::now() + ANSWER_TIMEOUT;
        let mut lease = lease::acquire(state, Share::KeyReads, deadline, Duration::ZERO).await.ok()?;
        let rows = statement.fetch_all(lease.connection()).await.ok()?;
        lease.release();
        rows
    } else {
        // Abandoned connections hold every permit, so this opens one connection more, for a moment.
        let deadline = Instant::now() + ANSWER_TIMEOUT;
        let mut connection = Connection::open(&state.servers, &state.gauges, deadline).await.ok()?;
        let rows = statement.fetch_all(&mut connection.link).await.ok();
        connection.close().await;
        rows?
    };
    let backend =
        |row: &PgRow| Some(Backend { pid: row.try_get("pid").ok()?, started: row.try_get("started").ok()? });
    rows.iter().map(backend).collect()
}
