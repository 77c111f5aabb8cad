//! Connections between one statement and the next.

use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use sqlx::pool::PoolConnection;
use sqlx::postgres::PgPool;
use sqlx::{Connection as _, PgConnection, Postgres};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::{Instant, timeout};

use crate::pool::lives;
use crate::settings::Settings;
use crate::trouble::Trouble;

/// How long a connection goes from statement to statement before the pool sees it again, which ends what it should
/// not have begun, and replaces it when it is old.
const KEPT: Duration = Duration::from_secs(1);

/// Connections that are at hand.
///
/// The driver's pool asks a connection twice whether it is well whenever it is given back, so that each statement
/// goes to the server three times. A connection whose statement was answered is well, and is handed on as it is.
#[derive(Clone)]
pub(crate) struct Sessions {
    connections: PgPool,
    /// As many as there are connections: who has a turn finds one at hand, or the pool has one for it.
    turns: Arc<Semaphore>,
    /// None once it is closed.
    at_hand: Arc<Mutex<Option<Vec<AtHand>>>>,
    patience: Duration,
    trusted_idle: Duration,
}

struct AtHand {
    connection: PoolConnection<Postgres>,
    taken: Instant,
    unused: Instant,
}

/// A connection for one statement. Dropped, it goes back to the pool, which makes sure that it is well.
pub(crate) struct Session {
    // Before the turn, so that it is on its way back when the turn is somebody else's.
    connection: PoolConnection<Postgres>,
    taken: Instant,
    at_hand: Arc<Mutex<Option<Vec<AtHand>>>>,
    _turn: OwnedSemaphorePermit,
}

impl Sessions {
    pub(crate) fn of(connections: PgPool, settings: &Settings) -> Self {
        let turns = settings.max_connections.try_into().unwrap_or(Semaphore::MAX_PERMITS);
        Self {
            connections,
            turns: Arc::new(Semaphore::new(turns)),
            at_hand: Arc::new(Mutex::new(Some(Vec::new()))),
            patience: settings.acquire_timeout,
            trusted_idle: settings.trusted_idle,
        }
    }

    pub(crate) const fn connections(&self) -> &PgPool {
        &self.connections
    }

    /// The next connection that is free.
    pub(crate) async fn next(&self) -> Result<Session, Trouble> {
        let session = timeout(self.patience, self.wait()).await.unwrap_or(Err(sqlx::Error::PoolTimedOut));
        session.map_err(|error| match Trouble::of(&error) {
            Trouble::Lost(cause) => Trouble::Unavailable(cause),
            other => other,
        })
    }

    async fn wait(&self) -> Result<Session, sqlx::Error> {
        let turn = self.turns.clone().acquire_owned().await.map_err(|_| sqlx::Error::PoolClosed)?;
        let (connection, taken) = match self.at_hand().await {
            Some(AtHand { connection, taken, .. }) => (connection, taken),
            None => (self.connections.acquire().await?, Instant::now()),
        };
        Ok(Session { connection, taken, at_hand: self.at_hand.clone(), _turn: turn })
    }

    /// The connection that was used last and lives.
    async fn at_hand(&self) -> Option<AtHand> {
        loop {
            let mut last = lock(&self.at_hand).as_mut().and_then(Vec::pop)?;
            if last.unused.elapsed() <= self.trusted_idle || lives(last.connection.ping()).await {
                return Some(last);
            }
            throw_away(last.connection).await;
        }
    }

    /// Waits for what has begun and closes every connection.
    pub(crate) async fn close(&self) {
        self.turns.close();
        drop(lock(&self.at_hand).take());
        self.connections.close().await;
    }
}

impl Session {
    pub(crate) fn connection(&mut self) -> &mut PgConnection {
        &mut self.connection
    }

    /// Hands it on to the next statement.
    pub(crate) fn keep(self) {
        if self.taken.elapsed() >= KEPT {
            return;
        }
        // Where it is closed by now, the connection goes back to the pool, which waits for it.
        if let Some(at_hand) = lock(&self.at_hand).as_mut() {
            at_hand.push(AtHand { connection: self.connection, taken: self.taken, unused: Instant::now() });
        }
    }

    pub(crate) async fn throw_away(self) {
        throw_away(self.connection).await;
    }
}

async fn throw_away(connection: PoolConnection<Postgres>) {
    let _closed = connection.detach().close_hard().await;
}

fn lock(at_hand: &Mutex<Option<Vec<AtHand>>>) -> std::sync::MutexGuard<'_, Option<Vec<AtHand>>> {
    at_hand.lock().unwrap_or_else(PoisonError::into_inner)
}
