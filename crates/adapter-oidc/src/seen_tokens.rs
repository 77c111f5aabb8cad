//! Tokens that this process has accepted once and must not accept again.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

/// How many are remembered. Only the provider can add one, so no stranger fills it.
const MAX_TOKENS: usize = 10_000;

/// The digests of the ids of tokens, each until the token is too old to be accepted.
#[derive(Debug, Default)]
pub(crate) struct SeenTokens(Mutex<BTreeMap<[u8; 32], Timestamp>>);

impl SeenTokens {
    /// Whether this id was not seen before; it is remembered until the given time. While too many are remembered, none is
    /// new.
    pub(crate) fn is_new(&self, id: &str, now: Timestamp, until: Timestamp) -> bool {
        let digest: [u8; 32] = Sha256::digest(id).into();
        let mut seen = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        seen.retain(|_, until| *until > now);
        if seen.len() >= MAX_TOKENS || seen.contains_key(&digest) {
            return false;
        }
        seen.insert(digest, until);
        true
    }
}

#[cfg(test)]
mod tests {
    use jiff::SignedDuration;

    use super::*;

    #[test]
    fn an_id_is_new_once_until_its_time_is_over() {
        let seen = SeenTokens::default();
        let now: Timestamp = "2026-01-05T09:00:00Z".parse().unwrap();
        let later = |minutes| now + SignedDuration::from_mins(minutes);
        assert!(seen.is_new("a", now, later(10)) && seen.is_new("b", now, later(10)));
        assert!(!seen.is_new("a", later(9), later(19)), "a repetition makes it no younger");
        assert!(seen.is_new("a", later(10), later(20)));
        for n in 0..MAX_TOKENS {
            seen.is_new(&n.to_string(), later(10), later(20));
        }
        assert!(!seen.is_new("c", later(10), later(20)), "it is full");
        assert!(seen.is_new("c", later(20), later(30)));
    }
}
