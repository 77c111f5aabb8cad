//! The console of the back office, where people can sign in to it.

use std::net::SocketAddr;
use std::sync::Arc;

use adapter_console::{Console, DevelopmentPerson, SignIn};
use adapter_http::Server;

use super::storage::Storage;
use super::test_controls;
use crate::config::console::lifetime;
use crate::config::error::SettingsError;
use crate::config::service::ServeArgs;
use crate::config::value::Switch;
use crate::development_person::PEOPLE;
use crate::exit::ExitError;
use crate::system::random_secret;

/// The page that a browser is led to.
const START: &str = "/console";

/// Whether the settings of the console can be used.
pub(crate) fn check(arguments: &ServeArgs) -> Result<(), SettingsError> {
    lifetime(&arguments.console).map(drop)
}

/// Whether the settings ask for a console.
pub(crate) fn is_wanted(arguments: &ServeArgs) -> bool {
    arguments.console.console == Switch::On
}

/// The server with the console for a service with a development key. It listens on this machine only, without TLS.
///
/// Sessions end by the clock of the machine, also where tests move that of the use cases.
pub(crate) fn offer(
    server: Server,
    storage: &Storage,
    arguments: &ServeArgs,
    address: SocketAddr,
) -> Result<Server, ExitError> {
    let people: Result<Vec<_>, ExitError> = PEOPLE
        .iter()
        .map(|person| Ok(DevelopmentPerson { name: person.subject, caller: person.caller()? }))
        .collect();
    let console = Console {
        operations: server.operations(),
        sessions: storage.sessions(),
        clock: test_controls::machine(),
        random: Arc::new(random_secret),
        sign_in: SignIn::Development(people?),
        lifetime: lifetime(&arguments.console)?,
        secure: false,
        address: format!("http://{address}"),
    };
    Ok(server.with_routes(console.routes()).with_start_page(START))
}
