use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::ports::EventId;

/// How long to wait after each attempt that failed; when the list is at its end, the event becomes a dead letter.
///
/// The default is the schedule that Standard Webhooks recommends: ten attempts over some three days.
///
/// ```
/// use std::time::Duration;
///
/// use client_app::ports::EventId;
/// use client_app::relay::BackOff;
///
/// let back_off = BackOff::default();
/// let event = EventId::from_bits(7);
/// let wait = back_off.after(2, &event).unwrap();
/// assert!(Duration::from_mins(5) <= wait && wait < Duration::from_mins(6));
/// assert_eq!(back_off.after(2, &event), Some(wait), "the same event waits as long in every run");
/// assert_eq!(back_off.after(10, &event), None, "the tenth attempt was the last");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackOff(Vec<Duration>);

impl BackOff {
    /// Waits as long as `waits` says after the first failure, the second, and so on.
    pub const fn new(waits: Vec<Duration>) -> Self {
        Self(waits)
    }

    /// How long to wait after so many failures; nothing if there have been enough.
    ///
    /// Up to a fifth is added, so that what has failed together is not tried again together. How much follows
    /// from the event and the attempt, so that there is no chance in it.
    pub fn after(&self, failures: u32, event: &EventId) -> Option<Duration> {
        let at = usize::try_from(failures.checked_sub(1)?).ok()?;
        let wait = *self.0.get(at)?;
        let digest =
            Sha256::new().chain_update(event.as_str()).chain_update(failures.to_be_bytes()).finalize();
        let fraction = f64::from(digest.first().copied().unwrap_or_default()) / 256.0;
        Some(wait.mul_f64(1.0 + fraction / 5.0))
    }
}

impl Default for BackOff {
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
    fn every_wait_is_its_own_and_at_most_a_fifth_more() {
        let back_off = BackOff::default();
        for failures in 1..=9 {
            let least = back_off.0[failures as usize - 1];
            let waits: BTreeSet<_> =
                (0..100).map(|n| back_off.after(failures, &EventId::from_bits(n)).unwrap()).collect();
            assert!(waits.iter().all(|wait| (least..least.mul_f64(1.2)).contains(wait)), "{waits:?}");
            assert!(waits.len() > 50, "they are spread: {waits:?}");
        }
    }

    #[test]
    fn the_list_ends_with_a_dead_letter() {
        let event = EventId::from_bits(1);
        assert_eq!(BackOff::new(Vec::new()).after(1, &event), None);
        assert_eq!(
            BackOff::default().after(0, &event),
            None,
            "nothing has failed, so there is nothing to wait for"
        );
        assert_eq!(BackOff::default().after(u32::MAX, &event), None);
    }
}
