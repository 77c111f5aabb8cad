//! How far the clock of the service is from the clock of the storage.
//!
//! Every instance stamps what it writes by its own clock. One whose clock is wrong records expiries that are none, deletes
//! what is to be kept, and writes histories out of order; so what depends on the clock waits until it is right again.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::SignedDuration;

use crate::ports::StoreError;
use crate::{Check, CheckName, CheckState, Clients, Error};

/// Beyond this, nothing is recorded or deleted because of the time, and no event is delivered.
const TOLERATED: SignedDuration = SignedDuration::from_secs(60);
/// Beyond this, no command is executed.
const USABLE: SignedDuration = SignedDuration::from_hours(1);

/// The last comparison of the clocks, in microseconds; positive where the clock of the service is ahead.
#[derive(Debug, Default)]
pub(crate) struct ClockOffset(AtomicI64);

impl ClockOffset {
    fn get(&self) -> SignedDuration {
        SignedDuration::from_micros(self.0.load(Ordering::Relaxed))
    }

    fn set(&self, offset: SignedDuration) {
        let micros = i64::try_from(offset.as_micros()).unwrap_or(i64::MAX);
        self.0.store(micros, Ordering::Relaxed);
    }

    /// What the offset means for readiness.
    pub(crate) fn check(&self) -> Check {
        let offset = self.get();
        let apart = offset.unsigned_abs();
        let sentence = |end: &str| {
            let direction = if offset.is_positive() { "ahead of" } else { "behind" };
            let seconds = apart.as_secs();
            format!("The clock of the service is {seconds} seconds {direction} the database: {end}.")
        };
        let state = if apart > USABLE.unsigned_abs() {
            CheckState::Failed(sentence("commands are refused"))
        } else if apart > TOLERATED.unsigned_abs() {
            CheckState::Warning(sentence(
                "nothing is recorded or deleted because of the time, and no event is delivered",
            ))
        } else {
            CheckState::Ok
        };
        Check::new(CheckName::Clock, state)
    }

    /// Refuses a command whose time could not be believed.
    pub(crate) fn permit_command(&self) -> Result<(), Error> {
        match self.check().state {
            CheckState::Failed(_) => Err(Error::ClockOff),
            CheckState::Ok | CheckState::Warning(_) => Ok(()),
        }
    }
}

impl Clients {
    /// Compares the clock of the service with the clock of the storage, and answers by how much it is ahead.
    ///
    /// ```
    /// use std::sync::Arc;
    ///
    /// use adapter_inmem::{CountingKeys, FixedClock, MemoryStore};
    /// use client_app::Clients;
    /// use jiff::SignedDuration;
    ///
    /// # tokio::runtime::Builder::new_current_thread().build().unwrap().block_on(async {
    /// let clock = FixedClock::new("2026-01-05T09:00:00Z".parse().unwrap());
    /// let store = MemoryStore::new();
    /// let clients = Clients::new(Arc::new(store.clone()), Arc::new(clock), Arc::new(CountingKeys::default()));
    ///
    /// store.faults().server_time("2026-01-05T06:59:00Z".parse().unwrap());
    /// assert_eq!(clients.compare_clocks().await.unwrap(), SignedDuration::from_mins(121));
    /// assert!(!clients.clock_is_right());
    /// assert!(!clients.ready().await.is_ready(), "commands are refused");
    /// # });
    /// ```
    pub async fn compare_clocks(&self) -> Result<SignedDuration, StoreError> {
        let before = self.clock.now();
        let Some(server) = self.store.server_time().await? else {
            return Ok(SignedDuration::ZERO);
        };
        let after = self.clock.now();
        // The server looked at its clock at some moment between the two: only what lies outside is a difference.
        let offset = if server < before {
            before.duration_since(server)
        } else if server > after {
            after.duration_since(server)
        } else {
            SignedDuration::ZERO
        };
        self.clock_offset.set(offset);
        Ok(offset)
    }

    /// Whether the last comparison found the clock near enough to record and delete because of the time, and to deliver.
    pub fn clock_is_right(&self) -> bool {
        self.clock_offset.check().state == CheckState::Ok
    }
}
