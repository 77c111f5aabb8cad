//! The console of the back office, where people can sign in to it.

use std::sync::Arc;

use adapter_console::{Console, DevelopmentPerson, Lifetime, ProviderSignIn, SignIn};
use adapter_http::Server;
use adapter_http::auth::PermissionClaims;
use adapter_oidc::OpenIdProvider;
use client_app::jiff::SignedDuration;

use super::auth::AdoptClaims;
use super::identity_provider::provider;
use super::storage::Storage;
use super::test_controls;
use crate::config::console::lifetime;
use crate::config::error::SettingsError;
use crate::config::service::ServeArgs;
use crate::config::sign_in::{self, ConsoleUrl, ProviderSettings};
use crate::config::tokens;
use crate::config::value::Switch;
use crate::development_person::PEOPLE;
use crate::exit::ExitError;
use crate::jobs::identity_provider;
use crate::jobs::supervisor::Supervisor;
use crate::system::random_secret;

/// The page that a browser is led to.
const START: &str = "/console";
/// Why the service may answer this machine only.
const PLAIN: &str = "with an http address in --console-url the service listens on this machine only, such as on 127.0.0.1:8080; to \
                     listen elsewhere give an https address";

/// What the settings say about the console.
pub(crate) struct ConsoleSettings {
    is_wanted: bool,
    lifetime: Lifetime,
    provider: Option<ProviderSettings>,
    permissions: PermissionClaims,
    max_lifetime: std::time::Duration,
}

/// How people sign in to the console of this service.
pub(crate) struct Entrance {
    sign_in: SignIn,
    lifetime: Lifetime,
    url: Option<ConsoleUrl>,
    provider: Option<Arc<OpenIdProvider>>,
}

/// The settings of the console, if they can be used.
pub(crate) fn settings(arguments: &ServeArgs) -> Result<ConsoleSettings, SettingsError> {
    Ok(ConsoleSettings {
        // Sessions are written.
        is_wanted: arguments.console.console == Switch::On && arguments.replicas.read_only == Switch::Off,
        lifetime: lifetime(&arguments.console)?,
        provider: sign_in::provider(&arguments.console.sign_in)?,
        permissions: tokens::permission_claims(&arguments.keys)?,
        max_lifetime: tokens::max_lifetime(&arguments.keys)?,
    })
}

impl ConsoleSettings {
    /// Whether people sign in at an identity provider, whose claims hold permissions.
    pub(crate) const fn has_provider(&self) -> bool {
        self.provider.is_some()
    }

    /// Why the service may answer this machine only; `None` where it may listen anywhere.
    pub(crate) fn this_machine_only(&self) -> Option<&'static str> {
        self.provider.as_ref().is_some_and(|provider| !provider.console.is_https).then_some(PLAIN)
    }

    /// How people sign in: at the identity provider, else as the people of a service that has made its own development key.
    /// None where there is no console.
    pub(crate) async fn entrance(self, is_development: bool) -> Result<Option<Entrance>, ExitError> {
        if !self.is_wanted {
            return Ok(None);
        }
        let lifetime = self.lifetime;
        let Some(settings) = self.provider else {
            if !is_development {
                return Ok(None);
            }
            let people: Result<Vec<_>, ExitError> = PEOPLE
                .iter()
                .map(|person| Ok(DevelopmentPerson { name: person.subject, caller: person.caller()? }))
                .collect();
            let sign_in = SignIn::Development(people?);
            return Ok(Some(Entrance { sign_in, lifetime, url: None, provider: None }));
        };
        let (url, fresh) = (settings.console.clone(), settings.fresh);
        let provider = Arc::new(provider(settings, self.permissions, self.max_lifetime).await?);
        let fresh = fresh.map(|fresh| SignedDuration::try_from(fresh).unwrap_or(SignedDuration::MAX));
        let sign_in = SignIn::Provider(ProviderSignIn { provider: provider.clone(), fresh });
        Ok(Some(Entrance { sign_in, lifetime, url: Some(url), provider: Some(provider) }))
    }
}

impl Entrance {
    /// Where other claims that hold permissions go, if people sign in at an identity provider.
    pub(crate) fn claims(&self) -> Option<AdoptClaims> {
        let provider = self.provider.clone()?;
        Some(Arc::new(move |claims| provider.adopt_permission_claims(claims)))
    }

    /// The address of the service for people; without a setting, that of the API.
    pub(crate) fn address(&self, base: &str) -> String {
        self.url.as_ref().map_or_else(|| base.to_owned(), |url| url.origin.clone())
    }
}

/// The server with the console, if people have a way to sign in.
///
/// Sessions end by the clock of the machine, also where tests move that of the use cases.
pub(crate) fn offer(
    server: Server,
    storage: &Storage,
    jobs: &Supervisor,
    entrance: Option<Entrance>,
    base: &str,
) -> Server {
    let Some(entrance) = entrance else {
        tracing::info!("there is no console: it is off, or people have no way to sign in (--oidc-issuer)");
        return server;
    };
    if let Some(provider) = &entrance.provider {
        identity_provider::refresh(jobs, provider);
    }
    let console = Console {
        operations: server.operations(),
        sessions: storage.sessions(),
        clock: test_controls::machine(),
        random: Arc::new(random_secret),
        lifetime: entrance.lifetime,
        secure: entrance.url.as_ref().is_some_and(|url| url.is_https),
        address: entrance.address(base),
        sign_in: entrance.sign_in,
    };
    tracing::info!(address = console.address, "the console is at {START}");
    server.with_routes(console.routes()).with_start_page(START)
}
