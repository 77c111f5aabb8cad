//! The address that the API listens on.

use std::net::{SocketAddr, ToSocketAddrs as _};

use super::error::SettingsError;

/// The addresses that `--listen` stands for. A host name can have several, and the first one that works is used.
pub(crate) fn listen(text: &str) -> Result<Vec<SocketAddr>, SettingsError> {
    let wrong = |why: &str| {
        let example = "such as 127.0.0.1:8080, [::1]:8080 or localhost:8080";
        SettingsError(format!("--listen must be a host and a port, {example}{why}"))
    };
    let port = text.rsplit_once(':').and_then(|(_, port)| port.parse::<u16>().ok());
    port.ok_or_else(|| wrong("; the port is a number from 0 to 65535"))?;
    let addresses = text.to_socket_addrs().map_err(|_| wrong("; the host is unknown"))?;
    Ok(addresses.collect())
}
