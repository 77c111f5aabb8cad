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

/// Refuses addresses that other machines reach, for a service that may answer this machine only; `why` is the sentence.
pub(crate) fn this_machine_only(addresses: &[SocketAddr], why: &str) -> Result<(), SettingsError> {
    let local = |address: &SocketAddr| address.ip().to_canonical().is_loopback();
    if addresses.iter().all(local) { Ok(()) } else { Err(SettingsError(format!("--listen: {why}"))) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_that_other_machines_reach_is_refused() {
        let is_local = |text: &str| this_machine_only(&[text.parse().unwrap()], "why").is_ok();
        for local in ["127.0.0.1:1", "127.9.9.9:1", "[::1]:1", "[::ffff:127.0.0.1]:1"] {
            assert!(is_local(local), "{local}");
        }
        for open in
            ["0.0.0.0:1", "[::]:1", "10.0.0.1:1", "[::ffff:10.0.0.1]:1", "192.168.1.1:1", "[fe80::1]:1"]
        {
            assert!(!is_local(open), "{open}");
        }
        let both = ["127.0.0.1:1".parse().unwrap(), "10.0.0.1:1".parse().unwrap()];
        assert_eq!(this_machine_only(&both, "why").unwrap_err().to_string(), "--listen: why");
    }
}
