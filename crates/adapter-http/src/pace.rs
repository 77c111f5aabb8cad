//! The least rate at which bytes have to move.

use std::time::Duration;

use tokio::time::Instant;

/// How long a sender or a reader may take before its rate counts: a mobile network pauses for seconds.
const GRACE: Duration = Duration::from_secs(5);

/// When the next byte has to move at the latest.
///
/// ```text
/// start + 5 s + bytes moved so far / least rate, and never after the end
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Pace {
    started: Instant,
    end: Instant,
    bytes_per_second: u32,
}

impl Pace {
    /// A transfer that begins now, must be over at `end`, and moves at least so many bytes each second on average.
    pub(crate) fn new(bytes_per_second: u32, end: Instant) -> Self {
        Self { started: Instant::now(), end, bytes_per_second: bytes_per_second.max(1) }
    }

    /// Until when the transfer may wait for more, after so many bytes.
    pub(crate) fn deadline(&self, moved: u64) -> Instant {
        let earned = Duration::from_secs(moved / u64::from(self.bytes_per_second));
        self.started.checked_add(GRACE + earned).map_or(self.end, |at| at.min(self.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bytes_earn_time_up_to_the_end() {
        let now = Instant::now();
        let after = |seconds| now + Duration::from_secs(seconds);
        let pace = Pace { started: now, end: after(60), bytes_per_second: 1000 };
        assert_eq!(pace.deadline(0), now + GRACE);
        assert_eq!(pace.deadline(10_000), now + GRACE + Duration::from_secs(10));
        assert_eq!(pace.deadline(u64::MAX), after(60));
    }
}
