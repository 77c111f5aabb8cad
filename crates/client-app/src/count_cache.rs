//! Counts that were just made.

use std::sync::{Mutex, PoisonError};

use client_domain::client::WorkKind;
use client_domain::search::Predicate;
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};

use crate::count_by::CountBy;
use crate::ports::count::Counted;

/// How long a count is answered again.
const KEPT: SignedDuration = SignedDuration::from_secs(10);
/// How many counts are kept; a further one takes the place of the oldest.
const MAX_KEPT: usize = 64;

/// What was counted. It has everything that the result depends on besides the clients, and with that what the caller may see.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct CountKey {
    pub(crate) predicate: Predicate,
    pub(crate) today: Date,
    pub(crate) by: CountBy,
    /// The kinds of items that the caller may see, where items are counted.
    pub(crate) kinds: Vec<WorkKind>,
}

/// The counts of this instance of the last ten seconds.
#[derive(Debug, Default)]
pub(crate) struct CountCache {
    kept: Mutex<Vec<Kept>>,
    /// Whether there are more clients than a search may read that no index serves, where they were counted.
    has_many: Mutex<Option<Many>>,
}

/// Whether there are many clients. There never are fewer than before.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Many {
    Yes,
    /// Few, until a client has a number greater than this.
    FewUpTo(u64),
}

#[derive(Debug)]
struct Kept {
    key: CountKey,
    at: Timestamp,
    counted: Counted,
}

impl Kept {
    /// Whether it is answered at this moment. A clock that was set back ends it.
    fn holds_at(&self, now: Timestamp) -> bool {
        self.at <= now && now.duration_since(self.at) < KEPT
    }
}

impl CountCache {
    /// The count of this, and when it was made.
    pub(crate) fn get(&self, key: &CountKey, now: Timestamp) -> Option<(Counted, Timestamp)> {
        let kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        let found = kept.iter().find(|one| one.holds_at(now) && one.key == *key)?;
        Some((found.counted.clone(), found.at))
    }

    /// Keeps a count that was begun at this moment.
    pub(crate) fn keep(&self, key: CountKey, at: Timestamp, counted: Counted) {
        let mut kept = self.kept.lock().unwrap_or_else(PoisonError::into_inner);
        // What was searched for may be personal, so it stays no longer than it is of use.
        kept.retain(|one| one.holds_at(at) && one.key != key);
        if kept.len() >= MAX_KEPT {
            kept.remove(0);
        }
        kept.push(Kept { key, at, counted });
    }

    /// Whether there are many clients, where that is known of a bank whose greatest number is this one.
    pub(crate) fn has_many(&self, greatest: Option<u64>) -> Option<bool> {
        match (*self.has_many.lock().unwrap_or_else(PoisonError::into_inner))? {
            Many::Yes => Some(true),
            Many::FewUpTo(number) => (greatest? <= number).then_some(false),
        }
    }

    pub(crate) fn keep_has_many(&self, has_many: Many) {
        *self.has_many.lock().unwrap_or_else(PoisonError::into_inner) = Some(has_many);
    }

    pub(crate) fn forget(&self) {
        self.kept.lock().unwrap_or_else(PoisonError::into_inner).clear();
        *self.has_many.lock().unwrap_or_else(PoisonError::into_inner) = None;
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use client_domain::ClientState;
    use client_domain::search::field;

    use super::*;
    use crate::ports::count::Group;

    fn counted(number: u64) -> Counted {
        Counted { groups: BTreeMap::from([(Group::State(ClientState::Active), number)]), is_complete: true }
    }

    fn key(city: &str, by: CountBy) -> CountKey {
        let predicate = field::CITY.equals(city).check().unwrap();
        CountKey { predicate, today: jiff::civil::date(2026, 1, 5), by, kinds: Vec::new() }
    }

    fn at(seconds: i64) -> Timestamp {
        Timestamp::from_second(1_767_600_000 + seconds).unwrap()
    }

    #[test]
    fn count_is_answered_again_for_ten_seconds() {
        let cache = CountCache::default();
        cache.keep(key("Ikeja", CountBy::State), at(0), counted(7));
        assert_eq!(cache.get(&key("Ikeja", CountBy::State), at(0)), Some((counted(7), at(0))));
        assert_eq!(cache.get(&key("Ikeja", CountBy::State), at(9)), Some((counted(7), at(0))));
        assert_eq!(cache.get(&key("Ikeja", CountBy::State), at(10)), None);
        assert_eq!(cache.get(&key("Ikeja", CountBy::State), at(-1)), None, "the clock was set back");
    }

    #[test]
    fn another_question_has_another_answer() {
        let cache = CountCache::default();
        cache.keep(key("Ikeja", CountBy::State), at(0), counted(7));
        let other_day = CountKey { today: jiff::civil::date(2026, 1, 6), ..key("Ikeja", CountBy::State) };
        let other_kinds = CountKey { kinds: vec![WorkKind::Approval], ..key("Ikeja", CountBy::State) };
        for other in [key("Lekki", CountBy::State), key("Ikeja", CountBy::Branch), other_day, other_kinds] {
            assert_eq!(cache.get(&other, at(1)), None);
        }
    }

    #[test]
    fn newest_counts_are_kept() {
        let cache = CountCache::default();
        for number in 0..=MAX_KEPT {
            cache.keep(key(&format!("City {number}"), CountBy::State), at(0), counted(1));
        }
        assert_eq!(cache.get(&key("City 0", CountBy::State), at(1)), None);
        assert!(cache.get(&key("City 1", CountBy::State), at(1)).is_some());
        cache.keep(key("Lekki", CountBy::State), at(60), counted(1));
        assert_eq!(cache.kept.lock().unwrap().len(), 1, "nothing is kept that is of no use");
    }
}
