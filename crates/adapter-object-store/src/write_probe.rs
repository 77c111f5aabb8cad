//! A probe that writes to a folder, at a bounded rate.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use client_app::ports::StoreError;

use crate::error::{hanging, io_error};

/// How long the result of an attempt is valid.
const VALIDITY: Duration = Duration::from_secs(10);
/// An attempt that takes longer counts as one that hangs.
const ATTEMPT_TIMEOUT: Duration = Duration::from_secs(1);

/// The result of the last attempt to write. While an attempt hangs, there is no other one.
#[derive(Debug, Default)]
pub(crate) struct WriteProbe(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    begun: Option<Instant>,
    is_running: bool,
    failed: Option<io::ErrorKind>,
}

impl WriteProbe {
    /// The result of the last attempt, or of a new one if the last is too old.
    pub(crate) fn check(&self, write: impl FnOnce() -> io::Result<()>) -> Result<(), StoreError> {
        if !self.begin()? {
            return self.last();
        }
        let failed = write().err().map(|error| error.kind());
        let mut state = self.state();
        state.is_running = false;
        state.failed = failed;
        drop(state);
        self.last()
    }

    /// Whether a new attempt is due, which then counts as running.
    fn begin(&self) -> Result<bool, StoreError> {
        let mut state = self.state();
        let since = state.begun.map(|begun| begun.elapsed());
        if state.is_running && since.is_some_and(|since| since >= ATTEMPT_TIMEOUT) {
            return Err(hanging());
        }
        if state.is_running || since.is_some_and(|since| since < VALIDITY) {
            return Ok(false);
        }
        state.begun = Some(Instant::now());
        state.is_running = true;
        Ok(true)
    }

    fn last(&self) -> Result<(), StoreError> {
        self.state().failed.map_or(Ok(()), |kind| Err(io_error(&io::Error::from(kind))))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn recent_result_is_reused() {
        let probe = WriteProbe::default();
        let full = || Err(io::Error::from(io::ErrorKind::StorageFull));
        assert!(probe.check(full).is_err());
        assert!(probe.check(|| unreachable!("the last result is recent")).is_err());
        let past = Instant::now().checked_sub(VALIDITY);
        probe.state().begun = past;
        assert!(probe.check(|| Ok(())).is_ok());
        assert!(probe.check(full).is_ok());
    }

    #[test]
    fn hanging_attempt_fails_and_is_not_repeated() {
        let probe = WriteProbe::default();
        probe.check(|| Ok(())).unwrap();
        {
            let mut state = probe.state();
            (state.begun, state.is_running) = (Instant::now().checked_sub(VALIDITY), true);
        }
        assert!(probe.check(|| unreachable!("an attempt hangs already")).is_err());
    }
}
