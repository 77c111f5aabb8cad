//! The latest positions of the primary.

use std::collections::VecDeque;

use client_app::ports::LogPosition;
use tokio::time::Instant;

/// How many positions are kept. A replica that is further behind is too old, whatever its age is.
pub(super) const MAX_KEPT: usize = 512;

/// The position with the numbers of columns.
pub(super) fn log_position(timeline: i64, position: i64) -> Option<LogPosition> {
    Some(LogPosition::new(timeline.try_into().ok()?, position.cast_unsigned()))
}

/// Positions of the primary on one timeline, each with the moment before it was asked for. Both only rise.
#[derive(Debug, Default)]
pub(super) struct Positions(VecDeque<(Instant, LogPosition)>);

impl Positions {
    /// Adds the newest one.
    pub(super) fn push(&mut self, asked: Instant, position: LogPosition) {
        if self.0.back().is_some_and(|(_, last)| !position.includes(*last)) {
            // Another server is the primary, and does not have everything that the former one had.
            self.0.clear();
        }
        if self.0.len() >= MAX_KEPT {
            self.0.pop_front();
        }
        self.0.push_back((asked, position));
    }

    /// The moment up to which everything that was committed is in a log that ends at this position.
    pub(super) fn complete_until(&self, replayed: LogPosition) -> Option<Instant> {
        // All of them are of one timeline.
        let within = self.0.partition_point(|(_, position)| replayed.includes(*position));
        self.0.get(within.checked_sub(1)?).map(|(asked, _)| *asked)
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn log_is_complete_until_the_newest_position_that_it_has() {
        let begin = Instant::now();
        let at = |seconds| begin + Duration::from_secs(seconds);
        let mut positions = Positions::default();
        let log = |number| LogPosition::new(1, number);
        assert_eq!(positions.complete_until(log(9)), None);
        for (seconds, position) in [(0, 10), (1, 20), (2, 20), (3, 30)] {
            positions.push(at(seconds), log(position));
        }
        for (replayed, complete) in [(9, None), (10, Some(0)), (19, Some(0)), (20, Some(2)), (35, Some(3))] {
            assert_eq!(positions.complete_until(log(replayed)), complete.map(at), "{replayed}");
        }
    }

    #[test]
    fn positions_of_a_former_primary_say_nothing() {
        let begin = Instant::now();
        let mut positions = Positions::default();
        let log = |number| LogPosition::new(1, number);
        positions.push(begin, log(90));
        positions.push(begin + Duration::from_secs(1), log(40));
        assert_eq!(positions.complete_until(log(39)), None);
        assert_eq!(positions.complete_until(log(95)), Some(begin + Duration::from_secs(1)));
    }

    #[test]
    fn log_of_another_timeline_is_never_complete() {
        let begin = Instant::now();
        let mut positions = Positions::default();
        positions.push(begin, LogPosition::new(1, 40));
        assert_eq!(positions.complete_until(LogPosition::new(2, 95)), None);
        let later = begin + Duration::from_secs(1);
        positions.push(later, LogPosition::new(2, 90));
        assert_eq!(positions.complete_until(LogPosition::new(1, 95)), None);
        assert_eq!(positions.complete_until(LogPosition::new(2, 50)), None);
        assert_eq!(positions.complete_until(LogPosition::new(2, 95)), Some(later));
    }

    #[test]
    fn oldest_position_is_dropped() {
        let begin = Instant::now();
        let mut positions = Positions::default();
        for number in 0..=MAX_KEPT as u64 {
            positions.push(begin + Duration::from_millis(number), LogPosition::new(1, number));
        }
        assert_eq!(positions.complete_until(LogPosition::new(1, 0)), None);
        assert_eq!(positions.complete_until(LogPosition::new(1, 1)), Some(begin + Duration::from_millis(1)));
    }
}
