//! The keys that verify tokens.

use std::sync::Arc;

use adapter_http::auth::{Expectations, KeySource, Refresh, TokenVerifier};
use client_app::ports::Clock as _;

use crate::config::error::SettingsError;
use crate::config::tokens::{self, KeyArgs};
use crate::system::{SystemClock, random_secret};

/// Where the keys come from, and what a token must name.
pub(crate) struct Keys {
    sources: Vec<KeySource>,
    expectations: Expectations,
    development_secret: Option<String>,
}

impl Keys {
    /// The keys of the settings. A service in memory without keys gets a development key for this run.
    pub(crate) fn of(arguments: &KeyArgs, has_database: bool) -> Result<Self, SettingsError> {
        let mut sources = tokens::key_sources(arguments, has_database)?;
        if has_database && sources.is_empty() {
            return Err(missing());
        }
        let development_secret = sources.is_empty().then(random_secret);
        if let Some(secret) = &development_secret {
            sources.push(KeySource::hs256_secret("the development key", secret.as_str()));
        }
        let max_lifetime = Some(tokens::max_lifetime(arguments)?);
        let expectations = Expectations { max_lifetime, ..tokens::expectations(&arguments.secret) };
        Ok(Self { sources, expectations, development_secret })
    }

    /// The secret of the development key, if there is one, and what a token that it signs must name.
    pub(crate) fn development(&self) -> Option<(String, Expectations)> {
        Some((self.development_secret.clone()?, self.expectations.clone()))
    }

    /// Loads the keys.
    pub(crate) async fn verifier(self) -> Result<Arc<TokenVerifier>, SettingsError> {
        let clock = Arc::new(|| SystemClock.now());
        let verifier = TokenVerifier::load(self.sources, self.expectations, clock, Refresh::default());
        Ok(Arc::new(verifier.await?))
    }
}

/// A key for one run is of no use to clients that outlive the run.
fn missing() -> SettingsError {
    SettingsError(
        "together with a database the service needs keys that verify tokens: give --jwks or --jwt-public-key or, for \
         development, --jwt-hs256-secret with --development on"
            .to_owned(),
    )
}
