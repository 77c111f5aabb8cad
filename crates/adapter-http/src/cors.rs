//! Pages of other origins that use the API from a browser.

use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, AUTHORIZATION, CONTENT_DISPOSITION,
    CONTENT_TYPE, ETAG, IF_MATCH, ORIGIN, RETRY_AFTER, VARY,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
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
/// What the paths of the API begin with.
const API: &str = "/api/";
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

    /// Lets a page of this origin read a response that the layer has not seen, if its origin is listed.
    fn allow(&self, origin: HeaderValue, headers: &mut HeaderMap) {
        if headers.contains_key(ACCESS_CONTROL_ALLOW_ORIGIN) || !self.0.contains(&origin) {
            return;
        }
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        if let Ok(exposed) =
            HeaderValue::from_str(&RESPONSE_HEADERS.each_ref().map(HeaderName::as_str).join(","))
        {
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, exposed);
        }
        headers.append(VARY, HeaderValue::from_static("origin"));
    }
}

/// Lets pages of the origins read the failures of the API that are answered outside of its layer: a path or a method that does
/// not exist, ambiguous framing, a panic. Paths of the program, probes and metrics stay closed to them.
pub(crate) async fn allow_failures(
    State(origins): State<CorsOrigins>,
    request: Request,
    next: Next,
) -> Response {
    let is_of_api =
        request.extensions().get::<MatchedPath>().is_none_or(|path| path.as_str().starts_with(API));
    let origin = request.headers().get(ORIGIN).filter(|_| is_of_api).cloned();
    let mut response = next.run(request).await;
    if let Some(origin) = origin {
        origins.allow(origin, response.headers_mut());
    }
    response
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
