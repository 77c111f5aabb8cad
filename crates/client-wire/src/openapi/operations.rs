//! The two paths that carry every command and query.

use crate::spec::OperationKind;
use serde_json::{Map, Value, json};

use super::{answers, failures, members, reference, requests};

/// Both paths.
pub(super) fn paths() -> impl Iterator<Item = (String, Value)> {
    let command = members(json!({
        "operationId": "command",
        "tags": ["Commands"],
        "summary": "Does one command",
        "description": "A command is done as a whole or not at all. The name in the body says which one it is.",
        "parameters": parameters(["IdempotencyKey", "IfMatch", "XRequestId"]),
    }));
    let query = members(json!({
        "operationId": "query",
        "tags": ["Queries"],
        "summary": "Answers one query",
        "description": "A query changes nothing, though it is sent with POST. The name in the body says which \
            one it is. Idempotency-Key and If-Match have no meaning here and are refused.",
        "parameters": parameters(["XRequestId"]),
    }));
    [
        ("/api/bpm/cmd".to_owned(), path(OperationKind::Command, command)),
        ("/api/bpm/qry".to_owned(), path(OperationKind::Query, query)),
    ]
    .into_iter()
}

fn path(kind: OperationKind, mut operation: Map<String, Value>) -> Value {
    let success = ("200".to_owned(), answers::success(kind));
    let responses: Map<_, _> = std::iter::once(success).chain(failures::of_path(kind)).collect();
    operation.insert("requestBody".to_owned(), requests::body(kind));
    operation.insert("responses".to_owned(), Value::Object(responses));
    json!({ "post": operation })
}

fn parameters<const N: usize>(names: [&str; N]) -> Vec<Value> {
    names.into_iter().map(|name| reference("parameters", name)).collect()
}
