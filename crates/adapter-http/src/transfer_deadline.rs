//! The minimum rate of a transfer.

use std::time::Duration;

use tokio::time::Instant;

/// How long a transfer may take before its rate counts: a mobile network pauses for seconds.
const GRACE: Duration = Duration::from_secs(5);

/// The deadline of the next byte of a body or a response.
///
/// ```text
/// start + 5 s + bytes transferred / minimum rate, and never after the end
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TransferDeadline {
    started: Instant,
    end: Instant,
    bytes_per_second: u32,
}

impl TransferDeadline {
    /// A transfer that begins now, must be over at `end`, and has at least this rate on average.
    pub(crate) fn new(bytes_per_second: u32, end: Instant) -> Self {
        Self { started: Instant::now(), end, bytes_per_second: bytes_per_second.max(1) }
    }

    /// The deadline of the next byte after `transferred` bytes.
    pub(crate) fn after(&self, transferred: u64) -> Instant {
        let earned = Duration::from_secs(transferred / u64::from(self.bytes_per_second));
        self.started.checked_add(GRACE + earned).map_or(self.end, |at| at.min(self.end))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_byte_extends_the_deadline_up_to_the_end() {
        let now = Instant::now();
        let in_seconds = |seconds| now + Duration::from_secs(seconds);
        let deadline = TransferDeadline { started: now, end: in_seconds(60), bytes_per_second: 1000 };
        assert_eq!(deadline.after(0), now + GRACE);
        assert_eq!(deadline.after(10_000), now + GRACE + Duration::from_secs(10));
        assert_eq!(deadline.after(u64::MAX), in_seconds(60));
    }
}
