//! The envelope: the JSON that every response has.

use std::time::Duration;

use axum::body::Body;
use axum::http::header::{CONTENT_TYPE, ETAG, RETRY_AFTER, WWW_AUTHENTICATE};
use axum::http::{HeaderName, HeaderValue, StatusCode};
use axum::response::Response;
use client_app::ports::LogPosition;
use client_wire::{Code, Failure, Item, Outcome, Reply, Status};
use serde::Serialize;
use serde_json::{Map, Value};

use crate::request::headers::READ_TOKEN;

/// How far the replica may be behind that has answered, in seconds.
const READ_AGE: HeaderName = HeaderName::from_static("read-age");
/// The outcome is that of an earlier command with the same idempotency key.
const REPLAYED: HeaderName = HeaderName::from_static("idempotency-replayed");

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct SuccessBody<'a> {
    is_successful: bool,
    status_code: &'static str,
    message: &'a str,
    data: &'a Value,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct FailureBody<'a> {
    is_successful: bool,
    status_code: &'static str,
    message: &'a str,
    data: Option<()>,
    errors: Vec<ErrorItem<'a>>,
}

impl<'a> FailureBody<'a> {
    fn of(failure: &'a Failure) -> Self {
        let errors = failure.items.iter().map(|item| ErrorItem {
            code: item.code.name(),
            field: item.field.as_deref(),
            message: &item.message,
            details: &item.details,
        });
        Self {
            is_successful: false,
            status_code: failure.status.wire(),
            message: &failure.message,
            data: None,
            errors: errors.collect(),
        }
    }
}

#[derive(Serialize)]
struct ErrorItem<'a> {
    code: &'static str,
    field: Option<&'a str>,
    message: &'a str,
    details: &'a Map<String, Value>,
}

/// What the access log says about a failure. It travels as an extension of the response and is never sent.
#[derive(Clone, Debug)]
pub(crate) struct LoggedFailure {
    pub(crate) status: Status,
    pub(crate) codes: Vec<&'static str>,
    /// A reason for the log only, from a closed list of words.
    pub(crate) reason: Option<&'static str>,
    /// The error of a port behind it.
    pub(crate) cause: Option<String>,
}

impl LoggedFailure {
    pub(crate) fn of(failure: &Failure) -> Self {
        let codes = failure.codes().into_keys().collect();
        Self { status: failure.status, codes, reason: None, cause: failure.cause.clone() }
    }
}

/// The response of an operation that was done, in the envelope of the API.
pub fn success_response(reply: &Reply) -> Response {
    let body =
        SuccessBody { is_successful: true, status_code: "00", message: &reply.message, data: &reply.data };
    let mut response = json(StatusCode::OK, &body);
    if let Some(version) = reply.version {
        insert(&mut response, ETAG, &format!("\"{version}\""));
    }
    if reply.outcome == Outcome::Replayed {
        insert(&mut response, REPLAYED, "true");
    }
    response
}

/// The response of an operation of a service that may have replicas: how old the answer to a query may be, or the token with
/// which queries see what the command has written.
pub(crate) fn replicated_response(
    reply: &Reply,
    age: Option<Duration>,
    written: Option<LogPosition>,
) -> Response {
    let mut response = success_response(reply);
    add_read_age(&mut response, age);
    if let Some(position) = written {
        insert(&mut response, READ_TOKEN, &position.to_string());
    }
    response
}

/// Says how old the answer of a query may be, if a replica has given it.
pub(crate) fn add_read_age(response: &mut Response, age: Option<Duration>) {
    if let Some(age) = age {
        insert(response, READ_AGE, &format!("{:.3}", age.as_secs_f64()));
    }
}

/// The response of a request that failed, in the envelope of the API. The access log counts and logs its codes.
pub fn failure_response(failure: &Failure) -> Response {
    let body = FailureBody::of(failure);
    let status = StatusCode::from_u16(failure.status.http()).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = json(status, &body);
    if let Some(challenge) = challenge(failure) {
        insert(&mut response, WWW_AUTHENTICATE, &challenge);
    }
    if let Some(seconds) = failure.retry_after {
        insert(&mut response, RETRY_AFTER, &seconds.to_string());
    }
    response.extensions_mut().insert(LoggedFailure::of(failure));
    response
}

/// The same body as a text, for a failure that is not the status of its response.
pub(crate) fn failure_text(failure: &Failure) -> String {
    serde_json::to_string(&FailureBody::of(failure)).unwrap_or_default()
}

/// The challenge of a refused token (RFC 6750, section 3); it names no error where no token was sent.
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

/// A failure with one item: this code, with its meaning from the catalogue as the message.
pub(crate) fn failure_of(code: Code) -> Failure {
    Failure::of(Item::new(code, code.meaning()))
}

/// The failure that a bare HTTP status of the router or of the documentation pages stands for.
pub(crate) fn failure_of_status(status: StatusCode) -> Failure {
    failure_of(match status {
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
        // Strings, numbers and maps with string keys always serialize; a bare status is what is left.
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
    async fn success_envelope_has_exactly_these_members() {
        let reply = Reply {
            message: "Contact created successfully.".into(),
            data: json!({"id": 7}).into(),
            version: Version::new(3),
            outcome: Outcome::Replayed,
        };
        let response = success_response(&reply);
        assert_eq!(response.status(), 200);
        assert_eq!(response.headers()["etag"], "\"3\"");
        assert_eq!(response.headers()["idempotency-replayed"], "true");
        assert_eq!(
            text(response).await,
            r#"{"isSuccessful":true,"statusCode":"00","message":"Contact created successfully.","data":{"id":7}}"#
        );
    }

    #[tokio::test]
    async fn failure_envelope_has_exactly_these_members() {
        let item =
            Item::new(Code::TooShort, "must have at least 1 character").field("firstName").detail("min", 1);
        let response = failure_response(&Failure::of(item));
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
    fn retry_after_is_sent_on_429_and_503_only_and_a_challenge_on_401_and_403() {
        for code in Code::ALL.iter().copied() {
            let response = failure_response(&failure_of(code));
            assert_eq!(response.status().as_u16(), code.status().http(), "{code:?}");
            let challenged = code.status() == Status::Unauthorized || code == Code::PermissionMissing;
            assert_eq!(response.headers().contains_key(WWW_AUTHENTICATE), challenged, "{code:?}");
            let retryable = matches!(code.status(), Status::TooManyRequests | Status::Unavailable);
            assert_eq!(response.headers().contains_key(RETRY_AFTER), retryable, "{code:?}");
        }
    }

    #[test]
    fn challenge_names_the_error_and_the_missing_scopes() {
        let header = |failure: &Failure| failure_header(failure).to_str().unwrap().to_owned();
        assert_eq!(header(&failure_of(Code::TokenMissing)), "Bearer");
        assert_eq!(header(&failure_of(Code::TokenExpired)), "Bearer error=\"invalid_token\"");
        let item = |name: &str| Item::new(Code::PermissionMissing, "no").detail("permission", name);
        let failure = Failure::invalid(vec![item("customers.read"), item("customers.kyc.read")]);
        assert_eq!(
            header(&failure),
            "Bearer error=\"insufficient_scope\", scope=\"customers.read customers.kyc.read\""
        );
    }

    fn failure_header(of: &Failure) -> HeaderValue {
        failure_response(of).headers()[WWW_AUTHENTICATE].clone()
    }

    #[test]
    fn bare_status_keeps_its_code_where_the_catalogue_has_it() {
        for status in [404, 405, 408, 413, 415, 500] {
            let status = StatusCode::from_u16(status).unwrap();
            assert_eq!(failure_of_status(status).status.http(), status.as_u16());
        }
        assert_eq!(failure_of_status(StatusCode::IM_A_TEAPOT).status, Status::BadRequest);
        assert_eq!(failure_of_status(StatusCode::BAD_GATEWAY).status, Status::Internal);
    }
}
