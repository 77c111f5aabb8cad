//! The discovery document of the provider, and what follows from it.

use std::sync::Arc;

use token_verification::{Clock, Expectations, KeySource, PermissionClaims, Refresh, TokenVerifier};

use crate::answer;
use crate::code::CodeEndpoint;
use crate::metadata::{Metadata, ProviderError};
use crate::registration::Registration;

/// The discovery document, with a client for its endpoint for codes and a verifier with its keys.
pub(crate) struct Discovered {
    pub(crate) metadata: Metadata,
    pub(crate) code: CodeEndpoint,
    pub(crate) verifier: Arc<TokenVerifier>,
}

impl Discovered {
    /// Asks the issuer for its endpoints and keys. What has not changed since `before` stays; keys that cannot be read stay in
    /// use until they are too old.
    pub(crate) async fn ask(
        registration: &Registration,
        permissions: PermissionClaims,
        clock: &Clock,
        before: Option<Arc<Self>>,
    ) -> Result<Arc<Self>, ProviderError> {
        let metadata = match Metadata::of(&registration.issuer).await {
            Ok(metadata) => metadata,
            Err(error) => {
                // Their address has not changed as far as is known, and a key that was withdrawn must go.
                if let Some(before) = before {
                    before.verifier.reload_addresses().await;
                }
                return Err(error);
            }
        };
        let same_keys = before.as_ref().filter(|before| before.metadata.keys == metadata.keys);
        let verifier = if let Some(before) = same_keys {
            before.verifier.reload_addresses().await;
            before.verifier.clone()
        } else {
            let expected = Expectations {
                issuer: Some(registration.issuer.clone()),
                audience: Some(registration.client_id.clone()),
                max_lifetime: registration.max_lifetime,
                permissions,
            };
            let keys = KeySource::jwks_address("jwks_uri", metadata.keys.url().as_str());
            let loaded = TokenVerifier::load(vec![keys], expected, clock.clone(), Refresh::default()).await?;
            Arc::new(loaded.without_metric())
        };
        if let Some(before) = before.filter(|before| before.metadata == metadata) {
            return Ok(before);
        }
        let client =
            answer::client(&metadata.token).map_err(|_| ProviderError::NoDocument("TLS is not available"))?;
        let code = CodeEndpoint { client, url: metadata.token.url(), secret_in: metadata.secret_in };
        Ok(Arc::new(Self { metadata, code, verifier }))
    }
}
