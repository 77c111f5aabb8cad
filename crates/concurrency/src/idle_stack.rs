//! Idle connections between two uses, the latest on top.

use std::fmt;
use std::time::Duration;

use tokio::time::Instant;

use crate::sync::{Mutex, MutexGuard, PoisonError};

/// A connection that knows its age.
pub trait Opened {
    /// When it was opened.
    fn opened(&self) -> Instant;
}

/// Open connections that no caller uses at the moment.
///
/// The connection used last is handed out first, so that the surplus of a burst stays idle and is closed.
///
/// ```
/// use std::time::Duration;
///
/// use concurrency::idle_stack::{IdleStack, Next, Opened};
/// use tokio::time::Instant;
///
/// struct Connection(Instant);
///
/// impl Opened for Connection {
///     fn opened(&self) -> Instant {
///         self.0
///     }
/// }
///
/// let idle = IdleStack::new(Duration::from_mins(15), Duration::from_mins(1));
/// assert!(idle.release(Connection(Instant::now())).is_none());
/// assert!(matches!(idle.next(Duration::from_secs(5)), Next::Trusted(_)));
/// assert!(matches!(idle.next(Duration::from_secs(5)), Next::None));
/// ```
pub struct IdleStack<C> {
    /// None once it is closed.
    stack: Mutex<Option<Stack<C>>>,
    max_lifetime: Duration,
    idle_timeout: Duration,
}

struct Stack<C> {
    connections: Vec<IdleConnection<C>>,
    /// A connection that was idle at this moment is checked before its next use, however short its idle time.
    distrusted: Option<Instant>,
}

struct IdleConnection<C> {
    connection: C,
    since: Instant,
}

/// The connection for the next use, and what to do with it first.
#[derive(Debug)]
pub enum Next<C> {
    /// Use it as it is.
    Trusted(C),
    /// Check it first.
    Unchecked(C),
    /// Close it: it has reached its maximum lifetime.
    Expired(C),
    /// No connection is idle: open one.
    None,
    /// The stack is closed.
    Closed,
}

impl<C: Opened> IdleStack<C> {
    /// An empty stack. A connection is used until it is `max_lifetime` old, and stays idle for `idle_timeout` at most.
    pub fn new(max_lifetime: Duration, idle_timeout: Duration) -> Self {
        let stack = Stack { connections: Vec::new(), distrusted: None };
        Self { stack: Mutex::new(Some(stack)), max_lifetime, idle_timeout }
    }

    /// How long a connection may stay idle.
    pub const fn idle_timeout(&self) -> Duration {
        self.idle_timeout
    }

    /// Takes the connection that was used last. It is trusted if it has been idle for no longer than `trusted`; with
    /// `trusted` zero, no connection is.
    pub fn next(&self, trusted: Duration) -> Next<C> {
        let mut stack = self.lock();
        let Some(stack) = stack.as_mut() else { return Next::Closed };
        let Some(IdleConnection { connection, since }) = stack.connections.pop() else { return Next::None };
        let distrusted = stack.distrusted.is_some_and(|moment| since <= moment);
        if connection.opened().elapsed() >= self.max_lifetime {
            Next::Expired(connection)
        } else if distrusted || since.elapsed() > trusted || trusted.is_zero() {
            Next::Unchecked(connection)
        } else {
            Next::Trusted(connection)
        }
    }

    /// Puts a connection on top of the stack. A connection that has expired comes back to be closed, and so does every one
    /// once the stack is closed.
    pub fn release(&self, connection: C) -> Option<C> {
        if connection.opened().elapsed() >= self.max_lifetime {
            return Some(connection);
        }
        match self.lock().as_mut() {
            Some(stack) => {
                stack.connections.push(IdleConnection { connection, since: Instant::now() });
                None
            }
            None => Some(connection),
        }
    }

    /// Has every connection that is idle now checked before its next use.
    pub fn distrust_all(&self) {
        if let Some(stack) = self.lock().as_mut() {
            stack.distrusted = Some(Instant::now());
        }
    }

    /// How many connections are idle.
    pub fn count(&self) -> usize {
        self.lock().as_ref().map_or(0, |stack| stack.connections.len())
    }

    /// Drops every idle connection, and closes the stack.
    pub fn close(&self) {
        drop(self.lock().take());
    }

    /// Takes out every connection that has reached its idle timeout or its maximum lifetime.
    pub fn take_expired(&self) -> Vec<C> {
        let mut stack = self.lock();
        let Some(stack) = stack.as_mut() else { return Vec::new() };
        let is_expired = |idle: &mut IdleConnection<C>| {
            idle.since.elapsed() >= self.idle_timeout
                || idle.connection.opened().elapsed() >= self.max_lifetime
        };
        stack.connections.extract_if(.., is_expired).map(|idle| idle.connection).collect()
    }

    fn lock(&self) -> MutexGuard<'_, Option<Stack<C>>> {
        self.stack.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl<C> fmt::Debug for IdleStack<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("IdleStack").finish_non_exhaustive()
    }
}
