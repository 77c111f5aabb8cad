//! The identity provider behind an issuer.

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use client_app::ports::{
    IdentityProvider, LogoutRefusal, SignInAnswer, SignInDemand, SignInRefusal, SignInSecrets, SignedIn,
    VerifiedLogout,
};
use token_verification::{Clock, Expectations, KeySource, Refresh, TokenVerifier};

use crate::code::CodeEndpoint;
use crate::metadata::{Metadata, ProviderError};
use crate::registration::Registration;
use crate::seen_tokens::SeenTokens;
use crate::{addresses, answer, id_token, logout_token};

/// The identity provider behind an issuer. What it says of itself is asked once, its keys again and again.
pub struct OpenIdProvider {
    registration: Registration,
    metadata: Metadata,
    code: CodeEndpoint,
    verifier: Arc<TokenVerifier>,
    clock: Clock,
    seen: SeenTokens,
}

impl OpenIdProvider {
    /// Asks the issuer for its endpoints and keys.
    ///
    /// # Errors
    ///
    /// It does not answer, names another issuer, or cannot do what is needed.
    pub async fn discover(registration: Registration, clock: Clock) -> Result<Self, ProviderError> {
        let metadata = Metadata::of(&registration.issuer).await?;
        let expected = Expectations {
            issuer: Some(registration.issuer.clone()),
            audience: Some(registration.client_id.clone()),
            max_lifetime: registration.max_lifetime,
            permissions: registration.permissions.clone(),
        };
        let keys = KeySource::jwks_address("jwks_uri", metadata.keys.url().as_str());
        let verifier = TokenVerifier::load(vec![keys], expected, clock.clone(), Refresh::default()).await?;
        let verifier = verifier.without_metric();
        let client =
            answer::client(&metadata.token).map_err(|_| ProviderError::NoDocument("TLS is not available"))?;
        let code = CodeEndpoint { client, url: metadata.token.url(), secret_in: metadata.secret_in };
        let seen = SeenTokens::default();
        Ok(Self { registration, metadata, code, verifier: Arc::new(verifier), clock, seen })
    }

    /// What verifies its tokens; the composition root reloads its keys.
    pub const fn verifier(&self) -> &Arc<TokenVerifier> {
        &self.verifier
    }

    /// Whether an answer is of this provider and not of another one that the browser was led to (RFC 9207).
    fn is_own(&self, answer: &SignInAnswer) -> bool {
        match &answer.issuer {
            Some(issuer) => *issuer == self.registration.issuer,
            None => !self.metadata.names_itself,
        }
    }
}

#[async_trait]
impl IdentityProvider for OpenIdProvider {
    fn sign_in_address(&self, secrets: &SignInSecrets, demand: SignInDemand) -> String {
        addresses::sign_in(&self.metadata.authorization, &self.registration, secrets, demand)
    }

    async fn redeem(
        &self,
        answer: &SignInAnswer,
        secrets: &SignInSecrets,
        demand: SignInDemand,
    ) -> Result<SignedIn, SignInRefusal> {
        if !self.is_own(answer) {
            return Err(SignInRefusal::Unproven("another_issuer"));
        }
        let token = self.code.redeem(&self.registration, &answer.code, &secrets.verifier).await?;
        let now = (self.clock)();
        id_token::person(&self.verifier, &self.registration, &token, &secrets.nonce, demand, now).await
    }

    fn sign_out_address(&self) -> Option<String> {
        let endpoint = self.metadata.end_session.as_ref()?;
        Some(addresses::sign_out(endpoint, &self.registration))
    }

    async fn verify_logout(&self, token: &str) -> Result<VerifiedLogout, LogoutRefusal> {
        let now = (self.clock)();
        logout_token::ended(&self.verifier, &self.seen, &self.registration.issuer, token, now).await
    }

    fn logout_done(&self, logout: &VerifiedLogout) {
        logout_token::remember(&self.seen, logout, (self.clock)());
    }
}

impl fmt::Debug for OpenIdProvider {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("OpenIdProvider").field("registration", &self.registration).finish_non_exhaustive()
    }
}
