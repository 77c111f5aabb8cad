use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::time::{Instant, sleep, timeout};

use super::{Pool, Share, session};
use crate::statements::CONFIRM;
use crate::trouble::{Cause, Trouble};

/// For how long a refusal says something about the commands that follow.
const REMEMBERED: Duration = Duration::from_secs(10);
/// Between two attempts to have something confirmed.
const PAUSE: Duration = Duration::from_millis(500);
/// How long one attempt may take. It waits as the commits do that were given up, and is answered when they are.
const PROBE_PATIENCE: Duration = Duration::from_mins(1);

/// Refuses commits at once while the server answers none, as when a synchronous standby is away.
///
/// A quarter of the connections for commands without an answer opens it. Then one statement at a time, which writes a
/// message into the write-ahead log and no row, is sent to be confirmed; when it is, the circuit is closed.
pub(crate) struct Circuit {
    limit: u32,
    state: Mutex<State>,
}

#[derive(Default)]
struct State {
    /// Commits without an answer since the last one with one.
    unanswered: u32,
    open: bool,
    /// Whether the task runs that has something confirmed.
    probing: bool,
    /// The last refusal that says something about the server as a whole, if nothing was written since.
    refused: Option<(Instant, Cause)>,
}

impl Circuit {
    pub(crate) fn new(connections_for_commands: u32) -> Self {
        Self { limit: (connections_for_commands / 4).max(1), state: Mutex::default() }
    }

    /// Refuses, if the circuit is open: nothing was sent.
    pub(crate) fn admit(&self) -> Result<(), Trouble> {
        if self.lock().open {
            return Err(Trouble::Unavailable(Cause::new(
                "the database has not confirmed the latest commits",
            )));
        }
        Ok(())
    }

    /// Whether commits are done as far as is known; why not, in words.
    pub(crate) fn check(&self) -> Result<(), Cause> {
        let state = self.lock();
        if state.open {
            return Err(Cause::new("the database reads, and has not confirmed the latest commits"));
        }
        match &state.refused {
            Some((at, cause)) if at.elapsed() < REMEMBERED => Err(cause.clone()),
            _ => Ok(()),
        }
    }

    fn is_open(&self) -> bool {
        self.lock().open
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Pool {
    /// Learns from how a commit ended, and whether it wrote: one that was rejected waited for no standby, and so says nothing.
    pub(crate) fn learn<T>(&self, answer: &Result<T, Trouble>, has_written: bool) {
        let mut state = self.0.circuit.lock();
        match answer {
            Ok(_) if has_written => *state = State { probing: state.probing, ..State::default() },
            Err(Trouble::Silent(_)) => {
                state.unanswered += 1;
                if state.unanswered >= self.0.circuit.limit && !state.open {
                    state.open = true;
                    tracing::error!("commits are refused: the database has not confirmed the latest ones");
                    if !std::mem::replace(&mut state.probing, true) {
                        drop(state);
                        self.probe();
                    }
                }
            }
            Err(Trouble::Refused(cause) | Trouble::ReadOnly(cause)) => {
                state.refused = Some((Instant::now(), cause.clone()));
            }
            Ok(_) | Err(_) => {}
        }
    }

    /// Has something confirmed, again and again, until it is; then commits are let through.
    fn probe(&self) {
        let pool = Arc::downgrade(&self.0);
        tokio::spawn(async move {
            while let Some(pool) = pool.upgrade().map(Pool) {
                if !pool.circuit().is_open() || pool.confirm().await {
                    // In one step: a commit that finds the circuit open must find the task that closes it, too.
                    *pool.circuit().lock() = State::default();
                    tracing::info!("commits are let through: the database confirms what is written");
                    return;
                }
                drop(pool);
                sleep(PAUSE).await;
            }
        });
    }

    /// Whether the server confirms what is written.
    async fn confirm(&self) -> bool {
        let Ok(permit) = self.0.shares.permit(Share::Commands.place()).await else { return true };
        drop(permit);
        let deadline = self.deadline();
        let Ok(mut session) = session::acquire(&self.0, Share::Commands, deadline, Duration::ZERO).await
        else {
            return false;
        };
        let confirmed = sqlx::query(CONFIRM).execute(session.connection());
        match timeout(PROBE_PATIENCE, confirmed).await {
            Ok(Ok(_)) => session.keep(),
            Ok(Err(_)) => return false,
            Err(_) => {
                session.give_up();
                return false;
            }
        }
        true
    }
}
