//! Whether files can be written to a folder, asked at a bounded rate.

use std::io;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use client_app::ports::StoreError;

use crate::trouble::{hanging, of_io};

/// How long an answer is good.
const FRESH: Duration = Duration::from_secs(10);
/// How long a try may take before it counts as one that hangs.
const PATIENCE: Duration = Duration::from_secs(1);

/// What the last try to write has shown. A try that hangs is not repeated.
#[derive(Debug, Default)]
pub(crate) struct WriteProbe(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    begun: Option<Instant>,
    is_running: bool,
    failed: Option<io::ErrorKind>,
}

impl WriteProbe {
    /// What the last try has shown, or this one if the last is not recent.
    pub(crate) fn ask(&self, write: impl FnOnce() -> io::Result<()>) -> Result<(), StoreError> {
        if !self.begins()? {
            return self.last();
        }
        let failed = write().err().map(|error| error.kind());
        let mut state = self.state();
        state.is_running = false;
        state.failed = failed;
        drop(state);
        self.last()
    }

    /// Whether it is time for another try.
    fn begins(&self) -> Result<bool, StoreError> {
        let mut state = self.state();
        let since = state.begun.map(|begun| begun.elapsed());
        if state.is_running && since.is_some_and(|since| since >= PATIENCE) {
            return Err(hanging());
        }
        if state.is_running || since.is_some_and(|since| since < FRESH) {
            return Ok(false);
        }
        state.begun = Some(Instant::now());
        state.is_running = true;
        Ok(true)
    }

    fn last(&self) -> Result<(), StoreError> {
        self.state().failed.map_or(Ok(()), |kind| Err(of_io(&io::Error::from(kind))))
    }

    fn state(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_good_for_a_while() {
        let probe = WriteProbe::default();
        let full = || Err(io::Error::from(io::ErrorKind::StorageFull));
        assert!(probe.ask(full).is_err());
        assert!(probe.ask(|| unreachable!("the last answer is recent")).is_err());
        let past = Instant::now().checked_sub(FRESH);
        probe.state().begun = past;
        assert!(probe.ask(|| Ok(())).is_ok());
        assert!(probe.ask(full).is_ok());
    }

    #[test]
    fn a_try_that_hangs_fails_and_is_not_repeated() {
        let probe = WriteProbe::default();
        probe.ask(|| Ok(())).unwrap();
        {
            let mut state = probe.state();
            (state.begun, state.is_running) = (Instant::now().checked_sub(FRESH), true);
        }
        assert!(probe.ask(|| unreachable!("one hangs already")).is_err());
    }
}
