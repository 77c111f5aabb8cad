use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::ports::outbox::EventId;

/// The delays after failed attempts. After the last one, the event becomes a dead letter.
///
/// The default is the schedule that Standard Webhooks recommends: ten attempts over some three days.
///
/// ```
/// use std::time::Duration;
///
/// use client_app::ports::EventId;
/// use client_app::relay::RetrySchedule;
///
/// let schedule = RetrySchedule::default();
/// let event = EventId::from_bits(7);
/// let wait = schedule.after(2, &event).unwrap();
/// assert!(Duration::from_mins(5) <= wait && wait < Duration::from_mins(6));
/// assert_eq!(schedule.after(2, &event), Some(wait), "the delay depends on event and attempt only");
/// assert_eq!(schedule.after(10, &event), None, "the tenth attempt was the last");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RetrySchedule(Vec<Duration>);

impl RetrySchedule {
    /// The delays after the first failure, the second, and so on.
    pub const fn new(waits: Vec<Duration>) -> Self {
        Self(waits)
    }

    /// The delays of the default for this many attempts in all; from the tenth on, the last delay again and again.
    ///
    /// ```
    /// use client_app::ports::EventId;
    /// use client_app::relay::RetrySchedule;
    ///
    /// let event = EventId::from_bits(7);
    /// assert_eq!(RetrySchedule::of_attempts(1).after(1, &event), None, "the only attempt");
    /// let schedule = RetrySchedule::of_attempts(12);
    /// assert!(schedule.after(11, &event).is_some());
    /// assert_eq!(schedule.after(12, &event), None);
    /// assert_eq!(RetrySchedule::of_attempts(10), RetrySchedule::default());
    /// ```
    pub fn of_attempts(attempts: u32) -> Self {
        let Self(waits) = Self::default();
        let last = waits.last().copied().unwrap_or_default();
        let further = attempts.saturating_sub(1);
        Self(waits.into_iter().chain(std::iter::repeat(last)).take(further as usize).collect())
    }

    /// The delay after this many failures; `None` after the last attempt.
    ///
    /// Up to a fifth is added, so that events that failed together are not retried together. The addition is derived from
    /// the event and the attempt, so it is not random.
    pub fn after(&self, failures: u32, event: &EventId) -> Option<Duration> {
        let at = usize::try_from(failures.checked_sub(1)?).ok()?;
        let wait = *self.0.get(at)?;
        let digest =
            Sha256::new().chain_update(event.as_str()).chain_update(failures.to_be_bytes()).finalize();
        let fraction = f64::from(digest.first().copied().unwrap_or_default()) / 256.0;
        Some(wait.mul_f64(1.0 + fraction / 5.0))
    }
}

impl Default for RetrySchedule {
    fn default() -> Self {
        let hours = |hours: u64| Duration::from_hours(hours);
        Self(vec![
            Duration::from_secs(5),
            Duration::from_mins(5),
            Duration::from_mins(30),
            hours(2),
            hours(5),
            hours(10),
            hours(14),
            hours(20),
            hours(24),
        ])
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    #[test]
    fn delays_are_spread_over_at_most_a_fifth() {
        let schedule = RetrySchedule::default();
        for failures in 1..=9 {
            let base = schedule.0[failures as usize - 1];
            let waits: BTreeSet<_> =
                (0..100).map(|n| schedule.after(failures, &EventId::from_bits(n)).unwrap()).collect();
            assert!(waits.iter().all(|wait| (base..base.mul_f64(1.2)).contains(wait)), "{waits:?}");
            assert!(waits.len() > 50, "they are spread: {waits:?}");
        }
    }

    #[test]
    fn schedule_ends_with_a_dead_letter() {
        let event = EventId::from_bits(1);
        assert_eq!(RetrySchedule::new(Vec::new()).after(1, &event), None);
        assert_eq!(RetrySchedule::default().after(0, &event), None, "no delay without a failure");
        assert_eq!(RetrySchedule::default().after(u32::MAX, &event), None);
    }
}
