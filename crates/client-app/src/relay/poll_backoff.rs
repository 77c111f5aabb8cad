use std::time::Duration;

use super::round::Round;

/// The pause of a relay between two rounds, and the number of events in one.
///
/// While deliveries fail, the pauses grow and a round takes a single event, so that a receiver that is down gets few
/// requests.
///
/// ```
/// use std::time::Duration;
///
/// use client_app::relay::{PollBackoff, PollBackoffSettings, Round};
///
/// let mut backoff = PollBackoff::new(PollBackoffSettings::default());
/// assert_eq!(backoff.limit(), 100);
/// let failed = Round { taken: 3, failed: 1, ..Round::default() };
/// assert_eq!(backoff.after(&failed), Duration::from_secs(1));
/// assert_eq!(backoff.after(&failed), Duration::from_secs(2));
/// assert_eq!(backoff.limit(), 1);
/// let delivered = Round { taken: 1, delivered: 1, ..Round::default() };
/// assert_eq!(backoff.after(&delivered), Duration::ZERO, "there may be more");
/// assert_eq!(backoff.limit(), 100);
/// ```
#[derive(Clone, Debug)]
pub struct PollBackoff {
    settings: PollBackoffSettings,
    consecutive_failures: u32,
}

/// The limits of a [`PollBackoff`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PollBackoffSettings {
    /// The number of events in one round.
    pub batch: usize,
    /// The pause after a round without events.
    pub idle: Duration,
    /// The pause after the first failed round; it doubles with each further one.
    pub first_pause: Duration,
    /// The maximum pause.
    pub max_pause: Duration,
    /// The maximum pause that the receiver can ask for (`Retry-After`).
    pub max_retry_after: Duration,
}

impl Default for PollBackoffSettings {
    fn default() -> Self {
        Self {
            batch: 100,
            idle: Duration::from_secs(1),
            first_pause: Duration::from_secs(1),
            max_pause: Duration::from_mins(1),
            max_retry_after: Duration::from_mins(10),
        }
    }
}

impl PollBackoff {
    /// A backoff that begins with a full round.
    pub const fn new(settings: PollBackoffSettings) -> Self {
        Self { settings, consecutive_failures: 0 }
    }

    /// The number of events in the next round.
    pub const fn limit(&self) -> usize {
        if self.consecutive_failures == 0 { self.settings.batch } else { 1 }
    }

    /// The pause after this round.
    pub fn after(&mut self, round: &Round) -> Duration {
        let asked =
            round.retry_after.map_or(Duration::ZERO, |asked| asked.min(self.settings.max_retry_after));
        if round.delivered > 0 {
            self.consecutive_failures = 0;
            return asked;
        }
        if round.failed > 0 {
            return self.pause().max(asked);
        }
        self.settings.idle
    }

    /// The pause after a round that failed in the storage.
    pub fn after_error(&mut self) -> Duration {
        self.pause()
    }

    fn pause(&mut self) -> Duration {
        let pause = self.settings.first_pause.saturating_mul(2_u32.saturating_pow(self.consecutive_failures));
        self.consecutive_failures = self.consecutive_failures.saturating_add(1);
        pause.min(self.settings.max_pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAILED: Round = Round { taken: 1, delivered: 0, failed: 1, dead_lettered: 0, retry_after: None };

    #[test]
    fn pauses_grow_to_their_maximum() {
        let mut backoff = PollBackoff::new(PollBackoffSettings::default());
        let pauses: Vec<_> = (0..8).map(|_| backoff.after(&FAILED).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        for _ in 0..200 {
            assert_eq!(backoff.after_error(), Duration::from_mins(1));
        }
    }

    #[test]
    fn receiver_may_ask_for_a_longer_pause_up_to_a_maximum() {
        let mut backoff = PollBackoff::new(PollBackoffSettings::default());
        let asks = |seconds| Round { retry_after: Some(Duration::from_secs(seconds)), ..FAILED };
        assert_eq!(backoff.after(&asks(30)), Duration::from_secs(30));
        assert_eq!(backoff.after(&asks(1)), Duration::from_secs(2), "it cannot ask for a shorter pause");
        assert_eq!(backoff.after(&asks(u64::MAX)), Duration::from_mins(10));
        let partial = Round { delivered: 5, ..asks(7) };
        assert_eq!(backoff.after(&partial), Duration::from_secs(7), "even if some events were delivered");
    }

    #[test]
    fn empty_round_does_not_reset_the_backoff() {
        let mut backoff = PollBackoff::new(PollBackoffSettings::default());
        backoff.after(&FAILED);
        assert_eq!(backoff.after(&Round::default()), Duration::from_secs(1));
        assert_eq!(backoff.limit(), 1, "the receiver has not answered since");
    }
}
