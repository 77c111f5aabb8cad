//! The headers of every answer of the console.

use axum::extract::Request;
use axum::http::header::{
    CACHE_CONTROL, CONTENT_SECURITY_POLICY, CONTENT_TYPE, REFERRER_POLICY, X_CONTENT_TYPE_OPTIONS,
    X_FRAME_OPTIONS,
};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::middleware::Next;
use axum::response::Response;
use client_wire::{Code, Failure, Item};

/// The policy of a file: opened as a page of its own, it runs nothing.
pub(crate) const SANDBOX: &str = "default-src 'none'; sandbox; frame-ancestors 'none'";

/// Only files of this service; no inline script or style, no evaluation, no frame around a page. The worker is pdf.js's.
pub(crate) const POLICY: &str = "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; \
                                 connect-src 'self'; worker-src 'self'; form-action 'self'; frame-ancestors 'none'; \
                                 base-uri 'none'";

/// Gives a page that refuses something a failure, for the log, if it has none. The server puts its own answer in the place of an error
/// without a failure, and the person would not see the page.
pub(crate) async fn refused(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let kind = response.headers().get(CONTENT_TYPE);
    let is_page = kind.is_some_and(|kind| kind.as_bytes().starts_with(b"text/html"));
    let code = match response.status() {
        StatusCode::FORBIDDEN => Code::PermissionMissing,
        // What the person has seen is not as it was.
        StatusCode::CONFLICT => Code::StaleVersion,
        status if status.is_client_error() => Code::OutOfRange,
        status if status.is_server_error() => Code::Internal,
        _ => return response,
    };
    if is_page && response.extensions().get::<Failure>().is_none() {
        response.extensions_mut().insert(Failure::of(Item::new(code, code.meaning())));
    }
    response
}

/// Adds the headers that an answer does not have yet.
pub(crate) async fn secure(request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    for (name, value) in [
        (CONTENT_SECURITY_POLICY, POLICY),
        (X_FRAME_OPTIONS, "DENY"),
        (X_CONTENT_TYPE_OPTIONS, "nosniff"),
        // With `no-referrer`, browsers name `null` as the origin of a form.
        (REFERRER_POLICY, "same-origin"),
        (CACHE_CONTROL, "no-store"),
        (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
        (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    ] {
        headers.entry(name).or_insert(HeaderValue::from_static(value));
    }
    response
}
