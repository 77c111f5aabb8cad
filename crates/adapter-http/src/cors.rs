//! Pages of other origins that use the API from a browser.

use std::time::Duration;

use axum::extract::{MatchedPath, Request, State};
use axum::http::header::{
    ACCESS_CONTROL_ALLOW_ORIGIN, ACCESS_CONTROL_EXPOSE_HEADERS, ALLOW, AUTHORIZATION, CONTENT_DISPOSITION,
    CONTENT_TYPE, ETAG, IF_MATCH, ORIGIN, RETRY_AFTER, VARY, WWW_AUTHENTICATE,
};
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::middleware::Next;
use axum::response::Response;
use tower_http::cors::CorsLayer;

/// Headers of requests that a browser does not allow by itself.
const REQUEST_HEADERS: [HeaderName; 9] = [
    AUTHORIZATION,
    CONTENT_TYPE,
    IF_MATCH,
    HeaderName::from_static("idempotency-key"),
    HeaderName::from_static("read-version"),
    HeaderName::from_static("read-token"),
    HeaderName::from_static("x-request-id"),
    HeaderName::from_static("repr-digest"),
    HeaderName::from_static("traceparent"),
];
/// Headers of responses that a page does not see by itself.
const RESPONSE_HEADERS: [HeaderName; 13] = [
    ETAG,
    RETRY_AFTER,
    WWW_AUTHENTICATE,
    ALLOW,
    CONTENT_DISPOSITION,
    HeaderName::from_static("idempotency-replayed"),
    HeaderName::from_static("read-token"),
    HeaderName::from_static("read-age"),
    HeaderName::from_static("export-id"),
    HeaderName::from_static("export-changed-since"),
    HeaderName::from_static("content-digest"),
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

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;
    use std::fs;
    use std::path::Path;

    use super::*;

    /// Headers between the service and a proxy, which no page sends or reads.
    const OF_PROXIES: [&str; 2] = ["x-forwarded-for", "x-accel-buffering"];

    /// The headers that the files of a folder name themselves.
    fn named(folder: &Path, names: &mut BTreeSet<String>) {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                named(&path, names);
            } else if path.file_name().is_some_and(|name| name != "cors.rs") {
                let text = fs::read_to_string(path).unwrap();
                let found = text.split("HeaderName::from_static(\"").skip(1);
                names.extend(found.filter_map(|rest| rest.split('"').next()).map(str::to_owned));
            }
        }
    }

    #[test]
    fn pages_may_use_every_header_of_the_api() {
        let names_of = |headers: &[HeaderName]| headers.iter().map(ToString::to_string).collect::<Vec<_>>();
        let (requests, responses) = (names_of(&REQUEST_HEADERS), names_of(&RESPONSE_HEADERS));
        let mut names = BTreeSet::new();
        named(&Path::new(env!("CARGO_MANIFEST_DIR")).join("src"), &mut names);
        assert!(names.len() > 10, "{names:?}");
        for name in names {
            let is_known =
                requests.contains(&name) || responses.contains(&name) || OF_PROXIES.contains(&name.as_str());
            assert!(is_known, "{name} is neither allowed in requests nor shown in responses");
        }

        let description = client_wire::description();
        let components = |kind: &str| description["components"][kind].as_object().unwrap().clone();
        let parameters = components("parameters");
        let sent = parameters.values().filter(|parameter| parameter["in"] == "header");
        let sent: Vec<_> = sent.map(|parameter| parameter["name"].as_str().unwrap().to_lowercase()).collect();
        assert!(sent.len() >= 5, "{sent:?}");
        for name in sent {
            assert!(requests.contains(&name), "{name} is not allowed in requests");
        }
        for name in components("headers").keys().map(|name| name.to_lowercase()) {
            assert!(responses.contains(&name), "{name} is not shown in responses");
        }
    }
}
