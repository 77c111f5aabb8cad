//! Files of an answer.

use axum::http::HeaderValue;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::Response;

/// A browser that shows the file although it is an attachment runs no script of it.
const SANDBOX: &str = "default-src 'none'; sandbox";

/// Makes the body of a response an attachment under a name of the service, so that no browser shows it as a page of this host.
pub(crate) fn attach(response: &mut Response, media_type: &str, file_name: &str) {
    for (name, value) in [
        (CONTENT_TYPE, media_type),
        (CONTENT_DISPOSITION, &format!("attachment; filename=\"{file_name}\"")),
        (CONTENT_SECURITY_POLICY, SANDBOX),
    ] {
        if let Ok(value) = HeaderValue::from_str(value) {
            response.headers_mut().insert(name, value);
        }
    }
}
