//! The identity provider at which people sign in.

use std::sync::Arc;
use std::time::Duration;

use adapter_http::auth::PermissionClaims;
use adapter_oidc::{OpenIdProvider, Registration};
use client_app::ports::Clock as _;

use crate::config::error::SettingsError;
use crate::config::sign_in::ProviderSettings;
use crate::system::SystemClock;

/// Asks the provider for its endpoints and keys.
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
    let found = OpenIdProvider::discover(registration, Arc::new(|| SystemClock.now())).await;
    found.map_err(|error| SettingsError(format!("--oidc-issuer: the identity provider {error}")))
}
