//! Tokens that were verified before.

use std::fmt;
use std::sync::Arc;

use client_app::Caller;
use quick_cache::sync::Cache;
use sha2::{Digest as _, Sha256};

use crate::claims::Validity;
use crate::keys::VerificationKey;

/// How many tokens are cached.
const MAX_TOKENS: usize = 4_096;

/// The result of a verified signature.
#[derive(Clone)]
pub(crate) struct Verified {
    /// The key that verified it.
    pub(crate) key: Arc<VerificationKey>,
    pub(crate) kid: Option<String>,
    pub(crate) validity: Validity,
    pub(crate) caller: Caller,
}

/// Verified tokens by their SHA-256, so that no token can be read from the cache.
///
/// Only an accepted token is added.
pub(crate) struct VerifiedTokens(Cache<[u8; 32], Verified>);

impl VerifiedTokens {
    pub(crate) fn new() -> Self {
        Self(Cache::new(MAX_TOKENS))
    }

    pub(crate) fn get(&self, token: &str) -> Option<Verified> {
        self.0.get(&digest(token))
    }

    pub(crate) fn put(&self, token: &str, verified: Verified) {
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
