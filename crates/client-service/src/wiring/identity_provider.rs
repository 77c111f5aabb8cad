//! The identity provider at which people sign in.

use std::sync::Arc;
use std::time::Duration;

use adapter_http::auth::PermissionClaims;
use adapter_oidc::{OpenIdProvider, ProviderError, Registration};
use client_app::ports::Clock as _;
use tokio::time::timeout;

use crate::config::error::SettingsError;
use crate::config::sign_in::ProviderSettings;
use crate::system::SystemClock;

/// How long the start waits for the provider, which no request of the API needs.
const START_WAIT: Duration = Duration::from_secs(2);

/// The provider of the settings, which was asked once. One that is away is asked again later; one that must not be used refuses
/// the start.
pub(crate) async fn provider(
    settings: ProviderSettings,
    permissions: PermissionClaims,
    max_lifetime: Duration,
) -> Result<OpenIdProvider, SettingsError> {
    let origin = settings.console.origin;
    let registration = Registration {
        issuer: settings.issuer,
        client_id: settings.client_id,
        client_secret: settings.client_secret,
        scopes: settings.scopes,
        signed_in: format!("{origin}/console/sign-in/callback"),
        signed_out: format!("{origin}/console/sign-in"),
        permissions,
        max_lifetime: Some(max_lifetime),
    };
    let provider =
        OpenIdProvider::new(registration, Arc::new(|| SystemClock.now())).map_err(|error| refusal(&error))?;
    match timeout(START_WAIT, provider.refresh()).await {
        Ok(Err(error)) if !error.is_away() => Err(refusal(&error)),
        // The job logs why it is away.
        _ => Ok(provider),
    }
}

fn refusal(error: &ProviderError) -> SettingsError {
    SettingsError(format!("--oidc-issuer: the identity provider {error}"))
}
