//! A program that was built without the console.

use adapter_http::Server;

use super::auth::AdoptClaims;
use super::storage::Storage;
use crate::config::error::SettingsError;
use crate::config::service::ServeArgs;
use crate::exit::ExitError;
use crate::jobs::supervisor::Supervisor;

/// There are no settings of a console.
pub(crate) struct ConsoleSettings;

/// There is no way to sign in.
pub(crate) enum Entrance {}

/// There are no settings of a console.
#[expect(clippy::unnecessary_wraps, reason = "with the console the settings can be wrong")]
pub(crate) const fn settings(_arguments: &ServeArgs) -> Result<ConsoleSettings, SettingsError> {
    Ok(ConsoleSettings)
}

impl ConsoleSettings {
    /// People sign in nowhere.
    #[expect(clippy::unused_self, reason = "with the console the settings say so")]
    pub(crate) const fn has_provider(&self) -> bool {
        false
    }

    /// No console limits where the service may listen.
    #[expect(clippy::unused_self, reason = "with the console the settings say so")]
    pub(crate) const fn this_machine_only(&self) -> Option<&'static str> {
        None
    }

    /// There is no console.
    #[expect(clippy::unused_async, reason = "with the console a provider is asked")]
    pub(crate) async fn entrance(self, _is_development: bool) -> Result<Option<Entrance>, ExitError> {
        Ok(None)
    }
}

impl Entrance {
    /// There is no identity provider.
    pub(crate) fn claims(&self) -> Option<AdoptClaims> {
        match *self {}
    }

    /// There is no address.
    pub(crate) fn address(&self, _base: &str) -> String {
        match *self {}
    }
}

/// The server as it is.
pub(crate) fn offer(
    server: Server,
    _storage: &Storage,
    _jobs: &Supervisor,
    _entrance: Option<Entrance>,
    _base: &str,
) -> Server {
    server
}
