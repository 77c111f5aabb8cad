//! A pause after questions without an answer.

use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

/// How many questions in a row must stay without an answer.
const OUTAGES: u32 = 3;
/// How long nothing is asked then. One question after it decides whether the next pause follows.
const PAUSE: Duration = Duration::from_secs(2);

/// Counts questions without an answer. Otherwise each read of a client would wait for a ledger that hangs.
#[derive(Debug, Default)]
pub(crate) struct Pause(Mutex<State>);

#[derive(Debug, Default)]
struct State {
    outages: u32,
    until: Option<Instant>,
}

impl Pause {
    /// Whether nothing is asked at this moment.
    pub(crate) fn is_on(&self, now: Instant) -> bool {
        self.state().until.is_some_and(|until| now < until)
    }

    /// Takes note of a question that had an answer, or none.
    pub(crate) fn record(&self, has_answer: bool, now: Instant) {
        let mut state = self.state();
        if has_answer {
            *state = State::default();
            return;
        }
        state.outages = state.outages.saturating_add(1);
        if state.outages >= OUTAGES {
            state.until = Some(now + PAUSE);
        }
    }

    fn state(&self) -> std::sync::MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pause_follows_several_outages_and_ends_with_an_answer() {
        let (pause, now) = (Pause::default(), Instant::now());
        for _ in 1..OUTAGES {
            pause.record(false, now);
            assert!(!pause.is_on(now));
        }
        pause.record(false, now);
        assert!(pause.is_on(now) && pause.is_on(now + PAUSE / 2));
        assert!(!pause.is_on(now + PAUSE), "the next question is asked");
        pause.record(false, now + PAUSE);
        assert!(pause.is_on(now + PAUSE), "and begins the next pause without an answer");
        pause.record(true, now + PAUSE);
        assert!(!pause.is_on(now + PAUSE));
    }
}
