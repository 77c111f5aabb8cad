use std::fmt;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use client_app::ports::{Clock, to_microseconds};
use jiff::{SignedDuration, Timestamp};

/// The machine's clock, which a test sets, advances, or stops. Clones are the same clock.
///
/// ```
/// use std::sync::Arc;
/// use std::time::Duration;
///
/// use client_app::ports::Clock;
/// use clients_testkit::{FixedClock, MovableClock};
///
/// let machine = FixedClock::new("2026-01-05T09:00:00Z".parse()?);
/// let clock = MovableClock::new(Arc::new(machine.clone()));
/// clock.set("2026-02-01T00:00:00Z".parse()?);
/// machine.advance(Duration::from_secs(5));
/// assert_eq!(clock.now().to_string(), "2026-02-01T00:00:05Z", "it runs with the machine's clock");
///
/// clock.stop();
/// machine.advance(Duration::from_secs(5));
/// assert_eq!(clock.now().to_string(), "2026-02-01T00:00:05Z");
///
/// clock.reset();
/// assert_eq!(clock.now().to_string(), "2026-01-05T09:00:10Z");
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Clone)]
pub struct MovableClock {
    machine: Arc<dyn Clock>,
    state: Arc<Mutex<State>>,
}

/// How far the clock is from the machine's, or where it stands.
#[derive(Clone, Copy, Debug)]
enum State {
    Runs(SignedDuration),
    Stands(Timestamp),
}

impl MovableClock {
    /// A clock that shows what the machine's clock shows, until it is moved.
    pub fn new(machine: Arc<dyn Clock>) -> Self {
        Self { machine, state: Arc::new(Mutex::new(State::Runs(SignedDuration::ZERO))) }
    }

    /// Sets the clock, forwards or back. It runs on from there, unless it is stopped.
    pub fn set(&self, moment: Timestamp) {
        self.change(|machine, state| match state {
            State::Runs(_) => State::Runs(moment.duration_since(machine)),
            State::Stands(_) => State::Stands(moment),
        });
    }

    /// Moves the clock forwards, up to the last timestamp.
    pub fn advance(&self, by: Duration) {
        let now = self.now();
        self.set(now.checked_add(by).unwrap_or(Timestamp::MAX));
    }

    /// Stops the clock where it is.
    pub fn stop(&self) {
        self.change(|machine, state| State::Stands(state.now(machine)));
    }

    /// Resumes a stopped clock from where it stands.
    pub fn resume(&self) {
        self.change(|machine, state| State::Runs(state.now(machine).duration_since(machine)));
    }

    /// Whether the clock is stopped.
    pub fn is_stopped(&self) -> bool {
        matches!(*self.state.lock().unwrap_or_else(PoisonError::into_inner), State::Stands(_))
    }

    /// Shows what the machine's clock shows.
    pub fn reset(&self) {
        self.change(|_, _| State::Runs(SignedDuration::ZERO));
    }

    fn change(&self, next: impl FnOnce(Timestamp, State) -> State) {
        let machine = self.machine.now();
        let mut state = self.state.lock().unwrap_or_else(PoisonError::into_inner);
        *state = next(machine, *state);
    }
}

impl State {
    fn now(self, machine: Timestamp) -> Timestamp {
        match self {
            Self::Runs(ahead) => machine.checked_add(ahead).unwrap_or(Timestamp::MAX),
            Self::Stands(moment) => moment,
        }
    }
}

impl Clock for MovableClock {
    fn now(&self) -> Timestamp {
        let machine = self.machine.now();
        let state = *self.state.lock().unwrap_or_else(PoisonError::into_inner);
        to_microseconds(state.now(machine))
    }
}

impl fmt::Debug for MovableClock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("MovableClock").field("state", &self.state).finish_non_exhaustive()
    }
}
