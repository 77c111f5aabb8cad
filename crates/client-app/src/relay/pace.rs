use std::time::Duration;

use super::Round;

/// How long a relay rests between its rounds, and how much it takes in one.
///
/// While nothing gets through, the rests grow and a round takes a single event: somebody who is down is asked now
/// and then, and not by everything that waits.
///
/// ```
/// use std::time::Duration;
///
/// use client_app::relay::{Pace, PaceSettings, Round};
///
/// let mut pace = Pace::new(PaceSettings::default());
/// assert_eq!(pace.limit(), 100);
/// let in_vain = Round { taken: 3, failed: 1, ..Round::default() };
/// assert_eq!(pace.after(&in_vain), Duration::from_secs(1));
/// assert_eq!(pace.after(&in_vain), Duration::from_secs(2));
/// assert_eq!(pace.limit(), 1);
/// let well = Round { taken: 1, delivered: 1, ..Round::default() };
/// assert_eq!(pace.after(&well), Duration::ZERO, "there may be more");
/// assert_eq!(pace.limit(), 100);
/// ```
#[derive(Clone, Debug)]
pub struct Pace {
    settings: PaceSettings,
    in_vain: u32,
}

/// The limits of a [`Pace`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct PaceSettings {
    /// How many events are taken in one round.
    pub batch: usize,
    /// How long to rest when there was nothing to do.
    pub idle: Duration,
    /// How long to rest after the first round in vain; it doubles with each further one.
    pub first_pause: Duration,
    /// How long at most.
    pub longest_pause: Duration,
    /// How long at most where the receiver asks for it (`Retry-After`).
    pub longest_asked: Duration,
}

impl Default for PaceSettings {
    fn default() -> Self {
        Self {
            batch: 100,
            idle: Duration::from_secs(1),
            first_pause: Duration::from_secs(1),
            longest_pause: Duration::from_mins(1),
            longest_asked: Duration::from_mins(10),
        }
    }
}

impl Pace {
    /// A pace that begins with a full round.
    pub const fn new(settings: PaceSettings) -> Self {
        Self { settings, in_vain: 0 }
    }

    /// How many events the next round is to take.
    pub const fn limit(&self) -> usize {
        if self.in_vain == 0 { self.settings.batch } else { 1 }
    }

    /// How long to rest after this round.
    pub fn after(&mut self, round: &Round) -> Duration {
        let asked = round.retry_after.map_or(Duration::ZERO, |asked| asked.min(self.settings.longest_asked));
        if round.delivered > 0 {
            self.in_vain = 0;
            return asked;
        }
        if round.failed > 0 {
            return self.pause().max(asked);
        }
        self.settings.idle
    }

    /// How long to rest after a round that the storage did not let through.
    pub fn after_error(&mut self) -> Duration {
        self.pause()
    }

    fn pause(&mut self) -> Duration {
        let pause = self.settings.first_pause.saturating_mul(2_u32.saturating_pow(self.in_vain));
        self.in_vain = self.in_vain.saturating_add(1);
        pause.min(self.settings.longest_pause)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const IN_VAIN: Round = Round { taken: 1, delivered: 0, failed: 1, buried: 0, retry_after: None };

    #[test]
    fn pauses_grow_to_their_bound_and_no_further() {
        let mut pace = Pace::new(PaceSettings::default());
        let pauses: Vec<_> = (0..8).map(|_| pace.after(&IN_VAIN).as_secs()).collect();
        assert_eq!(pauses, [1, 2, 4, 8, 16, 32, 60, 60]);
        for _ in 0..200 {
            assert_eq!(pace.after_error(), Duration::from_mins(1));
        }
    }

    #[test]
    fn a_receiver_may_ask_for_more_up_to_a_bound() {
        let mut pace = Pace::new(PaceSettings::default());
        let asks = |seconds| Round { retry_after: Some(Duration::from_secs(seconds)), ..IN_VAIN };
        assert_eq!(pace.after(&asks(30)), Duration::from_secs(30));
        assert_eq!(pace.after(&asks(1)), Duration::from_secs(2), "it cannot ask for less");
        assert_eq!(pace.after(&asks(u64::MAX)), Duration::from_mins(10));
        let some = Round { delivered: 5, ..asks(7) };
        assert_eq!(pace.after(&some), Duration::from_secs(7), "also when something got through");
    }

    #[test]
    fn a_round_with_nothing_to_do_ends_no_pause() {
        let mut pace = Pace::new(PaceSettings::default());
        pace.after(&IN_VAIN);
        assert_eq!(pace.after(&Round::default()), Duration::from_secs(1));
        assert_eq!(pace.limit(), 1, "nobody has heard that the receiver is back");
    }
}
