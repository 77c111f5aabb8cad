//! The one shape of every answer.

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, ETAG, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use client_wire::{Code, Failure, Item, Outcome, Reply, Status};
use serde::Serialize;
use serde_json::{Map, Value};

/// Says that the outcome is that of an earlier command with the same idempotency key.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Success<'a> {
    is_successful: bool,
    status_code: &'static str,
    message: &'a str,
    data: &'a Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Refusal<'a> {
    is_successful: bool,
    status_code: &'static str,
    message: &'a str,
    data: Option<()>,
    errors: Vec<Reason<'a>>,
}

#[derive(Serialize)]
struct Reason<'a> {
    code: &'static str,
    field: Option<&'a str>,
    message: &'a str,
    details: &'a Map<String, Value>,
}

/// What the edge logs and counts about a failure; travels beside the response, never in it.
#[derive(Clone, Debug)]
pub(crate) struct Failed {
    pub(crate) status: Status,
    pub(crate) codes: Vec<&'static str>,
    /// More than the caller is told, from a closed list of words.
    pub(crate) reason: Option<&'static str>,
    /// What was behind it, in the words of a port.
    pub(crate) cause: Option<String>,
}

/// The answer to what was done.
pub(crate) fn success(reply: &Reply) -> Response {
    let body = Success { is_successful: true, status_code: "00", message: &reply.message, data: &reply.data };
    let mut response = json(StatusCode::OK, &body);
    if let Some(version) = reply.version {
        insert(&mut response, ETAG, &format!("\"{version}\""));
    }
    if reply.outcome == Outcome::Replayed {
        insert(&mut response, REPLAYED, "true");
    }
    response
}

/// The answer to what was not done.
pub(crate) fn failure(failure: &Failure) -> Response {
    let errors = failure.items.iter().map(|item| Reason {
        code: item.code.name(),
        field: item.field.as_deref(),
        message: &item.message,
        details: &item.details,
    });
    let body = Refusal {
        is_successful: false,
        status_code: failure.status.wire(),
        message: &failure.message,
        data: None,
        errors: errors.collect(),
    };
    let status = StatusCode::from_u16(failure.status.http()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = json(status, &body);
    if let Some(challenge) = challenge(failure) {
        insert(&mut response, WWW_AUTHENTICATE, &challenge);
    }
    if let Some(seconds) = failure.retry_after {
        insert(&mut response, RETRY_AFTER, &seconds.to_string());
    }
    let codes = failure.codes().into_keys().collect();
    response.extensions_mut().insert(Failed {
        status: failure.status,
        codes,
        reason: None,
        cause: failure.cause.clone(),
    });
    response
}

/// What a client library is told about its token (RFC 6750, section 3): nothing of it where it sent none.
fn challenge(failure: &Failure) -> Option<String> {
    let codes = || failure.items.iter().map(|item| item.code);
    if failure.status == Status::Unauthorized {
        let sent = !codes().all(|code| code == Code::TokenMissing);
        return Some(if sent { "Bearer error=\"invalid_token\"" } else { "Bearer" }.to_owned());
    }
    if failure.status != Status::Forbidden || !codes().any(|code| code == Code::PermissionMissing) {
        return None;
    }
    let mut scopes: Vec<_> =
        failure.items.iter().filter_map(|item| item.details.get("permission")?.as_str()).collect();
    scopes.dedup();
    let scope = if scopes.is_empty() { String::new() } else { format!(", scope=\"{}\"", scopes.join(" ")) };
    Some(format!("Bearer error=\"insufficient_scope\"{scope}"))
}

/// A failure whose one reason is `code`, in the catalogue's own words.
pub(crate) fn refusal(code: Code) -> Failure {
    Failure::of(Item::new(code, code.meaning()))
}

/// The failure that an HTTP status written by somebody else (the router, the documentation pages) stands for.
pub(crate) fn of_status(status: StatusCode) -> Failure {
    refusal(match status {
        StatusCode::NOT_FOUND => Code::PathNotFound,
        StatusCode::METHOD_NOT_ALLOWED => Code::MethodNotAllowed,
        StatusCode::REQUEST_TIMEOUT => Code::RequestTimeout,
        StatusCode::PAYLOAD_TOO_LARGE => Code::BodyTooLarge,
        StatusCode::UNSUPPORTED_MEDIA_TYPE => Code::UnsupportedMediaType,
        status if status.is_client_error() => Code::MalformedJson,
        _ => Code::Internal,
    })
}

fn json(status: StatusCode, body: &impl Serialize) -> Response {
    let (status, text) = match serde_json::to_vec(body) {
        Ok(text) => (status, text),
        // Strings, numbers and maps with string keys always serialize; a bare status is the honest rest.
        Err(_) => (StatusCode::INTERNAL_SERVER_ERROR, Vec::new()),
    };
    let mut response = Response::new(Body::from(text));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response
}

fn insert(response: &mut Response, name: HeaderName, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}

#[cfg(test)]
mod tests {
    use client_domain::value::Version;
    use http_body_util::BodyExt;
    use serde_json::json;

    use super::*;

    async fn text(response: Response) -> String {
        let bytes = response.into_body().collect().await.unwrap().to_bytes();
        String::from_utf8(bytes.to_vec()).unwrap()
    }

    #[tokio::test]
    async fn a_success_to_the_letter() {
        let reply = Reply {
            message: "Contact created successfully.".into(),
            data: json!({"id": 7}),
            version: Version::new(3),
            outcome: Outcome::Replayed,
        };
        let response = success(&reply);
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["etag"], "\"3\"");
        assert_eq!(response.headers()["idempotency-replayed"], "true");
        assert_eq!(
            text(response).await,
            r#"{"isSuccessful":true,"statusCode":"00","message":"Contact created successfully.","data":{"id":7}}"#
        );
    }

    #[tokio::test]
    async fn a_failure_to_the_letter() {
        let item =
            Item::new(Code::TooShort, "must have at least 1 character").field("firstName").detail("min", 1);
        let response = failure(&Failure::of(item));
        assert_eq!(response.status(), 400);
        assert_eq!(
            text(response).await,
            concat!(
                r#"{"isSuccessful":false,"statusCode":"CBS_400","message":"Validation error","data":null,"errors":"#,
                r#"[{"code":"too_short","field":"firstName","message":"must have at least 1 character","details":{"min":1}}]}"#
            )
        );
    }

    #[test]
    fn every_code_of_the_catalogue_has_its_status_and_headers() {
        for code in Code::ALL.iter().copied() {
            let response = failure(&refusal(code));
            assert_eq!(response.status().as_u16(), code.status().http(), "{code:?}");
            let challenged = code.status() == Status::Unauthorized || code == Code::PermissionMissing;
            assert_eq!(response.headers().contains_key(WWW_AUTHENTICATE), challenged, "{code:?}");
            let passes = matches!(code.status(), Status::TooManyRequests | Status::Unavailable);
            assert_eq!(response.headers().contains_key(RETRY_AFTER), passes, "{code:?}");
        }
    }

    #[test]
    fn a_client_library_learns_what_is_wrong_with_its_token() {
        let header = |failure: &Failure| failure_header(failure).to_str().unwrap().to_owned();
        assert_eq!(header(&refusal(Code::TokenMissing)), "Bearer");
        assert_eq!(header(&refusal(Code::TokenExpired)), "Bearer error=\"invalid_token\"");
        let item = |name: &str| Item::new(Code::PermissionMissing, "no").detail("permission", name);
        let failure = Failure::invalid(vec![item("customers.read"), item("customers.kyc.read")]);
        assert_eq!(
            header(&failure),
            "Bearer error=\"insufficient_scope\", scope=\"customers.read customers.kyc.read\""
        );
    }

    fn failure_header(of: &Failure) -> HeaderValue {
        failure(of).headers()[WWW_AUTHENTICATE].clone()
    }

    #[test]
    fn a_foreign_status_keeps_its_digits_where_the_catalogue_has_them() {
        for status in [404, 405, 408, 413, 415, 500] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(of_status(status).status.http(), status.as_u16());
        }
        assert_eq!(of_status(StatusCode::IM_A_TEAPOT).status, Status::BadRequest);
        assert_eq!(of_status(StatusCode::BAD_GATEWAY).status, Status::Internal);
    }
}
