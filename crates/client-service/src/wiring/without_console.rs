//! A program that was built without the console.

use std::net::SocketAddr;

use adapter_http::Server;

use super::storage::Storage;
use crate::config::error::SettingsError;
use crate::config::service::ServeArgs;
use crate::exit::ExitError;

/// There are no settings of a console.
#[expect(clippy::unnecessary_wraps, reason = "with the console the settings can be wrong")]
pub(crate) const fn check(_arguments: &ServeArgs) -> Result<(), SettingsError> {
    Ok(())
}

/// No console is asked for.
pub(crate) const fn is_wanted(_arguments: &ServeArgs) -> bool {
    false
}

/// The server as it is.
#[expect(clippy::unnecessary_wraps, reason = "with the console its people can be wrong")]
pub(crate) fn offer(
    server: Server,
    _storage: &Storage,
    _arguments: &ServeArgs,
    _address: SocketAddr,
) -> Result<Server, ExitError> {
    Ok(server)
}
