use std::sync::{Arc, Mutex};
use std::time::Duration;

use client_app::ports::{Clock, to_microseconds};
use jiff::Timestamp;

use crate::lock::lock;

/// A clock that stands still until a test moves it.
///
/// ```
/// use std::time::Duration;
///
/// use adapter_inmem::FixedClock;
/// use client_app::ports::Clock;
///
/// let clock = FixedClock::new("2026-01-05T09:00:00.123456789Z".parse()?);
/// assert_eq!(clock.now(), "2026-01-05T09:00:00.123456Z".parse()?, "whole microseconds, like every clock");
///
/// clock.advance(Duration::from_millis(1));
/// assert_eq!(clock.now(), "2026-01-05T09:00:00.124456Z".parse()?);
///
/// clock.set("2026-02-01T00:00:00Z".parse()?);
/// assert_eq!(clock.clone().now(), "2026-02-01T00:00:00Z".parse()?, "a clone is the same clock");
/// # Ok::<(), jiff::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct FixedClock(Arc<Mutex<Timestamp>>);

impl FixedClock {
    /// A clock that stands at `moment`.
    pub fn new(moment: Timestamp) -> Self {
        Self(Arc::new(Mutex::new(moment)))
    }

    /// Sets the clock, forwards or back.
    pub fn set(&self, moment: Timestamp) {
        *lock(&self.0) = moment;
    }

    /// Moves the clock forwards, up to the last timestamp.
    pub fn advance(&self, by: Duration) {
        let mut now = lock(&self.0);
        *now = now.checked_add(by).unwrap_or(Timestamp::MAX);
    }
}

impl Clock for FixedClock {
    fn now(&self) -> Timestamp {
        to_microseconds(*lock(&self.0))
    }
}
