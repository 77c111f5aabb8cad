//! A path for each operation: that of its kind, and its name behind `#`.

use crate::spec::{OperationKind, OperationSpec};
use crate::{Code, OPERATIONS};
use serde_json::{Map, Value, json};

use super::{answers, failures, reference, requests};

/// The paths of all operations.
pub(super) fn paths() -> impl Iterator<Item = (String, Value)> {
    OPERATIONS.iter().map(|spec| (path(spec), json!({ "post": operation(spec) })))
}

/// What is sent is the part before `#`.
fn path(spec: &OperationSpec) -> String {
    format!("{}#{}", spec.kind.path(), spec.name)
}

fn operation(spec: &OperationSpec) -> Value {
    let success = ("200".to_owned(), answers::success_of(spec));
    let responses: Map<_, _> = std::iter::once(success).chain(failures::of_path(spec.kind)).collect();
    json!({
        "operationId": operation_id(spec.name),
        "tags": [match spec.kind { OperationKind::Command => "Commands", OperationKind::Query => "Queries" }],
        "summary": spec.about,
        "description": requests::about(spec),
        "parameters": parameters(spec),
        "requestBody": requests::body_of(spec),
        "responses": responses,
        "x-permission": spec.permission.name(),
    })
}

/// A version can be demanded of those commands only that a client who is there already has.
fn parameters(spec: &OperationSpec) -> Vec<Value> {
    let names: &[&str] = match spec.kind {
        OperationKind::Query => &["XRequestId"],
        OperationKind::Command if spec.refusals.contains(&Code::StaleVersion) => {
            &["IdempotencyKey", "IfMatch", "XRequestId"]
        }
        OperationKind::Command => &["IdempotencyKey", "XRequestId"],
    };
    names.iter().map(|name| reference("parameters", name)).collect()
}

/// The name with a small letter at its beginning.
fn operation_id(name: &str) -> String {
    let mut letters = name.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_lowercase).collect();
    first + letters.as_str()
}
