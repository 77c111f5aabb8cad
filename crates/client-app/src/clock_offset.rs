//! The offset between the clocks of the service and the storage.
//!
//! Each instance uses its own clock for the times it writes. An instance with a wrong clock would record
//! false expiries, delete contents too early, and write histories out of order. So work that depends on the
//! clock stops until the clock is correct again.

use std::sync::atomic::{AtomicI64, Ordering};

use jiff::SignedDuration;

use crate::error::Error;
use crate::readiness::{Check, CheckName, CheckState};

/// Beyond this offset, no expiry is recorded, nothing is deleted by age, and no event is delivered.
const TOLERATED: SignedDuration = SignedDuration::from_secs(60);
/// Beyond this offset, no command is executed.
const USABLE: SignedDuration = SignedDuration::from_hours(1);

/// The latest offset in microseconds; positive if the clock of the service is ahead.
#[derive(Debug, Default)]
pub(crate) struct ClockOffset(AtomicI64);

impl ClockOffset {
    pub(crate) fn get(&self) -> SignedDuration {
        SignedDuration::from_micros(self.0.load(Ordering::Relaxed))
    }

    pub(crate) fn set(&self, offset: SignedDuration) {
        let micros = i64::try_from(offset.as_micros()).unwrap_or(i64::MAX);
        self.0.store(micros, Ordering::Relaxed);
    }

    /// The readiness check of the offset.
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

    /// Refuses commands while the clock is unusable.
    pub(crate) fn permit_command(&self) -> Result<(), Error> {
        match self.check().state {
            CheckState::Failed(_) => Err(Error::ClockOff),
            CheckState::Ok | CheckState::Warning(_) => Ok(()),
        }
    }
}
