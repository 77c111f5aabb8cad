//! The identity provider of the bank.

use std::fmt;

use async_trait::async_trait;
use jiff::{SignedDuration, Timestamp};

use crate::caller::Caller;
use crate::ports::sessions::{ProviderLogout, ProviderSession};

/// The identity provider of the bank, which knows the people who work with a browser.
///
/// An adapter promises:
///
/// - a person is named only if the provider has said so itself, now, to this program and for this attempt;
/// - a person is the same caller, with the same permissions, as in a token of the same provider with the same claims;
/// - a refusal holds words of this program, and nothing that the provider or the browser has sent.
#[async_trait]
pub trait IdentityProvider: Send + Sync {
    /// Whether the provider answered when it was last asked. It may be away, and come back by itself.
    fn is_reached(&self) -> bool;

    /// The address at the provider to which a browser is sent to sign in; none while the provider has never been reached.
    fn sign_in_address(&self, secrets: &SignInSecrets, demand: SignInDemand)
    -> Result<String, SignInRefusal>;

    /// The person whom the answer of the provider names.
    ///
    /// The answer can be redeemed once. After an error the person begins again.
    async fn redeem(
        &self,
        answer: &SignInAnswer,
        secrets: &SignInSecrets,
        demand: SignInDemand,
    ) -> Result<SignedIn, SignInRefusal>;

    /// The address at the provider to which a browser is sent to sign out there too, if the provider has one.
    fn sign_out_address(&self) -> Option<String>;

    /// What a logout token of the provider ends. A token whose logout [is done](Self::logout_done) is refused while it
    /// could be accepted.
    async fn verify_logout(&self, token: &str) -> Result<VerifiedLogout, LogoutRefusal>;

    /// Records that the sessions of a logout have ended. Until then the provider may send its token again.
    fn logout_done(&self, logout: &VerifiedLogout);
}

/// What a logout token ends, and which token it is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VerifiedLogout {
    /// The sessions.
    pub ends: ProviderLogout,
    /// The id of the token (`jti`).
    pub id: String,
}

/// The unguessable texts of one attempt to sign in: only the browser that began it and this program know all of them.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInSecrets {
    /// Comes back with the answer of the provider, and finds the attempt.
    pub state: String,
    /// Comes back in the signed token, so that a token of another attempt is not accepted.
    pub nonce: String,
    /// Proves that the program that redeems an answer has begun the attempt (PKCE): 43 to 128 letters and digits.
    pub verifier: String,
}

impl fmt::Debug for SignInSecrets {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignInSecrets(..)")
    }
}

/// How recently the provider must have asked the person for a proof. By default it may be long ago.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SignInDemand {
    /// Not longer ago than this.
    pub max_age: Option<SignedDuration>,
    /// The provider asks again, even if it has just asked.
    pub anew: bool,
}

/// What the browser brings from the provider.
#[derive(Clone, PartialEq, Eq)]
pub struct SignInAnswer {
    /// Stands for the person, once.
    pub code: String,
    /// The provider that says so itself (RFC 9207).
    pub issuer: Option<String>,
}

impl fmt::Debug for SignInAnswer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SignInAnswer(..)")
    }
}

/// A person whom the provider has named.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignedIn {
    /// The person, with its permissions.
    pub caller: Caller,
    /// When the person gave a proof, if the provider says so.
    pub authenticated_at: Option<Timestamp>,
    /// What the provider knows the session as.
    pub session: ProviderSession,
}

/// Why an answer names no person. The words are for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SignInRefusal {
    /// The provider gives no answer that can be used.
    #[error("the identity provider is unavailable: {0}")]
    Unavailable(&'static str),
    /// The answer has been redeemed before, or is too old, or is of another provider's making.
    #[error("the answer cannot be redeemed: {0}")]
    Spent(&'static str),
    /// What the provider says is no proof of a person.
    #[error("nothing is proven: {0}")]
    Unproven(&'static str),
    /// The person gave a proof too long ago, or the provider does not say when.
    #[error("the proof is not recent enough: {0}")]
    NotRecent(&'static str),
}

/// Why a logout token ends nothing, for the log.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("the logout token is refused: {0}")]
pub struct LogoutRefusal(pub &'static str);

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn debug_output_holds_no_secret() {
        let secrets = SignInSecrets {
            state: "marker".to_owned(),
            nonce: "marker".to_owned(),
            verifier: "marker".to_owned(),
        };
        let answer = SignInAnswer { code: "marker".to_owned(), issuer: None };
        assert!(!format!("{secrets:?}{answer:?}").contains("marker"));
    }
}
