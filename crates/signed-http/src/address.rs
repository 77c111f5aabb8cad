use std::fmt;
use std::net::IpAddr;

use reqwest::Url;

/// A web address that data of clients may be sent to.
///
/// Data of clients is sent over TLS, or stays on this machine.
///
/// ```
/// use signed_http::{Address, AddressError};
///
/// assert!(Address::parse("https://hooks.example/clients?key=secret").is_ok());
/// assert!(Address::parse("http://127.0.0.1:9000/").is_ok());
/// assert_eq!(Address::parse("http://hooks.example/"), Err(AddressError::Plain));
/// assert!(Address::parse_plain("http://hooks.example/").is_ok(), "plain http on request");
///
/// let shown = format!("{:?}", Address::parse("https://me:secret@hooks.example/secret?key=secret")?);
/// assert!(shown.contains("hooks.example") && !shown.contains("secret"));
/// # Ok::<(), AddressError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Address(Url);

/// Why nothing can be sent to an address. The error does not repeat the address, which may hold a secret.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum AddressError {
    /// It is not a web address.
    #[error("is not a web address")]
    NotAnAddress,
    /// It is an http address of another machine.
    #[error("must be an https address (http only to this machine)")]
    Plain,
}

impl Address {
    /// Reads an `https` address, or an `http` one on this machine.
    pub fn parse(text: &str) -> Result<Self, AddressError> {
        let address = Self::parse_plain(text)?;
        if address.0.scheme() == "http" && !address.is_loopback() {
            Err(AddressError::Plain)
        } else {
            Ok(address)
        }
    }

    /// Reads an `https` or `http` address, for networks that protect the traffic in another way.
    pub fn parse_plain(text: &str) -> Result<Self, AddressError> {
        let url = Url::parse(text).map_err(|_| AddressError::NotAnAddress)?;
        let is_supported = matches!(url.scheme(), "http" | "https") && url.has_host();
        if is_supported { Ok(Self(url)) } else { Err(AddressError::NotAnAddress) }
    }

    /// Whether it is `localhost` or a loopback address.
    pub fn is_loopback(&self) -> bool {
        self.0.host_str().is_some_and(is_loopback)
    }

    /// The address.
    pub fn url(&self) -> Url {
        self.0.clone()
    }
}

/// Whether the host of an address or of a `Host` header is `localhost` or a loopback address. An address of IPv6 may stand in
/// brackets.
///
/// ```
/// use signed_http::is_loopback;
///
/// assert!(is_loopback("localhost") && is_loopback("127.0.0.9") && is_loopback("[::ffff:127.0.0.1]"));
/// assert!(!is_loopback("127.0.0.1.example.com") && !is_loopback("10.0.0.1") && !is_loopback(""));
/// ```
pub fn is_loopback(host: &str) -> bool {
    let bare = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || bare.parse::<IpAddr>().is_ok_and(|address| address.to_canonical().is_loopback())
}

impl fmt::Debug for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Address({}://{}/…)", self.0.scheme(), self.0.host_str().unwrap_or_default())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn plain_http_to_another_machine_is_refused() {
        for good in
            ["https://a.example/x", "https://10.0.0.1:8443/", "http://localhost:1/", "http://[::1]:9/"]
        {
            assert!(Address::parse(good).is_ok(), "{good}");
        }
        for bad in [
            "http://a.example/",
            "http://localhost.example/",
            "http://127.0.0.1.example/",
            "http://user@a.example/#127.0.0.1",
            "http://10.0.0.1/",
            "http://0.0.0.0/",
        ] {
            assert_eq!(Address::parse(bad), Err(AddressError::Plain), "{bad}");
            assert!(Address::parse_plain(bad).is_ok(), "{bad}");
        }
        for invalid in ["", "a.example", "file:///etc/hooks", "ftp://localhost/", "https://"] {
            assert_eq!(Address::parse_plain(invalid), Err(AddressError::NotAnAddress), "{invalid}");
        }
    }
}
