//! A connection for one statement, and what becomes of it afterwards.

use std::sync::Arc;
use std::time::Duration;

use concurrency::idle_stack::Next;
use concurrency::permits::Permit;
use sqlx::PgConnection;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout_at};

use super::connection::Connection;
use super::metrics::{self, Counted};
use super::share::Share;
use super::state::State;
use crate::error::{Cause, DbError};
use crate::session::Outlook;

/// How long a connection goes from statement to statement before an open transaction in it is rolled back.
const RESET_EVERY: Duration = Duration::from_secs(1);
/// The pauses between attempts to open a connection to a server that is not ready: each is twice as long as the last.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const MAX_PAUSE: Duration = Duration::from_millis(250);

/// A connection for one statement.
///
/// Dropped in the middle of one, because the caller has left, the connection is used again only after that statement has
/// ended: the server does not notice a caller that leaves, and another connection in its place would be one too many.
pub(crate) struct Lease {
    /// Taken out when the lease ends.
    held: Option<Held>,
    state: Arc<State>,
}

struct Held {
    connection: Connection,
    permit: Permit,
    /// Counts it for as long as a statement uses it.
    _used: Counted,
}

/// The next connection of this share: it was used within `trusted`, or was checked.
pub(crate) async fn acquire(
    state: &Arc<State>,
    share: Share,
    deadline: Instant,
    trusted: Duration,
) -> Result<Lease, DbError> {
    let deadline = deadline.min(Instant::now() + state.acquire_timeout);
    let unavailable = |words: &str| DbError::Unavailable(Cause::new(words));
    // One stays free for reads by key, which may be of other tables than the one that commands wait for.
    let of_key_reads = |none| match share {
        Share::CommandReads => state.permits.try_spare_permit(Share::KeyReads.index()),
        _ => Err(none),
    };
    let permit = match state.permits.try_permit(share.index()).or_else(of_key_reads) {
        Ok(permit) => permit,
        // Commits without an answer may hold all of them, for as long as that takes.
        Err(_) if matches!(share, Share::Commands | Share::CommandReads) => {
            state.circuit.admit()?;
            wait_for(state, share, deadline).await?
        }
        Err(_) => wait_for(state, share, deadline).await?,
    };
    let mut refused = None;
    match timeout_at(deadline, connection(state, share, (trusted, deadline), &mut refused)).await {
        Ok(Ok(connection)) => {
            let held = Held { connection, permit, _used: state.gauges.used() };
            Ok(Lease { held: Some(held), state: Arc::clone(state) })
        }
        Ok(Err(error)) => Err(error),
        Err(_) => Err(refused.map_or_else(
            || unavailable("the database did not accept a connection in time"),
            DbError::Unavailable,
        )),
    }
}

async fn wait_for(state: &State, share: Share, deadline: Instant) -> Result<Permit, DbError> {
    let began = Instant::now();
    let permit = timeout_at(deadline, state.permits.permit(share.index())).await;
    metrics::waited(began.elapsed(), permit.is_ok());
    match permit {
        Ok(Ok(permit)) => Ok(permit),
        Ok(Err(_)) => Err(DbError::Unavailable(Cause::new("the pool is closed"))),
        Err(_) => Err(DbError::Unavailable(Cause::new("no connection was free in time"))),
    }
}

async fn connection(
    state: &State,
    share: Share,
    (trusted, deadline): (Duration, Instant),
    refused: &mut Option<Cause>,
) -> Result<Connection, DbError> {
    loop {
        match state.idle.next(trusted) {
            Next::Trusted(connection) => return Ok(connection),
            Next::Unchecked(mut connection) => {
                // A read of a server that was demoted may be old, so it goes to the one that takes writes now.
                let is_good = match share {
                    _ if state.servers.take_writes() => connection.is_writable(state.servers.wanted).await,
                    Share::Commands => connection.is_writable(state.servers.wanted).await,
                    Share::CommandReads | Share::KeyReads | Share::Searches => connection.is_alive().await,
                };
                if is_good {
                    return Ok(connection);
                }
            }
            Next::Expired(connection) => connection.close().await,
            Next::None => break,
            Next::Closed => return Err(DbError::Unavailable(Cause::new("the pool is closed"))),
        }
    }
    // Boxed: a statement rarely opens a connection, and the future of every statement would be four times as large, which is
    // moved several times for each request.
    Box::pin(open(state, deadline, refused)).await
}

/// A new connection, as soon as the server is ready.
async fn open(state: &State, deadline: Instant, refused: &mut Option<Cause>) -> Result<Connection, DbError> {
    let mut pause = FIRST_PAUSE;
    loop {
        match Connection::open(&state.servers, &state.gauges, deadline).await {
            Ok(connection) => return Ok(connection),
            Err(error) if error.outlook == Outlook::Soon => *refused = Some(error.cause),
            Err(error) => return Err(DbError::Unavailable(error.cause)),
        }
        sleep(pause).await;
        pause = (pause * 2).min(MAX_PAUSE);
    }
}

impl Lease {
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        #[expect(clippy::expect_used, reason = "it is taken out only by methods that take the lease itself")]
        &mut self.held.as_mut().expect("a lease that has not ended").connection.link
    }

    /// Hands the connection on to the next statement.
    pub(crate) fn release(mut self) {
        let Some(held) = self.held.take() else { return };
        if held.connection.reset.elapsed() >= RESET_EVERY {
            recover(&self.state, held);
        } else if let Some(connection) = self.state.idle.release(held.connection) {
            close(connection, held.permit);
        }
    }

    /// Closes the connection, which cannot be used any more.
    pub(crate) fn discard(mut self) {
        drop(self.held.take());
    }

    /// Closes the connection, whose statement was not answered; its permit is released once the server has ended it.
    pub(crate) fn abandon(mut self) {
        if let Some(Held { connection, permit, .. }) = self.held.take() {
            self.state.abandoned.add(connection.backend, permit);
        }
    }
}

impl Drop for Lease {
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            recover(&self.state, held);
        }
    }
}

/// Waits until the statement of the connection has ended, and hands it on. One that does not end is abandoned.
fn recover(state: &Arc<State>, held: Held) {
    let Ok(runtime) = Handle::try_current() else { return };
    let state = Arc::clone(state);
    runtime.spawn(async move {
        let Held { mut connection, permit, .. } = held;
        if !connection.reset(state.answer_timeout).await {
            let backend = connection.backend;
            drop(connection);
            return state.abandoned.add(backend, permit);
        }
        if let Some(connection) = state.idle.release(connection) {
            connection.close().await;
        }
        drop(permit);
    });
}

fn close(connection: Connection, permit: Permit) {
    if let Ok(runtime) = Handle::try_current() {
        runtime.spawn(async move {
            connection.close().await;
            drop(permit);
        });
    }
}
