//! Pages of other origins that use the API from a browser.

use std::time::Duration;

use axum::http::header::{AUTHORIZATION, CONTENT_DISPOSITION, CONTENT_TYPE, ETAG, IF_MATCH, RETRY_AFTER};
use axum::http::{HeaderName, HeaderValue, Method};
use tower_http::cors::CorsLayer;

/// Headers of requests that a browser does not allow by itself.
const REQUEST_HEADERS: [HeaderName; 7] = [
    AUTHORIZATION,
    CONTENT_TYPE,
    IF_MATCH,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("repr-digest"),
    HeaderName::from_static("traceparent"),
];
/// Headers of responses that a page does not see by itself.
const RESPONSE_HEADERS: [HeaderName; 6] = [
    ETAG,
    RETRY_AFTER,
    CONTENT_DISPOSITION,
    HeaderName::from_static("idempotency-replayed"),
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("repr-digest"),
];
/// How long a browser need not ask again whether it may send a request.
const MAX_AGE: Duration = Duration::from_mins(10);

/// Origins such as `https://desk.bank.example`, whose pages may use the API from a browser.
///
/// The API knows its callers by their tokens, which a page sends itself; a browser adds none. So credentials of the browser
/// (cookies, client certificates) are not allowed to any origin.
///
/// ```
/// use adapter_http::CorsOrigins;
///
/// assert!(CorsOrigins::parse(["https://desk.bank.example", "http://localhost:5173"]).is_ok());
/// assert_eq!(CorsOrigins::parse(["https://desk:443"]), CorsOrigins::parse(["https://desk"]));
/// assert_ne!(CorsOrigins::parse(["https://desk:80"]), CorsOrigins::parse(["https://desk"]));
/// for wrong in ["*", "null", "desk.bank.example", "https://desk.bank.example/", "https://*.bank.example", "ftp://desk"] {
///     assert!(CorsOrigins::parse([wrong]).is_err(), "{wrong}");
/// }
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CorsOrigins(Vec<HeaderValue>);

/// Text that is no origin. The error does not repeat it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum OriginError {
    /// It stands for every origin.
    #[error(
        "names exact origins and no *: with it every page that an employee opens could try tokens against the API from inside \
         the network of the bank"
    )]
    Any,
    /// It is not scheme, host and port as a browser writes them.
    #[error(
        "must be an origin as a browser sends it, such as https://desk.bank.example: scheme, host and maybe a port, no path"
    )]
    Malformed,
}

impl CorsOrigins {
    /// Reads origins.
    ///
    /// # Errors
    ///
    /// The first one that is none.
    pub fn parse<'a>(origins: impl IntoIterator<Item = &'a str>) -> Result<Self, OriginError> {
        origins.into_iter().map(parse).collect::<Result<Vec<_>, _>>().map(Self)
    }

    pub(crate) fn layer(&self) -> CorsLayer {
        CorsLayer::new()
            .allow_origin(self.0.clone())
            .allow_methods([Method::GET, Method::POST, Method::PUT])
            .allow_headers(REQUEST_HEADERS)
            .expose_headers(RESPONSE_HEADERS)
            .max_age(MAX_AGE)
    }
}

fn parse(text: &str) -> Result<HeaderValue, OriginError> {
    if text.contains('*') {
        return Err(OriginError::Any);
    }
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let is_host = |host: &str| {
        let plain =
            |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || matches!(byte, b'.' | b'-');
        let address = host.strip_prefix('[').and_then(|host| host.strip_suffix(']'));
        !host.is_empty()
            && (host.bytes().all(plain) || address.is_some_and(|it| it.parse::<std::net::Ipv6Addr>().is_ok()))
    };
    let is_port =
        |port: &str| port.parse::<u16>().is_ok_and(|number| number > 0 && number.to_string() == port);
    let is_origin = rest.is_some_and(|rest| match rest.rsplit_once(':') {
        Some((host, port)) if !port.contains(']') => is_host(host) && is_port(port),
        _ => is_host(rest),
    });
    if !is_origin {
        return Err(OriginError::Malformed);
    }
    // A browser leaves out the port that the scheme has without one.
    let default_port = if text.starts_with("https:") { ":443" } else { ":80" };
    HeaderValue::from_str(text.strip_suffix(default_port).unwrap_or(text)).map_err(|_| OriginError::Malformed)
}
