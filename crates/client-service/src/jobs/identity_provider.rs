//! Refreshes the discovery document and the keys of the console's identity provider.

use std::sync::Arc;
use std::time::Duration;

use adapter_oidc::OpenIdProvider;
use client_app::ports::IdentityProvider as _;

use super::round::JobFailure;
use super::supervisor::{AtStop, Supervisor};

/// Asks the provider for its endpoints and keys. One that was away at the start is asked at once, and then less and less often, at
/// least once a minute.
pub(crate) fn refresh(supervisor: &Supervisor, provider: &Arc<OpenIdProvider>) {
    let every = OpenIdProvider::refresh_every();
    let first_rest = if provider.is_reached() { every } else { Duration::ZERO };
    let provider = provider.clone();
    let round = move || {
        let provider = provider.clone();
        async move {
            let was_reached = provider.is_reached();
            let refreshed = provider.refresh().await;
            refreshed.map_err(|error| JobFailure::Elsewhere(format!("the identity provider {error}")))?;
            if !was_reached {
                tracing::info!("the identity provider answers");
            }
            Ok(every)
        }
    };
    supervisor.start("identity_provider", first_rest, AtStop::Cancel, round);
}
