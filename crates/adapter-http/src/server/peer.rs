//! The address that a request comes from.

use std::net::IpAddr;

use axum::http::{HeaderMap, HeaderName};
use client_app::CallerAddress;

const X_FORWARDED_FOR: HeaderName = HeaderName::from_static("x-forwarded-for");

/// The other end of the connection or, behind a trusted proxy, the address that this proxy has seen.
///
/// A proxy adds the address that it sees to the end of `X-Forwarded-For`. What stands before it came from the caller,
/// who may write anything there. So only the last entry counts, and where it is no address, the address of the proxy counts.
pub(crate) fn peer(connected: IpAddr, headers: &HeaderMap, trust_forwarded_for: bool) -> CallerAddress {
    let forwarded = || {
        let last = headers.get_all(X_FORWARDED_FOR).iter().next_back()?;
        address(last.to_str().ok()?.rsplit(',').next()?.trim())
    };
    let trusted = if trust_forwarded_for { forwarded() } else { None };
    CallerAddress(trusted.unwrap_or(connected).to_canonical())
}

/// An address as proxies write it: bare, in brackets, or with a port.
fn address(text: &str) -> Option<IpAddr> {
    let bracketed = || text.strip_prefix('[')?.split_once(']')?.0.parse().ok();
    let with_port = || text.parse().ok().map(|socket: std::net::SocketAddr| socket.ip());
    text.parse().ok().or_else(with_port).or_else(bracketed)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn seen(forwarded: &[&'static str], trusted: bool) -> String {
        let headers = forwarded.iter().map(|value| (X_FORWARDED_FOR, value.parse().unwrap())).collect();
        peer("10.0.0.1".parse().unwrap(), &headers, trusted).to_string()
    }

    #[test]
    fn forwarded_header_is_ignored_without_a_trusted_proxy() {
        assert_eq!(seen(&[], false), "10.0.0.1");
        assert_eq!(seen(&["192.0.2.7"], false), "10.0.0.1");
    }

    #[test]
    fn last_entry_counts_behind_a_trusted_proxy() {
        for (forwarded, expected) in [
            (&["192.0.2.7"][..], "192.0.2.7"),
            (&["203.0.113.9, 192.0.2.7"], "192.0.2.7"),
            (&["203.0.113.9", "192.0.2.7"], "192.0.2.7"),
            (&["192.0.2.7:4711"], "192.0.2.7"),
            (&["2001:db8::7"], "2001:db8::7"),
            (&["[2001:db8::7]:4711"], "2001:db8::7"),
            (&["[2001:db8::7]"], "2001:db8::7"),
            (&["::ffff:192.0.2.7"], "192.0.2.7"),
            (&["192.0.2.7, unknown"], "10.0.0.1"),
            (&["192.0.2.7,"], "10.0.0.1"),
            (&[""], "10.0.0.1"),
            (&[], "10.0.0.1"),
        ] {
            assert_eq!(seen(forwarded, true), expected, "{forwarded:?}");
        }
    }
}
