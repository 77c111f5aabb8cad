//! How often one caller may learn that another client has the same paper, e-mail address or phone number.

use std::collections::{BTreeSet, HashMap};
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use client_domain::ClaimKind;
use jiff::Timestamp;
use jiff::civil::Date;
use jiff::tz::TimeZone;
use sha2::{Digest as _, Sha256};

use crate::{Caller, Error};

/// For how many callers a day there is a count of their own. All others share one, so that the counts stay bounded and
/// nobody gets more by being many.
const MAX_CALLERS: usize = 10_000;

/// Bounds and records how often a caller meets duplicates.
///
/// Whether a passport number is known to the bank is told to whoever creates a client with it: that cannot be helped. But
/// nobody needs to learn it hundreds of times a day. Each command that meets a duplicate, a dry run as well, is logged
/// with a keyed hash of its caller and counted; a caller who has met as many as the quota allows is refused further
/// commands that would look for duplicates until the day (UTC) is over.
///
/// The counts are those of this instance, and begin anew with it.
///
/// ```
/// use std::num::NonZeroU32;
///
/// use client_app::DuplicateQuota;
///
/// let quota = DuplicateQuota::new(NonZeroU32::new(50), [7; 32]);
/// assert_eq!(format!("{quota:?}"), "DuplicateQuota { limit: Some(50), .. }");
/// ```
pub struct DuplicateQuota {
    limit: Option<NonZeroU32>,
    key: [u8; 32],
    counts: Mutex<Counts>,
}

struct Counts {
    day: Date,
    callers: HashMap<CallerHash, u32>,
    others: u32,
}

/// A keyed hash of a caller's subject.
type CallerHash = [u8; 8];

impl DuplicateQuota {
    /// So many a day for each caller; none is no limit, and duplicates are logged all the same. The key makes the hashes
    /// in the log: a reader of the log who lacks it cannot find out whose they are.
    pub fn new(limit: Option<NonZeroU32>, key: [u8; 32]) -> Self {
        let counts = Counts { day: Date::ZERO, callers: HashMap::new(), others: 0 };
        Self { limit, key, counts: Mutex::new(counts) }
    }

    /// Refuses a caller who has met as many duplicates today as the quota allows.
    pub(crate) fn check(&self, caller: &Caller, now: Timestamp) -> Result<(), Error> {
        let Some(limit) = self.limit else { return Ok(()) };
        let met = self.with_count(caller, now, |count| *count);
        if met < limit.get() { Ok(()) } else { Err(used_up(limit, now)) }
    }

    /// Notes that a command met a duplicate. Of several at once, those beyond the quota are refused as if they had come
    /// later.
    pub(crate) fn note(
        &self,
        caller: &Caller,
        now: Timestamp,
        kinds: &BTreeSet<ClaimKind>,
        dry_run: bool,
    ) -> Result<(), Error> {
        let kinds = kinds.iter().map(|kind| kind.name()).collect::<Vec<_>>().join(" ");
        let hash = u64::from_be_bytes(self.hash(caller));
        let met = self.with_count(caller, now, |count| {
            *count = count.saturating_add(1);
            *count
        });
        tracing::info!(caller = format!("{hash:016x}"), %kinds, dry_run, met_today = met, "a command met a duplicate");
        match self.limit {
            Some(limit) if met > limit.get() => Err(used_up(limit, now)),
            _ => Ok(()),
        }
    }

    fn with_count<T>(&self, caller: &Caller, now: Timestamp, use_count: impl FnOnce(&mut u32) -> T) -> T {
        let hash = self.hash(caller);
        let day = now.to_zoned_datetime(TimeZone::UTC).date();
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.day != day {
            *counts = Counts { day, callers: HashMap::new(), others: 0 };
        }
        if counts.callers.len() >= MAX_CALLERS && !counts.callers.contains_key(&hash) {
            return use_count(&mut counts.others);
        }
        let counted = counts.callers.get(&hash).copied().unwrap_or_default();
        let mut count = counted;
        let result = use_count(&mut count);
        // A caller who has met none needs no entry.
        if count != counted {
            counts.callers.insert(hash, count);
        }
        result
    }

    fn hash(&self, caller: &Caller) -> CallerHash {
        let digest = Sha256::new().chain_update(self.key).chain_update(caller.actor.id.as_str()).finalize();
        std::array::from_fn(|at| digest.get(at).copied().unwrap_or_default())
    }
}

impl Default for DuplicateQuota {
    /// No limit.
    fn default() -> Self {
        Self::new(None, [0; 32])
    }
}

impl std::fmt::Debug for DuplicateQuota {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DuplicateQuota").field("limit", &self.limit).finish_non_exhaustive()
    }
}

fn used_up(limit: NonZeroU32, now: Timestamp) -> Error {
    const DAY: i64 = 86_400;
    let left = DAY - now.as_second().rem_euclid(DAY);
    Error::DuplicateQuota { limit, retry_after: Duration::from_secs(left.unsigned_abs()) }
}

#[cfg(test)]
mod tests {
    use client_domain::{Actor, Permissions};

    use super::*;

    fn caller(n: usize) -> Caller {
        Caller::new(Actor::parse(&format!("caller-{n}")).unwrap(), Permissions::all())
    }

    fn quota(limit: u32) -> DuplicateQuota {
        DuplicateQuota::new(NonZeroU32::new(limit), [1; 32])
    }

    fn note(quota: &DuplicateQuota, caller: &Caller, now: Timestamp) -> Result<(), Error> {
        quota.note(caller, now, &[ClaimKind::Email].into(), true)
    }

    fn at(text: &str) -> Timestamp {
        text.parse().unwrap()
    }

    #[test]
    fn a_caller_beyond_the_quota_waits_for_the_next_day_and_others_do_not() {
        let (quota, now) = (quota(2), at("2026-01-05T18:00:00Z"));
        for _ in 0..2 {
            quota.check(&caller(1), now).unwrap();
            note(&quota, &caller(1), now).unwrap();
        }
        let refused = quota.check(&caller(1), now).unwrap_err();
        let Error::DuplicateQuota { limit, retry_after } = refused else { panic!("{refused}") };
        assert_eq!((limit.get(), retry_after), (2, Duration::from_secs(6 * 3600)));
        assert!(note(&quota, &caller(1), now).is_err(), "several at once get no more");
        quota.check(&caller(2), now).unwrap();
        quota.check(&caller(1), at("2026-01-06T00:00:00Z")).unwrap();
    }

    #[test]
    fn counts_are_bounded_and_those_beyond_share_one() {
        let (quota, now) = (quota(1), at("2026-01-05T18:00:00Z"));
        for n in 0..MAX_CALLERS {
            note(&quota, &caller(n), now).unwrap();
        }
        note(&quota, &caller(MAX_CALLERS), now).unwrap();
        assert!(quota.check(&caller(MAX_CALLERS + 1), now).is_err());
        assert_eq!(quota.counts.lock().unwrap().callers.len(), MAX_CALLERS);
    }

    #[test]
    fn without_a_limit_everything_is_counted_and_nothing_refused() {
        let (quota, now) = (DuplicateQuota::default(), at("2026-01-05T18:00:00Z"));
        for _ in 0..1_000 {
            note(&quota, &caller(1), now).unwrap();
        }
        quota.check(&caller(1), now).unwrap();
    }

    #[test]
    fn hashes_depend_on_the_key() {
        let hash = |key| DuplicateQuota::new(None, key).hash(&caller(1));
        assert_ne!(hash([1; 32]), hash([2; 32]));
    }
}
