//! Connections, or what is like them, between two uses.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use crate::sync::{Mutex, MutexGuard, PoisonError};

/// What is opened once and used several times.
pub trait Opened {
    /// When it was opened.
    fn opened(&self) -> Instant;
}

/// Open connections that nobody uses at the moment. The one used last is handed out first, so that those a burst has
/// left behind stay unused and are closed.
pub struct Idle<C> {
    /// None once it is closed.
    stack: Mutex<Option<Stack<C>>>,
    max_lifetime: Duration,
    longest_unused: Duration,
}

struct Stack<C> {
    connections: Vec<Unused<C>>,
    /// Connections that were unused at that moment are checked, however short a while ago it was.
    distrusted: Option<Instant>,
}

struct Unused<C> {
    connection: C,
    since: Instant,
}

/// What there is for the next use.
#[derive(Debug)]
pub enum Next<C> {
    /// One that may be used as it is.
    Trusted(C),
    /// One that is to be checked first.
    Unchecked(C),
    /// One that is too old.
    Old(C),
    /// None: open one.
    None,
    /// None any more.
    Closed,
}

impl<C: Opened> Idle<C> {
    /// Nothing so far. A connection is used until it is `max_lifetime` old, and kept unused for `longest_unused`.
    pub fn new(max_lifetime: Duration, longest_unused: Duration) -> Self {
        let stack = Stack { connections: Vec::new(), distrusted: None };
        Self { stack: Mutex::new(Some(stack)), max_lifetime, longest_unused }
    }

    /// How long a connection is kept unused.
    pub const fn longest_unused(&self) -> Duration {
        self.longest_unused
    }

    /// The connection that was used last.
    pub fn next(&self, trusted: Duration) -> Next<C> {
        let mut stack = self.lock();
        let Some(stack) = stack.as_mut() else { return Next::Closed };
        let Some(Unused { connection, since }) = stack.connections.pop() else { return Next::None };
        let distrusted = stack.distrusted.is_some_and(|moment| since <= moment);
        if connection.opened().elapsed() >= self.max_lifetime {
            Next::Old(connection)
        } else if distrusted || since.elapsed() > trusted || trusted.is_zero() {
            Next::Unchecked(connection)
        } else {
            Next::Trusted(connection)
        }
    }

    /// Keeps a connection for the next statement, unless it is old or this is closed: then it comes back.
    pub fn keep(&self, connection: C) -> Option<C> {
        if connection.opened().elapsed() >= self.max_lifetime {
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
    pub fn distrust(&self) {
        if let Some(stack) = self.lock().as_mut() {
            stack.distrusted = Some(Instant::now());
        }
    }

    /// How many there are.
    pub fn count(&self) -> usize {
        self.lock().as_ref().map_or(0, |stack| stack.connections.len())
    }

    /// Drops them all, and whatever comes back later.
    pub fn close(&self) {
        drop(self.lock().take());
    }

    /// Takes out what was unused for too long, or is too old.
    pub fn expired(&self) -> Vec<C> {
        let mut stack = self.lock();
        let Some(stack) = stack.as_mut() else { return Vec::new() };
        let is_expired = |unused: &mut Unused<C>| {
            unused.since.elapsed() >= self.longest_unused
                || unused.connection.opened().elapsed() >= self.max_lifetime
        };
        stack.connections.extract_if(.., is_expired).map(|unused| unused.connection).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Stack<C>>> {
        self.stack.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C> fmt::Debug for Idle<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Idle").finish_non_exhaustive()
    }
}
