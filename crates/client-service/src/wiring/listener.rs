//! The listeners of the program.

use std::net::SocketAddr;

use tokio::net::TcpListener;

use crate::exit::ExitError;

/// A listener on the first of these addresses that works. `setting` and `name` are for the error.
pub(crate) async fn listen(
    setting: &str,
    name: &str,
    addresses: &[SocketAddr],
) -> Result<TcpListener, ExitError> {
    let listener = TcpListener::bind(addresses).await;
    listener.map_err(|error| ExitError::Failed(format!("{setting}: cannot listen on {name}: {error}")))
}

/// The listener for health, readiness and metrics, if `--admin-listen` asks for one.
pub(crate) async fn listen_admin(address: Option<SocketAddr>) -> Result<Option<TcpListener>, ExitError> {
    match address {
        Some(address) => listen("--admin-listen", &address.to_string(), &[address]).await.map(Some),
        None => Ok(None),
    }
}
