//! The headers that a caller may send and those that come back.

use client_app::{IdempotencyKey, RequestId};
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::ObjectBuilder;
use utoipa::openapi::{HeaderBuilder, Ref, Required, ResponseBuilder};

use super::schemas::{enumeration, integer, text};

const VERSION_TAG: &str = r#"^"[1-9][0-9]*"$"#;
const LOG_POSITION: &str = "^[0-9a-f]{24}$";
const VISIBLE_ASCII: &str = "^[!-~]+$";

/// The headers of a request, as components.
pub(crate) fn parameters() -> impl Iterator<Item = (&'static str, ParameterBuilder)> {
    let key = text().min_length(Some(1)).max_length(Some(IdempotencyKey::MAX)).pattern(Some(VISIBLE_ASCII));
    let key = parameter(
        "Idempotency-Key",
        "Makes the command safe to repeat: a repetition with the same key, caller, command and body answers \
         the first outcome and changes nothing; another body is refused. A refused command releases the key. \
         Use a fresh key for each command, such as a random UUID.",
        key,
    );
    let version = parameter(
        "If-Match",
        "The version of the client that the caller has seen, in quotes; a stale version is refused. A command \
         that creates a client takes none. A compressing proxy may turn `\"7\"` into `W/\"7\"`, which is \
         refused: send the version in quotes, without `W/`.",
        text().pattern(Some(VERSION_TAG)),
    );
    let read_version = parameter(
        "Read-Version",
        "The version of the client that the caller has seen, in quotes, such as the ETag of a command: the \
         answer is not older. Without replicas no answer is.",
        text().pattern(Some(VERSION_TAG)),
    );
    let read_token = parameter(
        "Read-Token",
        "The Read-Token of the answer to a command: the answer has everything that was committed before it. \
         Without replicas every answer has.",
        text().pattern(Some(LOG_POSITION)),
    );
    let about = format!(
        "The id of the request in logs and history: 1 to {} letters, digits and `-_.:+=~`, starting with a \
         letter or a digit. Any other value is not refused but replaced by an id that the service generates.",
        RequestId::MAX,
    );
    let request_id = parameter("X-Request-Id", &about, text());
    [
        ("IdempotencyKey", key),
        ("IfMatch", version),
        ("ReadVersion", read_version),
        ("ReadToken", read_token),
        ("XRequestId", request_id),
    ]
    .into_iter()
}

fn parameter(name: &str, about: &str, schema: ObjectBuilder) -> ParameterBuilder {
    ParameterBuilder::new()
        .name(name)
        .parameter_in(ParameterIn::Header)
        .required(Required::False)
        .description(Some(about))
        .schema(Some(schema))
}

/// The headers of an answer, as components.
pub(crate) fn headers() -> impl Iterator<Item = (&'static str, HeaderBuilder)> {
    let version = header(
        "The version of the client if the answer shows exactly one; for If-Match.",
        text().pattern(Some(VERSION_TAG)),
    );
    let replayed = header(
        "Present if this is the outcome of an earlier command with the same key.",
        enumeration(["true"]),
    );
    let token = header(
        "Where replicas answer reads: a query with this token has what this command has written. A string \
         without a meaning for callers; of two, the greater one is the later.",
        text().pattern(Some(LOG_POSITION)),
    );
    let age = header(
        "Present if a replica has answered: what was committed longer ago than these seconds is in the answer.",
        text().pattern(Some(r"^[0-9]+\.[0-9]{3}$")),
    );
    let request_id =
        header("The id of the request in logs and history.", text().max_length(Some(RequestId::MAX)));
    let retry = header("The number of seconds after which a retry makes sense.", integer().minimum(Some(0)));
    let authenticate = header("How to authenticate, and what was wrong with the token (RFC 6750).", text());
    let digest = header(
        "The SHA-256 of the file, as RFC 9530 writes it.",
        text().pattern(Some("^sha-256=:[A-Za-z0-9+/]{43}=:$")),
    );
    let export = header("The id of the export.", text().pattern(Some("^[0-9a-f]{32}$")));
    let since = header("The changedSince of the next incremental load, if this file is complete.", text());
    let disposition = header("Always an attachment, with a name chosen by the service.", text());
    let file = "attachment; filename=\"international-passport-0123456789abcdef0123456789abcdef.pdf\"";
    [
        ("ETag", version.example(Some("\"7\"".into()))),
        ("Idempotency-Replayed", replayed),
        ("Read-Token", token),
        ("Read-Age", age.example(Some("0.120".into()))),
        ("X-Request-Id", request_id),
        ("Retry-After", retry),
        ("WWW-Authenticate", authenticate.example(Some("Bearer".into()))),
        ("Repr-Digest", digest),
        ("Export-Id", export.example(Some("0123456789abcdef0123456789abcdef".into()))),
        ("Export-Changed-Since", since.example(Some("2026-11-30T00:50:00Z".into()))),
        ("Content-Disposition", disposition.example(Some(file.into()))),
        ("Allow", header("The methods that the path supports.", text()).example(Some("POST".into()))),
    ]
    .into_iter()
}

fn header(about: &str, schema: ObjectBuilder) -> HeaderBuilder {
    HeaderBuilder::new().description(Some(about)).schema(Some(schema))
}

/// The same answer with these headers, by reference.
pub(crate) fn with_headers(
    response: ResponseBuilder,
    names: impl IntoIterator<Item = &'static str>,
) -> ResponseBuilder {
    names.into_iter().fold(response, |response, name| {
        response.header_ref(name, Ref::new(format!("#/components/headers/{name}")))
    })
}

/// A header of a request, by reference.
pub(crate) fn parameter_reference(name: &str) -> Ref {
    Ref::new(format!("#/components/parameters/{name}"))
}
