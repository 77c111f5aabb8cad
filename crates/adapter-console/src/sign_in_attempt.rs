//! An attempt of a browser to sign in at the provider.

use client_app::jiff::{SignedDuration, Timestamp};
use client_app::ports::{SignInAttempt, SignInAttemptId, SignInDemand, SignInSecrets};
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use crate::hex::hex;

/// How long a person may take at the provider.
pub(crate) const TIME: SignedDuration = SignedDuration::from_mins(10);
/// The same in seconds, for the cookie.
pub(crate) const SECONDS: u32 = 10 * 60;

/// The secrets of the attempt of the browser with this value of its cookie.
///
/// They are derived from it, so nothing of them is stored, and an answer of the provider that comes with another cookie is
/// of another attempt. The value cannot be computed from any of them.
pub(crate) fn secrets(cookie: &str) -> SignInSecrets {
    let derived = |name: &str| {
        let digest = Sha256::new().chain_update(name).chain_update(" of ").chain_update(cookie).finalize();
        hex(&digest)
    };
    SignInSecrets { state: derived("state"), nonce: derived("nonce"), verifier: derived("verifier") }
}

/// What an attempt is for: which page comes after it, and what the provider must show.
#[derive(Clone, Debug, Default, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Purpose {
    /// The page of the console.
    pub(crate) page: String,
    /// The person who is signed in already and has to be the same.
    pub(crate) person: Option<String>,
    /// At most how many seconds ago the person must have given a proof.
    max_age: Option<i64>,
    anew: bool,
}

impl Purpose {
    /// A sign-in that leads to this page.
    pub(crate) fn new(page: &str, demand: SignInDemand) -> Self {
        let max_age = demand.max_age.map(|age| age.as_secs());
        Self { page: page.to_owned(), person: None, max_age, anew: demand.anew }
    }

    /// A sign-in of a person who is signed in already.
    pub(crate) fn of(self, person: &str) -> Self {
        Self { person: Some(person.to_owned()), ..self }
    }

    /// What the provider must show.
    pub(crate) fn demand(&self) -> SignInDemand {
        SignInDemand { max_age: self.max_age.map(SignedDuration::from_secs), anew: self.anew }
    }

    /// The attempt with these secrets, begun now.
    pub(crate) fn attempt(&self, secrets: &SignInSecrets, now: Timestamp) -> SignInAttempt {
        SignInAttempt {
            id: SignInAttemptId::of_state(&secrets.state),
            data: serde_json::to_vec(self).unwrap_or_default(),
            ends_at: now.saturating_add(TIME).unwrap_or(now),
        }
    }

    /// The purpose of an attempt that was stored.
    pub(crate) fn of_attempt(attempt: &SignInAttempt) -> Option<Self> {
        serde_json::from_slice(&attempt.data).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_secrets_belong_to_one_cookie_and_are_not_stored() {
        let (one, other) = (secrets("a"), secrets("b"));
        let all = [&one.state, &one.nonce, &one.verifier, &other.state, &other.nonce, &other.verifier];
        assert!(all.iter().all(|text| text.len() == 64), "43 to 128 letters and digits are a verifier");
        let distinct: std::collections::BTreeSet<_> = all.iter().collect();
        assert_eq!((distinct.len(), secrets("a")), (6, one.clone()));
        let demand = SignInDemand { max_age: Some(SignedDuration::from_mins(5)), anew: true };
        let purpose = Purpose::new("/console/queue", demand).of("maker");
        let attempt = purpose.attempt(&one, Timestamp::UNIX_EPOCH);
        assert_eq!(Purpose::of_attempt(&attempt), Some(purpose.clone()));
        assert_eq!((purpose.demand(), attempt.ends_at.as_second()), (demand, i64::from(SECONDS)));
        let stored = String::from_utf8(attempt.data).unwrap();
        assert!(all.iter().all(|text| !stored.contains(text.as_str())), "{stored}");
    }
}
