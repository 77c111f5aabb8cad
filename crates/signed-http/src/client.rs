//! The HTTP client.

use std::time::Duration;

use reqwest::Client;
use reqwest::redirect::Policy;

use crate::address::Address;

/// How long a request may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Timeouts {
    /// For connecting.
    pub connect: Duration,
    /// For the whole request: connecting, sending and the answer.
    pub answer: Duration,
}

/// Why nothing can be sent from this machine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("nothing can be sent: TLS is not available")]
pub struct TlsUnavailable;

/// A client for requests to `address`. It follows no redirect, which could lead to another host or to plain http.
pub fn client(address: &Address, timeouts: Timeouts) -> Result<Client, TlsUnavailable> {
    let client =
        Client::builder().redirect(Policy::none()).connect_timeout(timeouts.connect).timeout(timeouts.answer);
    let client = if address.is_loopback() { client.no_proxy() } else { client };
    client.build().map_err(|_| TlsUnavailable)
}
