//! Methods as logs and traces name them.

use axum::http::Method;

/// The method, if it is one that this server knows; another one is a text of the caller.
pub(super) fn known_method(method: &Method) -> Option<&str> {
    let known = [
        Method::GET,
        Method::HEAD,
        Method::POST,
        Method::PUT,
        Method::DELETE,
        Method::OPTIONS,
        Method::PATCH,
    ];
    known.contains(method).then(|| method.as_str())
}
