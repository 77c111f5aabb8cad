//! How many requests per second one caller may send.

use std::num::NonZeroU32;
use std::sync::atomic::{AtomicUsize, Ordering};

use client_domain::ActorId;
use client_wire::{Code, Failure};
use governor::clock::{Clock, DefaultClock};
use governor::{DefaultKeyedRateLimiter, Quota, RateLimiter};

use crate::envelope::failure_of;

/// How many buckets are kept before full ones are removed.
const FIRST_SWEEP: usize = 1024;

/// A token bucket for each subject of a verified token. An address would make one caller of all behind a proxy, and
/// unverified names could fill the memory.
pub(crate) struct RateLimit {
    buckets: DefaultKeyedRateLimiter<String>,
    clock: DefaultClock,
    sweep_at: AtomicUsize,
}

impl RateLimit {
    pub(crate) fn new(per_second: NonZeroU32) -> Self {
        Self {
            buckets: RateLimiter::keyed(Quota::per_second(per_second)),
            clock: DefaultClock::default(),
            sweep_at: AtomicUsize::new(FIRST_SWEEP),
        }
    }

    /// Takes one request from the bucket of the caller; the failure says when the next request is allowed.
    pub(crate) fn take(&self, caller: &ActorId) -> Result<(), Failure> {
        let taken = self.buckets.check_key(&caller.as_str().to_owned());
        self.sweep();
        taken.map_err(|until| {
            let wait = until.wait_time_from(self.clock.now());
            let seconds = wait.as_secs() + u64::from(wait.subsec_nanos() > 0);
            let retry_after = u32::try_from(seconds.max(1)).ok();
            Failure { retry_after, ..failure_of(Code::RateLimited) }
        })
    }

    /// Removes full buckets each time their number has doubled: constant cost per request.
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
    fn caller_without_tokens_gets_retry_after_and_others_are_not_limited() {
        let limit = RateLimit::new(NonZeroU32::new(2).unwrap());
        let (a, b) = (ActorId::parse("a").unwrap(), ActorId::parse("b").unwrap());
        assert!(limit.take(&a).is_ok() && limit.take(&a).is_ok());
        let failure = limit.take(&a).unwrap_err();
        assert_eq!((failure.status.http(), failure.retry_after), (429, Some(1)));
        assert!(limit.take(&b).is_ok());
    }

    #[test]
    fn full_buckets_are_removed() {
        let limit = RateLimit::new(NonZeroU32::new(1_000_000).unwrap());
        for n in 0..5 * FIRST_SWEEP {
            limit.take(&ActorId::parse(&n.to_string()).unwrap()).unwrap();
        }
        assert!(limit.buckets.len() <= FIRST_SWEEP + 1, "{}", limit.buckets.len());
    }
}
