//! Limits how often one caller learns that another client has the same identification, e-mail address or
//! phone number.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::num::NonZeroU32;
use std::sync::{Mutex, MutexGuard, PoisonError};
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

/// How many met values of one caller are remembered. Every later meeting counts, whether or not the value is new.
const MAX_REMEMBERED: usize = 1_000;

/// How many times as many duplicates the checks of a caller's batches may meet in a day as its other commands.
const CHECKS: NonZeroU32 = NonZeroU32::MIN.saturating_add(19);

/// Limits and logs how often a caller meets duplicates.
///
/// A caller who creates a client with a passport number unavoidably learns whether the bank knows the number,
/// but needs that rarely. Each command that meets a duplicate, including dry runs, is logged with a keyed
/// hash of its caller. Each duplicate that the caller has not met today is counted: a form that is checked while it is
/// filled in, and a command that is repeated, reveal nothing new. A caller at the limit is refused further commands that
/// look for duplicates until the end of the bank's day.
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
    callers: HashMap<Hash, Count>,
    others: Count,
}

/// What one caller has met in a day.
#[derive(Default)]
struct Count {
    met: u32,
    remembered: HashSet<Hash>,
}

impl Counts {
    fn of(day: Date) -> Self {
        Self { day, callers: HashMap::new(), others: Count::default() }
    }

    /// The counts of this day; those of another day are forgotten.
    fn on(&mut self, today: &QuotaDay) -> &mut Self {
        if self.day != today.day {
            *self = Self::of(today.day);
        }
        self
    }

    fn met(&self, caller: Hash) -> u32 {
        let is_full = self.callers.len() >= MAX_CALLERS;
        let count = self.callers.get(&caller).or(is_full.then_some(&self.others));
        count.map_or(0, |count| count.met)
    }

    fn count_of(&mut self, caller: Hash) -> &mut Count {
        if self.callers.len() >= MAX_CALLERS && !self.callers.contains_key(&caller) {
            return &mut self.others;
        }
        self.callers.entry(caller).or_default()
    }
}

impl Count {
    /// Counts each of these that the caller has not met before.
    fn add(&mut self, met: &[Hash]) {
        for hash in met {
            let is_new = self.remembered.len() >= MAX_REMEMBERED || self.remembered.insert(*hash);
            self.met = self.met.saturating_add(u32::from(is_new));
        }
    }
}

/// What a command met: values of one kind that other clients have, or what it has in common with a client that looks alike.
pub(crate) struct Met {
    /// The kind, for the log.
    pub(crate) kind: &'static str,
    /// The values of the command; of a look-alike its key, and what the two have in common.
    pub(crate) values: BTreeSet<String>,
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

/// A keyed hash of a caller's subject, or of what was met.
type Hash = [u8; 8];

impl DuplicateQuota {
    /// The limit of each caller on one day; `None` means that duplicates are only logged. The key makes the
    /// hashes in the log: without it, a reader of the log cannot identify the callers.
    pub fn new(limit: Option<NonZeroU32>, key: [u8; 32]) -> Self {
        Self { limit, key, counts: Mutex::new(Counts::of(Date::ZERO)) }
    }

    /// A quota with counts of its own for the rows of batches that are checked: an honest list meets more duplicates than a
    /// person at a form does, and a check must not say of any number of people who is a client.
    pub(crate) fn of_checks(&self) -> Self {
        Self::new(self.limit.map(|limit| limit.saturating_mul(CHECKS)), self.key)
    }

    /// Sets every count to zero.
    pub(crate) fn forget(&self) {
        *self.lock() = Counts::of(Date::ZERO);
    }

    /// Refuses a caller who has reached the limit today.
    pub(crate) fn check(&self, caller: &Caller, today: &QuotaDay) -> Result<(), Error> {
        let Some(limit) = self.limit else { return Ok(()) };
        let met = self.lock().on(today).met(self.hash_of(caller));
        if met < limit.get() { Ok(()) } else { Err(limit_reached(limit, today)) }
    }

    /// Counts and logs duplicates or look-alikes. Of concurrent commands, those beyond the limit are refused.
    pub(crate) fn record(
        &self,
        caller: &Caller,
        today: &QuotaDay,
        met: &[Met],
        dry_run: bool,
    ) -> Result<(), Error> {
        let caller = self.hash_of(caller);
        let hashes: Vec<_> =
            met.iter().map(|met| self.hash(met.kind, met.values.iter().map(String::as_str))).collect();
        let (before, met_today) = {
            let mut counts = self.lock();
            let count = counts.on(today).count_of(caller);
            let before = count.met;
            count.add(&hashes);
            (before, count.met)
        };
        let (caller, kinds) = (u64::from_be_bytes(caller), met.iter().map(|met| met.kind));
        let kinds = kinds.collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ");
        tracing::info!(caller = format!("{caller:016x}"), %kinds, dry_run, met_today, "a command met a duplicate");
        match self.limit {
            Some(limit) if before >= limit.get() => Err(limit_reached(limit, today)),
            _ => Ok(()),
        }
    }

    fn lock(&self) -> MutexGuard<'_, Counts> {
        self.counts.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn hash_of(&self, caller: &Caller) -> Hash {
        self.hash("caller", [caller.actor.id.as_str()].into_iter())
    }

    /// A keyed hash. No text contains a NUL, so each is told from the next.
    fn hash<'a>(&self, kind: &str, texts: impl Iterator<Item = &'a str>) -> Hash {
        let mut digest = Sha256::new().chain_update(self.key).chain_update(kind);
        for text in texts {
            digest = digest.chain_update([0]).chain_update(text);
        }
        let digest = digest.finalize();
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

    fn record(quota: &DuplicateQuota, caller: &Caller, now: &QuotaDay, values: &[&str]) -> Result<(), Error> {
        let met = |value: &&str| Met { kind: ClaimKind::Email.name(), values: [(*value).to_owned()].into() };
        quota.record(caller, now, &values.iter().map(met).collect::<Vec<_>>(), true)
    }

    fn at(text: &str) -> QuotaDay {
        QuotaDay::of(&BankCalendar::utc(), text.parse().unwrap())
    }

    #[test]
    fn caller_at_the_limit_is_refused_until_the_next_day() {
        let (quota, now) = &(quota(2), at("2026-01-05T18:00:00Z"));
        for value in ["one", "two"] {
            quota.check(&caller(1), now).unwrap();
            record(quota, &caller(1), now, &[value]).unwrap();
        }
        let refused = quota.check(&caller(1), now).unwrap_err();
        let Error::DuplicateQuota { limit, retry_after } = refused else { panic!("{refused}") };
        assert_eq!((limit.get(), retry_after), (2, Duration::from_hours(6)));
        assert!(
            record(quota, &caller(1), now, &["three"]).is_err(),
            "concurrent commands cannot exceed the limit"
        );
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
        record(&quota, &caller(1), &last, &["one"]).unwrap();
        let refused = quota.check(&caller(1), &last).unwrap_err();
        let Error::DuplicateQuota { retry_after, .. } = refused else { panic!("{refused}") };
        assert_eq!(retry_after, Duration::from_secs(2), "it is not too early after it");
        quota.check(&caller(1), &first).unwrap();
    }

    #[test]
    fn callers_beyond_the_maximum_share_one_count() {
        let (quota, now) = &(quota(1), at("2026-01-05T18:00:00Z"));
        for n in 0..MAX_CALLERS {
            record(quota, &caller(n), now, &["one"]).unwrap();
        }
        record(quota, &caller(MAX_CALLERS), now, &["one"]).unwrap();
        assert!(quota.check(&caller(MAX_CALLERS + 1), now).is_err());
        assert_eq!(quota.counts.lock().unwrap().callers.len(), MAX_CALLERS);
    }

    #[test]
    fn nothing_is_refused_without_a_limit() {
        let (quota, now) = &(DuplicateQuota::default(), at("2026-01-05T18:00:00Z"));
        for n in 0..1_000 {
            record(quota, &caller(1), now, &[&n.to_string()]).unwrap();
        }
        quota.check(&caller(1), now).unwrap();
    }

    #[test]
    fn checks_of_batches_have_a_larger_quota_of_their_own() {
        let (quota, now) = (quota(2), at("2026-01-05T18:00:00Z"));
        let checks = quota.of_checks();
        let values: Vec<_> = (0..40).map(|n| n.to_string()).collect();
        for value in &values {
            checks.check(&caller(1), &now).unwrap();
            record(&checks, &caller(1), &now, &[value]).unwrap();
        }
        assert!(checks.check(&caller(1), &now).is_err());
        quota.check(&caller(1), &now).unwrap();
        assert_eq!(DuplicateQuota::default().of_checks().limit, None);
    }

    /// A form that is checked at every letter meets the same duplicate again and again.
    #[test]
    fn duplicate_that_was_met_before_does_not_count() {
        let (quota, now) = &(quota(3), at("2026-01-05T18:00:00Z"));
        for _ in 0..9 {
            record(quota, &caller(1), now, &["one"]).unwrap();
            record(quota, &caller(1), now, &["one", "two"]).unwrap();
        }
        quota.check(&caller(1), now).unwrap();
        record(quota, &caller(1), now, &["two", "three"]).unwrap();
        assert!(quota.check(&caller(1), now).is_err(), "a value that is met for the first time counts");
        assert!(quota.check(&caller(1), &at("2026-01-06T00:00:00Z")).is_ok(), "a new day remembers nothing");
    }

    #[test]
    fn what_is_remembered_of_a_caller_is_bounded() {
        let (quota, now) = &(quota(2_000), at("2026-01-05T18:00:00Z"));
        for n in 0..MAX_REMEMBERED {
            record(quota, &caller(1), now, &[&n.to_string()]).unwrap();
        }
        record(quota, &caller(1), now, &["0"]).unwrap();
        let counts = quota.counts.lock().unwrap();
        let count = counts.callers.values().next().unwrap();
        assert_eq!(
            (count.remembered.len(), count.met),
            (MAX_REMEMBERED, 1_001),
            "from then on each meeting counts"
        );
    }

    #[test]
    fn hashes_depend_on_the_key() {
        let hash = |key| DuplicateQuota::new(None, key).hash_of(&caller(1));
        assert_ne!(hash([1; 32]), hash([2; 32]));
    }
}
