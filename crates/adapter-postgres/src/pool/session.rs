use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use sqlx::PgConnection;
use sqlx::postgres::PgDatabaseError;
use tokio::runtime::Handle;
use tokio::time::{Instant, sleep, timeout_at};
use turns::idle::Next;
use turns::shares::Permit;

use super::connection::Connection;
use super::{Inner, Share};
use crate::trouble::{Cause, Trouble};

/// How long a connection goes from statement to statement before it is made sure that no transaction is open in it.
const RESET_EVERY: Duration = Duration::from_secs(1);
/// Between two attempts to open a connection to a server that is not there yet.
const FIRST_PAUSE: Duration = Duration::from_millis(10);
const LONGEST_PAUSE: Duration = Duration::from_millis(250);

/// A connection for one statement.
///
/// Dropped in the middle of one, because the caller has left, it is used again only after that statement has ended: the
/// server does not notice a caller who leaves, and one more session in its place would be one too many.
pub(crate) struct Session {
    /// Taken out by whatever becomes of it.
    held: Option<Held>,
    pool: Arc<Inner>,
}

struct Held {
    connection: Connection,
    permit: Permit,
}

/// The next connection of this share, which was used within `trusted` or shows that it is alive.
pub(crate) async fn acquire(
    pool: &Arc<Inner>,
    share: Share,
    deadline: Instant,
    trusted: Duration,
) -> Result<Session, Trouble> {
    let deadline = deadline.min(Instant::now() + pool.acquire_timeout);
    let unavailable = |words: &str| Trouble::Unavailable(Cause::new(words));
    // One stays free for look-ups, which may be of other tables than the one that commands wait for.
    let of_look_ups = |none| match share {
        Share::CommandReads => pool.shares.spare_permit(Share::LookUps.place()),
        _ => Err(none),
    };
    let permit = match pool.shares.free_permit(share.place()).or_else(of_look_ups) {
        Ok(permit) => permit,
        // All of them may be held by commits that are not answered, for as long as that takes.
        Err(_) if matches!(share, Share::Commands | Share::CommandReads) => {
            pool.circuit.admit()?;
            wait_for(pool, share, deadline).await?
        }
        Err(_) => wait_for(pool, share, deadline).await?,
    };
    let mut refused = None;
    match timeout_at(deadline, connection(pool, share, trusted, &mut refused)).await {
        Ok(Ok(connection)) => Ok(Session { held: Some(Held { connection, permit }), pool: Arc::clone(pool) }),
        Ok(Err(trouble)) => Err(trouble),
        Err(_) => Err(refused.map_or_else(
            || unavailable("the database did not accept a connection in time"),
            Trouble::Unavailable,
        )),
    }
}

async fn wait_for(pool: &Inner, share: Share, deadline: Instant) -> Result<Permit, Trouble> {
    match timeout_at(deadline, pool.shares.permit(share.place())).await {
        Ok(Ok(permit)) => Ok(permit),
        Ok(Err(_)) => Err(Trouble::Unavailable(Cause::new("the pool is closed"))),
        Err(_) => Err(Trouble::Unavailable(Cause::new("no connection was free in time"))),
    }
}

async fn connection(
    pool: &Inner,
    share: Share,
    trusted: Duration,
    refused: &mut Option<Cause>,
) -> Result<Connection, Trouble> {
    loop {
        match pool.idle.next(trusted) {
            Next::Trusted(connection) => return Ok(connection),
            Next::Unchecked(mut connection) => {
                let is_good = match share {
                    Share::Commands => connection.writes().await,
                    Share::CommandReads | Share::LookUps | Share::Searches => connection.is_alive().await,
                };
                if is_good {
                    return Ok(connection);
                }
            }
            Next::Old(connection) => connection.close().await,
            Next::None => break,
            Next::Closed => return Err(Trouble::Unavailable(Cause::new("the pool is closed"))),
        }
    }
    let mut pause = FIRST_PAUSE;
    loop {
        match Connection::open(&pool.options).await {
            Ok(connection) => return Ok(connection),
            Err(error) if is_not_there_yet(&error) => *refused = Some(Cause::of(&error)),
            Err(error) => {
                return Err(match Trouble::of(&error) {
                    Trouble::Lost(cause) => Trouble::Unavailable(cause),
                    other => other,
                });
            }
        }
        sleep(pause).await;
        pause = (pause * 2).min(LONGEST_PAUSE);
    }
}

/// Whether the server may be there in a moment: it starts, stops or recovers.
fn is_not_there_yet(error: &sqlx::Error) -> bool {
    match error {
        sqlx::Error::Io(error) => {
            matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::ConnectionReset)
        }
        sqlx::Error::Database(error) => {
            error.try_downcast_ref::<PgDatabaseError>().is_some_and(|error| error.code() == "57P03")
        }
        _ => false,
    }
}

impl Session {
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        #[expect(clippy::expect_used, reason = "it is taken out only by what takes the session itself")]
        &mut self.held.as_mut().expect("a session that has not ended").connection.link
    }

    /// Hands the connection on to the next statement.
    pub(crate) fn keep(mut self) {
        let Some(held) = self.held.take() else { return };
        if held.connection.reset.elapsed() >= RESET_EVERY {
            recover(&self.pool, held);
        } else if let Some(connection) = self.pool.idle.keep(held.connection) {
            close(connection, held.permit);
        }
    }

    /// Closes the connection, which is of no use any more.
    pub(crate) fn discard(mut self) {
        drop(self.held.take());
    }

    /// Closes the connection, whose statement was not answered; its permit is given back once the server has ended it.
    pub(crate) fn give_up(mut self) {
        if let Some(Held { connection, permit }) = self.held.take() {
            super::given_up::watch(&self.pool, connection.backend, permit);
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        if let Some(held) = self.held.take() {
            recover(&self.pool, held);
        }
    }
}

/// Waits until the connection has come to rest, and hands it on. One that does not is given up.
fn recover(pool: &Arc<Inner>, held: Held) {
    let Ok(runtime) = Handle::try_current() else { return };
    let pool = Arc::clone(pool);
    runtime.spawn(async move {
        let Held { mut connection, permit } = held;
        if !connection.reset(pool.answer_timeout).await {
            let backend = connection.backend;
            drop(connection);
            return super::given_up::watch(&pool, backend, permit);
        }
        if let Some(connection) = pool.idle.keep(connection) {
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
