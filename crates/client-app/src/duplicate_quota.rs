//! Limits how often one caller learns that another client has the same identification, e-mail address or
//! phone number.

use std::collections::HashMap;
use std::num::NonZeroU32;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use client_domain::BankCalendar;
use jiff::Timestamp;
use jiff::civil::Date;
use sha2::{Digest as _, Sha256};

use crate::caller::Caller;
use crate::error::Error;

/// How many callers have their own count on one day. All others share one count, so that memory is bounded
/// and many callers together gain nothing.
const MAX_CALLERS: usize = 10_000;

/// Limits and logs how often a caller meets duplicates.
///
/// A caller who creates a client with a passport number unavoidably learns whether the bank knows the number,
/// but needs that rarely. Each command that meets a duplicate, including dry runs, is logged with a keyed
/// hash of its caller and counted. A caller at the limit is refused further commands that look for duplicates
/// until the end of the bank's day.
///
/// Each instance has its own counts, which start at zero.
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

impl Counts {
    fn of(day: Date) -> Self {
        Self { day, callers: HashMap::new(), others: 0 }
    }
}

/// A moment, and the day of the bank that it belongs to.
pub(crate) struct QuotaDay {
    day: Date,
    /// The time until the day is over.
    left: Duration,
}

impl QuotaDay {
    pub(crate) fn of(calendar: &BankCalendar, now: Timestamp) -> Self {
        let day = calendar.day_of(now);
        let next = day.tomorrow().map_or(Timestamp::MAX, |next| calendar.first_moment(next));
        let left = next.duration_since(now).as_millis().unsigned_abs().div_ceil(1_000);
        Self { day, left: Duration::from_secs(u64::try_from(left).unwrap_or(u64::MAX)) }
    }
}

/// A keyed hash of a caller's subject.
type CallerHash = [u8; 8];

impl DuplicateQuota {
    /// The limit of each caller on one day; `None` means that duplicates are only logged. The key makes the
    /// hashes in the log: without it, a reader of the log cannot identify the callers.
    pub fn new(limit: Option<NonZeroU32>, key: [u8; 32]) -> Self {
        Self { limit, key, counts: Mutex::new(Counts::of(Date::ZERO)) }
    }

    /// Sets every count to zero.
    pub(crate) fn forget(&self) {
        *self.counts.lock().unwrap_or_else(PoisonError::into_inner) = Counts::of(Date::ZERO);
    }

    /// Refuses a caller who has reached the limit today.
    pub(crate) fn check(&self, caller: &Caller, today: &QuotaDay) -> Result<(), Error> {
        let Some(limit) = self.limit else { return Ok(()) };
        let met = self.with_count(caller, today, |count| *count);
        if met < limit.get() { Ok(()) } else { Err(limit_reached(limit, today)) }
    }

    /// Counts and logs a duplicate or a look-alike. Of concurrent commands, those beyond the limit are refused.
    pub(crate) fn record(
        &self,
        caller: &Caller,
        today: &QuotaDay,
        kinds: impl Iterator<Item = &'static str>,
        dry_run: bool,
    ) -> Result<(), Error> {
        let kinds = kinds.collect::<Vec<_>>().join(" ");
        let hash = u64::from_be_bytes(self.hash(caller));
        let met = self.with_count(caller, today, |count| {
            *count = count.saturating_add(1);
            *count
        });
        tracing::info!(caller = format!("{hash:016x}"), %kinds, dry_run, met_today = met, "a command met a duplicate");
        match self.limit {
            Some(limit) if met > limit.get() => Err(limit_reached(limit, today)),
            _ => Ok(()),
        }
    }

    fn with_count<T>(&self, caller: &Caller, today: &QuotaDay, use_count: impl FnOnce(&mut u32) -> T) -> T {
        let hash = self.hash(caller);
        let mut counts = self.counts.lock().unwrap_or_else(PoisonError::into_inner);
        if counts.day != today.day {
            *counts = Counts::of(today.day);
        }
        if counts.callers.len() >= MAX_CALLERS && !counts.callers.contains_key(&hash) {
            return use_count(&mut counts.others);
        }
        let counted = counts.callers.get(&hash).copied().unwrap_or_default();
        let mut count = counted;
        let result = use_count(&mut count);
        // A caller without duplicates needs no entry.
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
    /// Without a limit.
    fn default() -> Self {
        Self::new(None, [0; 32])
    }
}

impl std::fmt::Debug for DuplicateQuota {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("DuplicateQuota").field("limit", &self.limit).finish_non_exhaustive()
    }
}

fn limit_reached(limit: NonZeroU32, today: &QuotaDay) -> Error {
    Error::DuplicateQuota { limit, retry_after: today.left }
}

#[cfg(test)]
mod tests {
    use client_domain::ClaimKind;
    use client_domain::{Actor, Permissions};

    use super::*;

    fn caller(n: usize) -> Caller {
        Caller::new(Actor::parse(&format!("caller-{n}")).unwrap(), Permissions::all())
    }

    fn quota(limit: u32) -> DuplicateQuota {
        DuplicateQuota::new(NonZeroU32::new(limit), [1; 32])
    }

    fn record(quota: &DuplicateQuota, caller: &Caller, now: &QuotaDay) -> Result<(), Error> {
        quota.record(caller, now, [ClaimKind::Email.name()].into_iter(), true)
    }

    fn at(text: &str) -> QuotaDay {
        QuotaDay::of(&BankCalendar::utc(), text.parse().unwrap())
    }

    #[test]
    fn caller_at_the_limit_is_refused_until_the_next_day() {
        let (quota, now) = &(quota(2), at("2026-01-05T18:00:00Z"));
        for _ in 0..2 {
            quota.check(&caller(1), now).unwrap();
            record(quota, &caller(1), now).unwrap();
        }
        let refused = quota.check(&caller(1), now).unwrap_err();
        let Error::DuplicateQuota { limit, retry_after } = refused else { panic!("{refused}") };
        assert_eq!((limit.get(), retry_after), (2, Duration::from_hours(6)));
        assert!(record(quota, &caller(1), now).is_err(), "concurrent commands cannot exceed the limit");
        quota.check(&caller(2), now).unwrap();
        quota.check(&caller(1), &at("2026-01-06T00:00:00Z")).unwrap();
    }

    #[test]
    fn the_day_of_the_limit_is_the_day_of_the_bank() {
        let lagos = BankCalendar::new(jiff::tz::TimeZone::fixed(jiff::tz::offset(1)));
        let (last, first) =
            ("2026-01-05T22:59:58.5Z".parse().unwrap(), "2026-01-05T23:00:00Z".parse().unwrap());
        let quota = quota(1);
        let (last, first) = (QuotaDay::of(&lagos, last), QuotaDay::of(&lagos, first));
        record(&quota, &caller(1), &last).unwrap();
        let refused = quota.check(&caller(1), &last).unwrap_err();
        let Error::DuplicateQuota { retry_after, .. } = refused else { panic!("{refused}") };
        assert_eq!(retry_after, Duration::from_secs(2), "it is not too early after it");
        quota.check(&caller(1), &first).unwrap();
    }

    #[test]
    fn callers_beyond_the_maximum_share_one_count() {
        let (quota, now) = &(quota(1), at("2026-01-05T18:00:00Z"));
        for n in 0..MAX_CALLERS {
            record(quota, &caller(n), now).unwrap();
        }
        record(quota, &caller(MAX_CALLERS), now).unwrap();
        assert!(quota.check(&caller(MAX_CALLERS + 1), now).is_err());
        assert_eq!(quota.counts.lock().unwrap().callers.len(), MAX_CALLERS);
    }

    #[test]
    fn nothing_is_refused_without_a_limit() {
        let (quota, now) = &(DuplicateQuota::default(), at("2026-01-05T18:00:00Z"));
        for _ in 0..1_000 {
            record(quota, &caller(1), now).unwrap();
        }
        quota.check(&caller(1), now).unwrap();
    }

    #[test]
    fn hashes_depend_on_the_key() {
        let hash = |key| DuplicateQuota::new(None, key).hash(&caller(1));
        assert_ne!(hash([1; 32]), hash([2; 32]));
    }
}
