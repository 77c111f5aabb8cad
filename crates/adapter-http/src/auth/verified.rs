use std::fmt;
use std::sync::Arc;

use client_app::Caller;
use quick_cache::sync::Cache;
use sha2::{Digest as _, Sha256};

use super::claims::Validity;
use super::keys::VerificationKey;

/// How many tokens are remembered at most; those used least are forgotten first.
const MOST: usize = 4_096;

/// What was found out about a token whose signature is right.
#[derive(Clone)]
pub(super) struct Verified {
    /// The key that it was verified by.
    pub(super) key: Arc<VerificationKey>,
    pub(super) kid: Option<String>,
    pub(super) validity: Validity,
    pub(super) caller: Caller,
}

/// Tokens that were verified, by their SHA-256, so that none of them can be read from here.
///
/// Only who has a token that is good can put one in.
pub(super) struct VerifiedTokens(Cache<[u8; 32], Verified>);

impl VerifiedTokens {
    pub(super) fn new() -> Self {
        Self(Cache::new(MOST))
    }

    pub(super) fn get(&self, token: &str) -> Option<Verified> {
        self.0.get(&digest(token))
    }

    pub(super) fn put(&self, token: &str, verified: Verified) {
        self.0.insert(digest(token), verified);
    }
}

impl fmt::Debug for VerifiedTokens {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("VerifiedTokens").field(&self.0.len()).finish()
    }
}

fn digest(token: &str) -> [u8; 32] {
    Sha256::digest(token).into()
}
