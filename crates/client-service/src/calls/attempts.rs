//! How often a request is tried, and how long is waited in between.

use std::time::Duration;

/// How often a request is sent at most.
const ATTEMPTS: u32 = 4;
/// The longest time before the next attempt, whatever the service asks for.
const LONGEST: Duration = Duration::from_secs(20);

/// The attempts of one request.
#[derive(Debug, Default)]
pub(super) struct Attempts {
    made: u32,
}

impl Attempts {
    /// How long to wait before the next attempt; none if there is no next one. The time is what the service has asked for, else
    /// it doubles.
    pub(super) fn next(&mut self, retry_after: Option<u64>) -> Option<Duration> {
        self.made += 1;
        let doubled = Duration::from_millis(150 << self.made);
        let wait = retry_after.map_or(doubled, Duration::from_secs);
        (self.made < ATTEMPTS).then_some(wait.min(LONGEST))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attempts_end_and_waits_are_bounded() {
        let mut attempts = Attempts::default();
        assert_eq!(attempts.next(None), Some(Duration::from_millis(300)));
        assert_eq!(attempts.next(Some(3)), Some(Duration::from_secs(3)));
        assert_eq!(attempts.next(Some(86_400)), Some(LONGEST));
        assert_eq!(attempts.next(None), None);
    }
}
