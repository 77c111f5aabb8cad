use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep};

use super::Inner;
use super::connection::Connection;
use crate::settings::Settings;

/// Open connections that nobody uses at the moment. The one used last is handed out first, so that those a burst has
/// left behind stay unused and are closed.
pub(crate) struct Idle {
    /// None once the pool is closed.
    stack: Mutex<Option<Stack>>,
    max_lifetime: Duration,
    longest_unused: Duration,
}

#[derive(Default)]
struct Stack {
    connections: Vec<Unused>,
    /// Connections that were unused at that moment are checked, however short a while ago it was.
    distrusted: Option<Instant>,
}

struct Unused {
    connection: Connection,
    since: Instant,
}

/// What there is for whoever wants a connection.
pub(crate) enum Next {
    /// One that may be used as it is.
    Trusted(Connection),
    /// One that is to be checked first.
    Unchecked(Connection),
    /// One that is too old.
    Old(Connection),
    /// None: open one.
    None,
    /// None any more.
    Closed,
}

impl Idle {
    pub(crate) fn new(settings: &Settings) -> Self {
        Self {
            stack: Mutex::new(Some(Stack::default())),
            max_lifetime: settings.max_lifetime,
            longest_unused: settings.idle_timeout,
        }
    }

    /// The connection that was used last.
    pub(crate) fn next(&self, trusted: Duration) -> Next {
        let mut stack = self.lock();
        let Some(stack) = stack.as_mut() else { return Next::Closed };
        let Some(Unused { connection, since }) = stack.connections.pop() else { return Next::None };
        let distrusted = stack.distrusted.is_some_and(|moment| since <= moment);
        if connection.opened.elapsed() >= self.max_lifetime {
            Next::Old(connection)
        } else if distrusted || since.elapsed() > trusted || trusted.is_zero() {
            Next::Unchecked(connection)
        } else {
            Next::Trusted(connection)
        }
    }

    /// Keeps a connection for the next statement, unless it is old or the pool is closed: then it comes back.
    pub(crate) fn keep(&self, connection: Connection) -> Option<Connection> {
        if connection.opened.elapsed() >= self.max_lifetime {
            return Some(connection);
        }
        match self.lock().as_mut() {
            Some(stack) => {
                stack.connections.push(Unused { connection, since: Instant::now() });
                None
            }
            None => Some(connection),
        }
    }

    /// Has every connection checked that is unused now.
    pub(crate) fn distrust(&self) {
        if let Some(stack) = self.lock().as_mut() {
            stack.distrusted = Some(Instant::now());
        }
    }

    pub(crate) fn count(&self) -> usize {
        self.lock().as_ref().map_or(0, |stack| stack.connections.len())
    }

    pub(crate) fn close(&self) {
        drop(self.lock().take());
    }

    /// Takes out what was unused for too long, or is too old.
    fn expired(&self) -> Vec<Connection> {
        let mut stack = self.lock();
        let Some(stack) = stack.as_mut() else { return Vec::new() };
        let is_expired = |unused: &mut Unused| {
            unused.since.elapsed() >= self.longest_unused
                || unused.connection.opened.elapsed() >= self.max_lifetime
        };
        stack.connections.extract_if(.., is_expired).map(|unused| unused.connection).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Stack>> {
        self.stack.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Closes connections that nobody needs any more, for as long as the pool is there.
pub(crate) fn close_unused(pool: &Arc<Inner>) {
    let pause = (pool.idle.longest_unused / 4).clamp(Duration::from_millis(100), Duration::from_secs(15));
    let pool = Arc::downgrade(pool);
    tokio::spawn(async move {
        loop {
            sleep(pause).await;
            let Some(pool) = pool.upgrade() else { return };
            for connection in pool.idle.expired() {
                connection.close().await;
            }
        }
    });
}
