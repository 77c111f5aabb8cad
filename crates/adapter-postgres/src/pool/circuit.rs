//! Refuses commits immediately while the server answers none.

use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::Instant;

use crate::error::{Cause, DbError};

/// How long a rejection by the server counts for the readiness of commands.
const REJECTION_COUNTS_FOR: Duration = Duration::from_secs(10);

/// Refuses commits immediately while the server answers none, as when a synchronous standby is away.
///
/// A quarter of the connections for commands without an answer opens it. Then one statement at a time, which writes a
/// message into the write-ahead log and no row, probes the server; when it is confirmed, the circuit is closed.
pub(crate) struct Circuit {
    max_unanswered: u32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Commits without an answer since the last one with an answer.
    unanswered: u32,
    is_open: bool,
    /// Whether the task runs that probes the server.
    is_probing: bool,
    /// The last rejection that is about the server as a whole, if nothing was written since.
    rejected: Option<(Instant, Cause)>,
}

/// Whether the caller has to start the task that probes the server.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[must_use]
pub(super) enum StartProbe {
    Yes,
    No,
}

impl Circuit {
    pub(super) fn new(command_connections: u32) -> Self {
        Self { max_unanswered: (command_connections / 4).max(1), state: Mutex::default() }
    }

    /// Refuses, if the circuit is open: nothing was sent.
    pub(crate) fn admit(&self) -> Result<(), DbError> {
        if self.is_open() {
            return Err(DbError::Unavailable(Cause::new(
                "the database has not confirmed the latest commits",
            )));
        }
        Ok(())
    }

    /// Whether commits are done as far as is known; if not, the cause.
    pub(crate) fn check(&self) -> Result<(), Cause> {
        let state = self.lock();
        if state.is_open {
            return Err(Cause::new("the database reads, and has not confirmed the latest commits"));
        }
        match &state.rejected {
            Some((at, cause)) if at.elapsed() < REJECTION_COUNTS_FOR => Err(cause.clone()),
            _ => Ok(()),
        }
    }

    pub(super) fn is_open(&self) -> bool {
        self.lock().is_open
    }

    /// Closes the circuit and clears the probe in one step: a commit that finds it open must also find a probe that runs.
    pub(super) fn close(&self) {
        *self.lock() = State::default();
    }

    /// Records how a commit ended.
    pub(super) fn record<T>(&self, answer: &Result<T, DbError>, has_written: bool) -> StartProbe {
        let mut state = self.lock();
        match answer {
            Ok(_) if has_written => *state = State { is_probing: state.is_probing, ..State::default() },
            Err(DbError::NoAnswer(_)) => {
                state.unanswered += 1;
                if state.unanswered >= self.max_unanswered && !state.is_open {
                    state.is_open = true;
                    tracing::error!("commits are refused: the database has not confirmed the latest ones");
                    if !std::mem::replace(&mut state.is_probing, true) {
                        return StartProbe::Yes;
                    }
                }
            }
            Err(DbError::ServerRejected(cause) | DbError::ReadOnly(cause)) => {
                state.rejected = Some((Instant::now(), cause.clone()));
            }
            Ok(_) | Err(_) => {}
        }
        StartProbe::No
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
