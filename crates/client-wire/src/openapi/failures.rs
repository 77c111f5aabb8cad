//! What is answered to what was not done: one envelope, and a response for each class of failure.

use std::fmt::Write;

use crate::spec::{OperationKind, OperationSpec};
use crate::{Code, OPERATIONS, Status};
use serde_json::{Map, Value, json};

use super::{headers, reference};

const SCHEMA: &str = "Failure";

/// The failures that a path can answer, by HTTP status.
pub(super) fn of_path(kind: OperationKind) -> impl Iterator<Item = (String, Value)> {
    Status::ALL.into_iter().filter(move |status| can_occur(*status, kind)).map(response_reference)
}

/// The response component of a class, under its HTTP status.
pub(super) fn response_reference(status: Status) -> (String, Value) {
    (status.http().to_string(), reference("responses", status.wire()))
}

/// Nothing contradicts a question, unless an operation says so; every other class can meet any request.
fn can_occur(status: Status, kind: OperationKind) -> bool {
    let refuses = |spec: &&OperationSpec| spec.refusals.iter().any(|code| code.status() == status);
    status != Status::Conflict
        || kind == OperationKind::Command
        || OPERATIONS.iter().filter(|spec| spec.kind == kind).any(refuses)
}

/// The envelope of a failure, and one reason in it.
pub(super) fn schemas() -> impl Iterator<Item = (String, Value)> {
    let statuses: Vec<_> = Status::ALL.into_iter().map(Status::wire).collect();
    let codes: Vec<_> = Code::ALL.iter().copied().map(Code::name).collect();
    let failure = json!({
        "title": SCHEMA,
        "description": "Why a request was not done; the same on every path.",
        "type": "object",
        "properties": {
            "isSuccessful": { "type": "boolean", "description": "False." },
            "statusCode": { "type": "string", "enum": statuses, "description": "The HTTP status after `CBS_`." },
            "message": { "type": "string", "description": "The published head, and perhaps more." },
            "data": { "type": ["object", "null"], "description": "Null, but where a failure says what it found." },
            "errors": {
                "type": "array",
                "minItems": 1,
                "items": reference("schemas", "FailureReason"),
                "description": "Every reason, not only the first.",
            },
        },
        "required": ["isSuccessful", "statusCode", "message", "data", "errors"],
    });
    let reason = json!({
        "title": "FailureReason",
        "description": "One thing that was wrong. It never repeats a rejected value.",
        "type": "object",
        "properties": {
            "code": { "type": "string", "enum": codes, "description": "Stable; programs decide by it." },
            "field": {
                "type": ["string", "null"],
                "description": "The path of the field or the name of the header to blame, where one is.",
            },
            "message": { "type": "string", "description": "The rule, for people." },
            "details": {
                "type": "object",
                "description": "Data a program can act on, such as `min` and `max`, or `currentState`, `unmet` \
                    and `allowedActions`.",
            },
        },
        "required": ["code", "field", "message", "details"],
    });
    [(SCHEMA.to_owned(), failure), ("FailureReason".to_owned(), reason)].into_iter()
}

/// One response for each class of failure.
pub(super) fn responses() -> Map<String, Value> {
    Status::ALL.into_iter().map(|status| (status.wire().to_owned(), response(status))).collect()
}

fn response(status: Status) -> Value {
    let codes: Vec<_> = Code::ALL.iter().copied().filter(|code| code.status() == status).collect();
    let mut about = format!("{}.\n", status.head());
    for code in &codes {
        // Writing to a String cannot fail.
        let _ = write!(about, "\n- `{}`: {}", code.name(), code.meaning());
    }
    let examples: Map<_, _> =
        codes.iter().map(|code| (code.name().to_owned(), json!({ "value": example(*code) }))).collect();
    let own_header = match status {
        Status::Unauthorized => Some("WWW-Authenticate"),
        Status::MethodNotAllowed => Some("Allow"),
        Status::TooManyRequests | Status::Unavailable | Status::UnknownOutcome => Some("Retry-After"),
        _ => None,
    };
    json!({
        "description": about,
        "headers": headers::references(own_header.into_iter().chain(["X-Request-Id"])),
        "content": {
            "application/json": { "schema": reference("schemas", SCHEMA), "examples": examples },
        },
    })
}

fn example(code: Code) -> Value {
    json!({
        "isSuccessful": false,
        "statusCode": code.status().wire(),
        "message": code.head(),
        "data": null,
        "errors": [{ "code": code.name(), "field": null, "message": code.meaning(), "details": {} }],
    })
}
