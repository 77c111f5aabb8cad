//! The keys that verify tokens.

use std::sync::Arc;

use adapter_http::auth::{Expectations, KeySource, PermissionClaims, Refresh, TokenVerifier};
use client_app::ports::Clock as _;

use super::development_key::DevelopmentKey;
use crate::config::error::SettingsError;
use crate::config::storage_location::StorageLocation;
use crate::config::tokens::{self, KeyArgs};
use crate::exit::ExitError;
use crate::system::SystemClock;

/// Takes over which claims hold permissions.
pub(crate) type AdoptClaims = Arc<dyn Fn(PermissionClaims) + Send + Sync>;

/// Where the keys come from, and what a token must name.
pub(crate) struct Keys {
    sources: Vec<KeySource>,
    expectations: Expectations,
    this_machine_only: Option<&'static str>,
}

/// The keys of the settings, loaded; or what a token must name that a development key signs.
pub(crate) enum LoadedKeys {
    Configured(Arc<TokenVerifier>),
    Development(Expectations),
}

impl Keys {
    /// The keys of the settings. Without any, a service whose clients are in memory or in a data folder gets a development
    /// key. Where people sign in at an identity provider, its claims hold permissions even if no token of it is verified.
    pub(crate) fn of(
        arguments: &KeyArgs,
        storage_location: &StorageLocation,
        has_provider: bool,
    ) -> Result<Self, SettingsError> {
        let sources = tokens::key_sources(arguments, storage_location)?;
        if matches!(storage_location, StorageLocation::Postgres(_)) && sources.is_empty() {
            return Err(missing());
        }
        let permissions = tokens::permission_claims(arguments)?;
        if sources.is_empty() && permissions != PermissionClaims::default() && !has_provider {
            return Err(SettingsError(
                "--permission-claims is for the tokens of an identity provider: give --jwks or --jwt-public-key"
                    .to_owned(),
            ));
        }
        // The tokens of a development key hold permissions by name.
        let permissions = if sources.is_empty() { PermissionClaims::default() } else { permissions };
        let this_machine_only = tokens::this_machine_only(arguments, storage_location, &sources);
        let max_lifetime = Some(tokens::max_lifetime(arguments)?);
        let expectations =
            Expectations { max_lifetime, permissions, ..tokens::expectations(&arguments.secret) };
        Ok(Self { sources, expectations, this_machine_only })
    }

    /// Why the service may answer this machine only; `None` where it may listen anywhere.
    pub(crate) fn this_machine_only(&self) -> Option<&'static str> {
        self.this_machine_only
    }

    /// Whether the settings name no key, so that the service makes one.
    pub(crate) const fn is_development(&self) -> bool {
        self.sources.is_empty()
    }

    /// What is wrong with the files and the secret; no address is asked.
    pub(crate) async fn faults(&self) -> Vec<SettingsError> {
        let together = KeySource::check_together(&self.sources);
        let mut faults: Vec<_> = together.err().map(SettingsError::from).into_iter().collect();
        for source in &self.sources {
            faults.extend(source.check().await.err().map(SettingsError::from));
        }
        faults
    }

    /// Loads the keys of the settings.
    pub(crate) async fn load(self) -> Result<LoadedKeys, SettingsError> {
        if self.sources.is_empty() {
            return Ok(LoadedKeys::Development(self.expectations));
        }
        Ok(LoadedKeys::Configured(verifier(self.sources, self.expectations).await?))
    }
}

impl LoadedKeys {
    /// What verifies tokens, and the development key if it is one. The storage is open, so that no other process makes a key.
    pub(crate) async fn verifier(
        self,
        storage_location: &StorageLocation,
    ) -> Result<(Arc<TokenVerifier>, Option<DevelopmentKey>), ExitError> {
        let expectations = match self {
            Self::Configured(verifier) => return Ok((verifier, None)),
            Self::Development(expectations) => expectations,
        };
        let key = DevelopmentKey::of(storage_location, expectations)?.ok_or_else(missing)?;
        let source = KeySource::hs256_secret("the development key", key.secret.as_str());
        Ok((verifier(vec![source], key.addressing.clone()).await?, Some(key)))
    }
}

async fn verifier(
    sources: Vec<KeySource>,
    expectations: Expectations,
) -> Result<Arc<TokenVerifier>, SettingsError> {
    let clock = Arc::new(|| SystemClock.now());
    Ok(Arc::new(TokenVerifier::load(sources, expectations, clock, Refresh::default()).await?))
}

/// Several programs can serve one PostgreSQL database, so none of them makes a key.
fn missing() -> SettingsError {
    SettingsError(
        "together with PostgreSQL the service needs keys that verify tokens: give --jwks or --jwt-public-key or, for \
         development, --jwt-hs256-secret with --development on"
            .to_owned(),
    )
}
