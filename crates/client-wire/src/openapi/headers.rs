//! The headers that a caller may send and those that come back.

use client_app::{IdempotencyKey, RequestId};
use utoipa::openapi::path::{ParameterBuilder, ParameterIn};
use utoipa::openapi::schema::ObjectBuilder;
use utoipa::openapi::{HeaderBuilder, Ref, Required, ResponseBuilder};

use super::schemas::{enumeration, integer, text};

const VERSION_TAG: &str = r#"^"[1-9][0-9]*"$"#;
const VISIBLE_ASCII: &str = "^[!-~]+$";

/// The headers of a request, as components.
pub(crate) fn parameters() -> impl Iterator<Item = (&'static str, ParameterBuilder)> {
    let key = text().min_length(Some(1)).max_length(Some(IdempotencyKey::MAX)).pattern(Some(VISIBLE_ASCII));
    let key = parameter(
        "Idempotency-Key",
        "Makes the command safe to repeat: the same key, caller, command and body answers the first outcome again \
         and does nothing; another body is refused. A refused command frees the key.",
        key,
    );
    let version = parameter(
        "If-Match",
        "The version of the client that the caller has seen, in quotes; a stale one is refused. A command that \
         makes a client takes none. A proxy that compresses turns `\"7\"` into `W/\"7\"`, which is refused: send \
         what is between the quotes, in quotes.",
        text().pattern(Some(VERSION_TAG)),
    );
    let about = format!(
        "Names the request in logs and history: 1 to {} letters, digits and `-_.:+=~`, of which the first is a \
         letter or a digit. Anything else is not refused, but replaced by a name that the service makes.",
        RequestId::MAX,
    );
    let request_id = parameter("X-Request-Id", &about, text());
    [
        ("IdempotencyKey", key.example(Some("9f1c7a52-create".into()))),
        ("IfMatch", version),
        ("XRequestId", request_id.example(Some("a-1".into()))),
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
        "The version of the client, where the answer shows exactly one; for If-Match.",
        text().pattern(Some(VERSION_TAG)),
    );
    let replayed = header(
        "There where this is the outcome of an earlier command with the same key.",
        enumeration(["true"]),
    );
    let request_id =
        header("The name of the request in logs and history.", text().max_length(Some(RequestId::MAX)));
    let retry = header("After how many seconds it makes sense to try again.", integer().minimum(Some(0)));
    let authenticate =
        header("How to prove who is asking, and what was wrong with the proof (RFC 6750).", text());
    let digest = header(
        "The SHA-256 of the file, as RFC 9530 writes it.",
        text().pattern(Some("^sha-256=:[A-Za-z0-9+/]{43}=:$")),
    );
    let disposition = header("Always an attachment, with a name that is made by the service.", text());
    let file = "attachment; filename=\"international-passport-0123456789abcdef0123456789abcdef.pdf\"";
    [
        ("ETag", version.example(Some("\"7\"".into()))),
        ("Idempotency-Replayed", replayed),
        ("X-Request-Id", request_id),
        ("Retry-After", retry),
        ("WWW-Authenticate", authenticate.example(Some("Bearer".into()))),
        ("Repr-Digest", digest),
        ("Content-Disposition", disposition.example(Some(file.into()))),
        ("Allow", header("The methods that the path takes.", text()).example(Some("POST".into()))),
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
