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
///
/// A pause is not counted: then the other side waits for us.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TransferDeadline {
    started: Instant,
    end: Instant,
    bytes_per_second: u32,
    paused: Option<Instant>,
}

impl TransferDeadline {
    /// A transfer that begins now, must be over at `end`, and has at least this rate on average.
    pub(crate) fn new(bytes_per_second: u32, end: Instant) -> Self {
        Self { started: Instant::now(), end, bytes_per_second: bytes_per_second.max(1), paused: None }
    }

    /// From now on there is nothing to transfer.
    pub(crate) fn pause(&mut self) {
        self.paused.get_or_insert_with(Instant::now);
    }

    /// There is something to transfer again.
    pub(crate) fn resume(&mut self) {
        if let Some(since) = self.paused.take() {
            self.started += since.elapsed();
        }
    }

    /// The deadline of the next byte after `transferred` bytes.
    pub(crate) fn after(&self, transferred: u64) -> Instant {
        if self.paused.is_some() {
            return self.end;
        }
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
        let deadline =
            TransferDeadline { started: now, end: in_seconds(60), bytes_per_second: 1000, paused: None };
        assert_eq!(deadline.after(0), now + GRACE);
        assert_eq!(deadline.after(10_000), now + GRACE + Duration::from_secs(10));
        assert_eq!(deadline.after(u64::MAX), in_seconds(60));
    }

    #[test]
    fn pause_is_not_counted_and_does_not_move_the_end() {
        let now = Instant::now();
        let in_seconds = |seconds| now + Duration::from_secs(seconds);
        let mut deadline = TransferDeadline::new(1000, in_seconds(600));
        deadline.pause();
        assert_eq!(deadline.after(0), in_seconds(600));
        // As if it had begun a minute before, and half a minute of that were a pause.
        deadline.started -= Duration::from_mins(1);
        deadline.paused = deadline.paused.map(|since| since - Duration::from_secs(30));
        deadline.pause();
        deadline.resume();
        deadline.resume();
        let lateness = in_seconds(0).duration_since(deadline.after(0)).as_secs();
        assert!((24..=25).contains(&lateness), "{lateness} s");
    }
}
