//! Headers that say where a request ends. A proxy and this service must read them alike, against request smuggling.

use axum::extract::Request;
use axum::http::header::{CONNECTION, HOST, TRANSFER_ENCODING};
use axum::http::uri::Authority;
use axum::http::{HeaderMap, HeaderValue, Version};
use axum::response::Response;
use client_wire::{Code, Failure, Item};

use crate::envelope;

/// The response to a request without exactly one valid `Host` (RFC 9112, section 3.2), or with another transfer coding than
/// `chunked`, once (section 6.1).
pub(super) fn reject(request: &Request) -> Option<Response> {
    let (header, message) = if request.version() == Version::HTTP_11 && !has_host(request.headers()) {
        ("Host", "The header must occur once and name this service.")
    } else if !is_framed(request.headers()) {
        ("Transfer-Encoding", "The only supported transfer coding is chunked, once.")
    } else {
        return None;
    };
    let item = Item::new(Code::HeaderInvalid, message).field(header);
    let mut response = envelope::failure_response(&Failure::of(item));
    // Where the next request begins is unknown.
    response.headers_mut().insert(CONNECTION, HeaderValue::from_static("close"));
    Some(response)
}

fn has_host(headers: &HeaderMap) -> bool {
    let mut hosts = headers.get_all(HOST).iter();
    let (Some(host), None) = (hosts.next(), hosts.next()) else { return false };
    let named =
        |host: &str| host.parse::<Authority>().is_ok_and(|authority| !authority.as_str().contains('@'));
    // An empty one is allowed where the target has no authority.
    host.to_str().is_ok_and(|host| host.is_empty() || named(host))
}

fn is_framed(headers: &HeaderMap) -> bool {
    let mut codings = headers.get_all(TRANSFER_ENCODING).iter();
    match (codings.next(), codings.next()) {
        (None, _) => true,
        (Some(coding), None) => coding.as_bytes().trim_ascii().eq_ignore_ascii_case(b"chunked"),
        _ => false,
    }
}
