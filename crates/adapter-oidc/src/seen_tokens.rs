//! Logout tokens whose sessions have ended, so that they are not accepted again.

use std::collections::BTreeMap;
use std::sync::{Mutex, MutexGuard, PoisonError};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

/// How many are remembered. Only the provider can add one, so no stranger fills it. Beyond it the oldest is forgotten: that a
/// token ends sessions a second time does less harm than that it ends none.
const MAX_TOKENS: usize = 10_000;

/// The digests of the ids of tokens, each until the token is too old to be accepted.
#[derive(Debug, Default)]
pub(crate) struct SeenTokens(Mutex<BTreeMap<[u8; 32], Timestamp>>);

impl SeenTokens {
    /// Whether this id is remembered.
    pub(crate) fn contains(&self, id: &str, now: Timestamp) -> bool {
        self.lock().get(&digest(id)).is_some_and(|until| *until > now)
    }

    /// Remembers this id until the given time.
    pub(crate) fn add(&self, id: &str, now: Timestamp, until: Timestamp) {
        let mut seen = self.lock();
        seen.retain(|_, until| *until > now);
        if seen.len() >= MAX_TOKENS {
            let oldest = seen.iter().min_by_key(|(_, until)| **until).map(|(digest, _)| *digest);
            seen.retain(|digest, _| Some(*digest) != oldest);
        }
        seen.insert(digest(id), until);
    }

    fn lock(&self) -> MutexGuard<'_, BTreeMap<[u8; 32], Timestamp>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

fn digest(id: &str) -> [u8; 32] {
    Sha256::digest(id).into()
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn an_id_is_remembered_until_its_time_is_over() {
        let seen = SeenTokens::default();
        let now: Timestamp = "2026-01-05T09:00:00Z".parse().unwrap();
        let later = |minutes| now + SignedDuration::from_mins(minutes);
        assert!(!seen.contains("a", now));
        seen.add("a", now, later(10));
        assert!(seen.contains("a", later(9)) && !seen.contains("b", later(9)));
        assert!(!seen.contains("a", later(10)));
    }

    #[test]
    fn the_oldest_is_forgotten_where_there_are_too_many() {
        let seen = SeenTokens::default();
        let now: Timestamp = "2026-01-05T09:00:00Z".parse().unwrap();
        for n in (0_i64..).take(MAX_TOKENS + 1) {
            seen.add(&n.to_string(), now, now + SignedDuration::from_secs(600 + n));
        }
        assert!(!seen.contains("0", now) && seen.contains("1", now));
        assert!(seen.contains(&MAX_TOKENS.to_string(), now));
        assert_eq!(seen.lock().len(), MAX_TOKENS);
    }
}
