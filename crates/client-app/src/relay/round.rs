//! The result of one round of a relay.

use std::time::Duration;

use crate::ports::outbox::Verdict;

/// The result of a round.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Round {
    /// How many events were taken.
    pub taken: usize,
    /// How many events were delivered.
    pub delivered: u64,
    /// How many attempts failed.
    pub failed: u64,
    /// How many events became dead letters.
    pub dead_lettered: u64,
    /// The delay that the receiver asks for.
    pub retry_after: Option<Duration>,
}

impl Round {
    /// Adds what was done for one client.
    pub(super) fn add(&mut self, other: Self) {
        self.delivered += other.delivered;
        self.failed += other.failed;
        self.dead_lettered += other.dead_lettered;
        self.retry_after = self.retry_after.max(other.retry_after);
    }

    pub(super) const fn count(&mut self, verdict: Verdict) {
        match verdict {
            Verdict::Delivered { .. } => self.delivered += 1,
            Verdict::Postponed { .. } => self.failed += 1,
            Verdict::DeadLettered { .. } => {
                self.failed += 1;
                self.dead_lettered += 1;
            }
            Verdict::Released => {}
        }
    }
}
