//! The latest positions of the primary.

use std::collections::VecDeque;

use client_app::ports::LogPosition;
use tokio::time::Instant;

/// How many positions are kept. A replica that is further behind is too old, whatever its age is.
const MAX_KEPT: usize = 512;

/// Positions of the primary, each with the moment before it was asked for. Both only rise.
#[derive(Debug, Default)]
pub(super) struct Positions(VecDeque<(Instant, LogPosition)>);

impl Positions {
    /// Adds the newest one.
    pub(super) fn push(&mut self, asked: Instant, position: LogPosition) {
        if self.0.back().is_some_and(|(_, last)| *last > position) {
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
        let within = self.0.partition_point(|(_, position)| *position <= replayed);
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
        assert_eq!(positions.complete_until(LogPosition::new(9)), None);
        for (seconds, position) in [(0, 10), (1, 20), (2, 20), (3, 30)] {
            positions.push(at(seconds), LogPosition::new(position));
        }
        for (replayed, complete) in [(9, None), (10, Some(0)), (19, Some(0)), (20, Some(2)), (35, Some(3))] {
            assert_eq!(positions.complete_until(LogPosition::new(replayed)), complete.map(at), "{replayed}");
        }
    }

    #[test]
    fn positions_of_a_former_primary_say_nothing() {
        let begin = Instant::now();
        let mut positions = Positions::default();
        positions.push(begin, LogPosition::new(90));
        positions.push(begin + Duration::from_secs(1), LogPosition::new(40));
        assert_eq!(positions.complete_until(LogPosition::new(39)), None);
        assert_eq!(positions.complete_until(LogPosition::new(95)), Some(begin + Duration::from_secs(1)));
    }

    #[test]
    fn oldest_position_is_dropped() {
        let begin = Instant::now();
        let mut positions = Positions::default();
        for number in 0..=MAX_KEPT as u64 {
            positions.push(begin + Duration::from_millis(number), LogPosition::new(number));
        }
        assert_eq!(positions.complete_until(LogPosition::new(0)), None);
        assert_eq!(positions.complete_until(LogPosition::new(1)), Some(begin + Duration::from_millis(1)));
    }
}
