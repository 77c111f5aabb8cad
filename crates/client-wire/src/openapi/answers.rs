//! What is answered to what was done: the envelope around each operation's own data.

use std::fmt::Write as _;

use crate::OPERATIONS;
use crate::rights::GUARDS;
use crate::spec::{OperationKind, OperationSpec};
use client_domain::Permission;
use serde_json::{Map, Value, json};

use super::requests::of_kind;
use super::schema::{Members, object, or_null};
use super::{headers, members, reference};

/// The successful answer of one of the two paths.
///
/// An answer does not name its operation, and several operations answer alike: whoever asked knows what for.
pub(super) fn success(kind: OperationKind) -> Value {
    let choices: Vec<_> = of_kind(kind).map(|spec| reference("schemas", &envelope_name(spec))).collect();
    success_with(kind, &json!({ "anyOf": choices }))
}

/// The successful answer of one operation.
pub(super) fn success_of(spec: &OperationSpec) -> Value {
    success_with(spec.kind, &reference("schemas", &envelope_name(spec)))
}

fn success_with(kind: OperationKind, schema: &Value) -> Value {
    let mut names = vec!["ETag", "X-Request-Id"];
    if kind == OperationKind::Command {
        names.push("Idempotency-Replayed");
    }
    json!({
        "description": "It was done. Readers ignore members of `data` that they do not know.",
        "headers": headers::references(names),
        "content": { "application/json": { "schema": schema } },
    })
}

/// For each operation its successful answer and the data of it.
pub(super) fn schemas() -> impl Iterator<Item = (String, Value)> {
    OPERATIONS
        .iter()
        .flat_map(|spec| [(envelope_name(spec), operation_envelope(spec)), (data_name(spec), data(spec))])
}

/// The envelope around data with this schema.
pub(super) fn envelope(data: &Value) -> Map<String, Value> {
    let properties = json!({
        "isSuccessful": { "type": "boolean", "description": "True." },
        "statusCode": { "type": "string", "enum": ["00"] },
        "message": { "type": "string", "description": "What was done, for people." },
        "data": data,
    });
    let required = ["isSuccessful", "statusCode", "message", "data"];
    members(json!({ "type": "object", "properties": properties, "required": required }))
}

fn operation_envelope(spec: &OperationSpec) -> Value {
    let mut schema = envelope(&reference("schemas", &data_name(spec)));
    schema.insert("title".to_owned(), json!(envelope_name(spec)));
    schema.insert("description".to_owned(), json!(format!("What {} answers when it was done.", spec.name)));
    Value::Object(schema)
}

fn data(spec: &OperationSpec) -> Value {
    let mut schema = object(spec.reply, Members::Open);
    for guard in GUARDS.iter().filter(|guard| guard.operation == spec.name) {
        for member in guard.members {
            let place =
                format!("/properties/{}", member.replace("[].", "/items/properties/").replace('.', "/"));
            guarded(&mut schema, &place, guard.permission);
        }
    }
    schema.insert("title".to_owned(), json!(data_name(spec)));
    schema.insert("description".to_owned(), json!(format!("The data of what {} answers.", spec.name)));
    Value::Object(schema)
}

/// A member that is null for callers without a permission says so.
fn guarded(schema: &mut Map<String, Value>, place: &str, permission: Permission) {
    let mut whole = Value::Object(std::mem::take(schema));
    if let Some(member) = whole.pointer_mut(place).and_then(Value::as_object_mut) {
        *member = or_null(std::mem::take(member));
        if let Some(Value::String(about)) = member.get_mut("description") {
            let _infallible = write!(about, " Null without {}.", permission.name());
        }
    }
    *schema = members(whole);
}

fn envelope_name(spec: &OperationSpec) -> String {
    format!("{}Success", spec.name)
}

fn data_name(spec: &OperationSpec) -> String {
    format!("{}Reply", spec.name)
}
