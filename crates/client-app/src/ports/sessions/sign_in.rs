use std::fmt;

use jiff::Timestamp;
use sha2::{Digest as _, Sha256};

/// The id of an attempt to sign in: the SHA-256 of the `state` of the request to the provider.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct SignInAttemptId(pub [u8; 32]);

impl SignInAttemptId {
    /// The id of the attempt with this `state`.
    pub fn of_state(state: &str) -> Self {
        Self(Sha256::digest(state).into())
    }
}

impl fmt::Debug for SignInAttemptId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignInAttemptId(..)")
    }
}

/// An attempt to sign in, which waits for the answer of the provider.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInAttempt {
    /// What finds it.
    pub id: SignInAttemptId,
    /// What finishes it, in a form of its program: the nonce, the verifier of PKCE, the page to go back to.
    pub data: Vec<u8>,
    /// When it is too late to finish it.
    pub ends_at: Timestamp,
}

impl fmt::Debug for SignInAttempt {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SignInAttempt").field("ends_at", &self.ends_at).finish_non_exhaustive()
    }
}
