//! The listeners of the program.

use std::io::{Error, ErrorKind};
use std::net::SocketAddr;

use tokio::net::{TcpListener, TcpSocket};

use crate::exit::ExitError;

/// How many connections the system may hold for this process until it accepts them, unless the system allows fewer
/// (`net.core.somaxconn`, 4,096 by default). Where they are more, the system drops the first packet of each further one, whose
/// caller tries again after a second at the earliest: the default of 128 would be full after a burst.
const BACKLOG: u32 = 4096;

/// A listener on the first of these addresses that works. `setting` and `name` are for the error.
pub(crate) fn listen(setting: &str, name: &str, addresses: &[SocketAddr]) -> Result<TcpListener, ExitError> {
    let mut failed = Error::from(ErrorKind::InvalidInput);
    for address in addresses {
        match listen_on(*address) {
            Ok(listener) => return Ok(listener),
            Err(error) => failed = error,
        }
    }
    Err(ExitError::Failed(format!("{setting}: cannot listen on {name}: {failed}")))
}

fn listen_on(address: SocketAddr) -> Result<TcpListener, Error> {
    let socket = if address.is_ipv4() { TcpSocket::new_v4() } else { TcpSocket::new_v6() }?;
    // A restart does not wait for the connections of the process before to be forgotten.
    socket.set_reuseaddr(true)?;
    socket.bind(address)?;
    socket.listen(BACKLOG)
}

/// The listener for health, readiness and metrics, if `--admin-listen` asks for one.
pub(crate) fn listen_admin(address: Option<SocketAddr>) -> Result<Option<TcpListener>, ExitError> {
    match address {
        Some(address) => listen("--admin-listen", &address.to_string(), &[address]).map(Some),
        None => Ok(None),
    }
}

#[cfg(test)]
mod tests {
    use std::net::TcpStream;
    use std::time::Duration;

    use super::*;

    #[tokio::test]
    async fn a_burst_is_held_until_it_is_accepted() {
        let address = SocketAddr::from(([127, 0, 0, 1], 0));
        let listener = listen("--listen", "127.0.0.1:0", &[address]).unwrap();
        let address = listener.local_addr().unwrap();
        let allowed = std::fs::read_to_string("/proc/sys/net/core/somaxconn");
        let allowed = allowed.ok().and_then(|text| text.trim().parse().ok()).unwrap_or(128);
        let connect = |_| TcpStream::connect_timeout(&address, Duration::from_millis(500)).unwrap();
        let open: Vec<_> = (0..allowed.min(400)).map(connect).collect();
        for _ in &open {
            listener.accept().await.unwrap();
        }
    }

    #[tokio::test]
    async fn first_address_that_works_is_taken() {
        let taken = listen("--listen", "a", &[SocketAddr::from(([127, 0, 0, 1], 0))]).unwrap();
        let addresses = [taken.local_addr().unwrap(), SocketAddr::from(([127, 0, 0, 1], 0))];
        assert!(listen("--listen", "b", &addresses).is_ok());
        let error = listen("--listen", "localhost:1", &addresses[..1]).unwrap_err();
        assert!(
            matches!(error, ExitError::Failed(text) if text.starts_with("--listen: cannot listen on localhost:1: "))
        );
    }
}
