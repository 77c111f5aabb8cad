//! The test controls: a clock that tests move, and the routes that do it.

use std::sync::Arc;

use adapter_http::Server;
use client_app::Clients;
use client_app::ports::Clock;
use clients_testkit::{MovableClock, TestControls};

use super::storage::Storage;
use crate::config::value::Switch;
use crate::system::SystemClock;

/// Why other machines must not reach the service.
pub(crate) const THIS_MACHINE_ONLY: &str = "with --test-controls every caller can forget the clients, so only this machine is answered; give 127.0.0.1 or [::1]";

/// The clock of the use cases, if tests move it. Tokens are verified by the machine's clock, so that they stay valid.
pub(crate) fn clock(controls: Switch) -> Option<MovableClock> {
    (controls == Switch::On).then(|| MovableClock::new(machine()))
}

/// The clock of the machine.
pub(crate) fn machine() -> Arc<dyn Clock> {
    Arc::new(SystemClock)
}

/// The server with the routes of the test controls, where there is a clock to move and the clients are in memory.
pub(crate) fn offer(
    server: Server,
    clients: &Clients,
    storage: &Storage,
    clock: Option<MovableClock>,
) -> Server {
    let (Some(clock), Storage::Memory(store, contents)) = (clock, storage) else { return server };
    let (clients, store, contents) = (clients.clone(), store.clone(), contents.clone());
    server.with_routes(TestControls { clients, store, contents, clock }.routes())
}
