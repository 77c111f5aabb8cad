//! How often one caller may ask.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};

use client_domain::ActorId;
use client_wire::{Code, Failure};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::envelope::refusal;

/// Callers that are remembered before those with a full quota are looked for and forgotten.
const FIRST_SWEEP: usize = 1024;

/// A bucket per subject of a verified token, so that a proxy does not make one caller of all, and nobody can
/// fill the memory with invented names.
pub(crate) struct CallerRate {
    buckets: DefaultKeyedRateLimiter<String>,
    clock: DefaultClock,
    sweep_at: AtomicUsize,
}

impl CallerRate {
    pub(crate) fn new(per_second: NonZeroU32) -> Self {
        Self {
            buckets: RateLimiter::keyed(Quota::per_second(per_second)),
            clock: DefaultClock::default(),
            sweep_at: AtomicUsize::new(FIRST_SWEEP),
        }
    }

    /// Takes one request from the caller's bucket, or says when there will be one again.
    pub(crate) fn take(&self, caller: &ActorId) -> Result<(), Failure> {
        let taken = self.buckets.check_key(&caller.as_str().to_owned());
        self.sweep();
        taken.map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            let retry_after = u32::try_from(seconds.max(1)).ok();
            Failure { retry_after, ..refusal(Code::RateLimited) }
        })
    }

    /// Forgets callers whose bucket is full, each time the number has doubled: constant work per request.
    fn sweep(&self) {
        if self.buckets.len() >= self.sweep_at.load(Ordering::Relaxed) {
            self.buckets.retain_recent();
            self.sweep_at.store(FIRST_SWEEP.max(self.buckets.len() * 2), Ordering::Relaxed);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_caller_has_a_bucket_of_its_own() {
        let rate = CallerRate::new(NonZeroU32::new(2).unwrap());
        let (a, b) = (ActorId::parse("a").unwrap(), ActorId::parse("b").unwrap());
        assert!(rate.take(&a).is_ok() && rate.take(&a).is_ok());
        let failure = rate.take(&a).unwrap_err();
        assert_eq!((failure.status.http(), failure.retry_after), (429, Some(1)));
        assert!(rate.take(&b).is_ok());
    }

    #[test]
    fn callers_who_stay_away_are_forgotten() {
        let rate = CallerRate::new(NonZeroU32::new(1_000_000).unwrap());
        for n in 0..5 * FIRST_SWEEP {
            rate.take(&ActorId::parse(&n.to_string()).unwrap()).unwrap();
        }
        assert!(rate.buckets.len() <= FIRST_SWEEP + 1, "{}", rate.buckets.len());
    }
}
