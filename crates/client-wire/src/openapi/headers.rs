//! The headers that a caller may send and those that come back.

use client_app::{IdempotencyKey, RequestId};
use serde_json::{Map, Value, json};

use super::reference;

const VERSION_TAG: &str = r#"^"[1-9][0-9]*"$"#;
const VISIBLE_ASCII: &str = "^[!-~]+$";

/// The headers of a request, as components.
pub(super) fn parameters() -> Value {
    json!({
        "IdempotencyKey": {
            "name": "Idempotency-Key",
            "in": "header",
            "required": false,
            "description": "Makes the command safe to repeat: the same key, caller, command and body answers the \
                first outcome again and does nothing; another body is refused. A refused command frees the key.",
            "schema": {
                "type": "string",
                "minLength": 1,
                "maxLength": IdempotencyKey::MAX,
                "pattern": VISIBLE_ASCII,
            },
            "example": "9f1c7a52-create",
        },
        "IfMatch": {
            "name": "If-Match",
            "in": "header",
            "required": false,
            "description": "The version of the client that the caller has seen, in quotes; a stale one is \
                refused. A command that makes a client takes none. A proxy that compresses turns `\"7\"` into \
                `W/\"7\"`, which is refused: send what is between the quotes, in quotes.",
            "schema": { "type": "string", "pattern": VERSION_TAG },
        },
        "XRequestId": {
            "name": "X-Request-Id",
            "in": "header",
            "required": false,
            "description": format!(
                "Names the request in logs and history: 1 to {} letters, digits and `-_.:+=~`, of which the first \
                 is a letter or a digit. Anything else is not refused, but replaced by a name that the service makes.",
                RequestId::MAX,
            ),
            "schema": { "type": "string" },
            "example": "a-1",
        },
    })
}

/// The headers of an answer, as components.
pub(super) fn headers() -> Value {
    json!({
        "ETag": {
            "description": "The version of the client, where the answer shows exactly one; for If-Match.",
            "schema": { "type": "string", "pattern": VERSION_TAG },
            "example": "\"7\"",
        },
        "Idempotency-Replayed": {
            "description": "There where this is the outcome of an earlier command with the same key.",
            "schema": { "type": "string", "enum": ["true"] },
        },
        "X-Request-Id": {
            "description": "The name of the request in logs and history.",
            "schema": { "type": "string", "maxLength": RequestId::MAX },
        },
        "Retry-After": {
            "description": "After how many seconds it makes sense to try again.",
            "schema": { "type": "integer", "minimum": 0 },
        },
        "WWW-Authenticate": {
            "description": "How to prove who is asking, and what was wrong with the proof (RFC 6750).",
            "schema": { "type": "string" },
            "example": "Bearer",
        },
        "Repr-Digest": {
            "description": "The SHA-256 of the file, as RFC 9530 writes it.",
            "schema": { "type": "string", "pattern": "^sha-256=:[A-Za-z0-9+/]{43}=:$" },
        },
        "Content-Disposition": {
            "description": "Always an attachment, with a name that is made by the service.",
            "schema": { "type": "string" },
            "example": "attachment; filename=\"international-passport-0123456789abcdef0123456789abcdef.pdf\"",
        },
        "Allow": {
            "description": "The methods that the path takes.",
            "schema": { "type": "string" },
            "example": "POST",
        },
    })
}

/// These headers of an answer, by reference.
pub(super) fn references(names: impl IntoIterator<Item = &'static str>) -> Map<String, Value> {
    names.into_iter().map(|name| (name.to_owned(), reference("headers", name))).collect()
}
