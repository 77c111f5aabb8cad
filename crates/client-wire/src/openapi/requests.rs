//! What a caller sends: one schema for each operation, told apart by its name.

use std::fmt::Write;

use crate::OPERATIONS;
use crate::spec::{FieldSpec, Need, OperationKind, OperationSpec};
use serde_json::{Map, Value, json};

use super::schema::{Members, object};
use super::{members, reference};

/// The member that names the operation.
pub(super) const fn name_member(kind: OperationKind) -> &'static str {
    match kind {
        OperationKind::Command => "commandName",
        OperationKind::Query => "queryName",
    }
}

/// The operations of one kind, in the order of the contract.
pub(super) fn of_kind(kind: OperationKind) -> impl Iterator<Item = &'static OperationSpec> {
    OPERATIONS.iter().copied().filter(move |spec| spec.kind == kind)
}

/// The body of one of the two paths.
pub(super) fn body(kind: OperationKind) -> Value {
    let choices: Vec<_> = of_kind(kind).map(|spec| reference("schemas", spec.name)).collect();
    let mapping: Map<_, _> = of_kind(kind)
        .map(|spec| (spec.name.to_owned(), json!(format!("#/components/schemas/{}", spec.name))))
        .collect();
    let examples: Map<_, _> = of_kind(kind)
        .map(|spec| (spec.name.to_owned(), json!({ "summary": spec.about, "value": example(spec) })))
        .collect();
    let member = name_member(kind);
    json!({
        "required": true,
        "description": format!(
            "The operation, by name, and what it takes. `cmd` is understood in place of `{member}`; \
             a body with both is refused."
        ),
        "content": {
            "application/json": {
                "schema": {
                    "oneOf": choices,
                    "discriminator": { "propertyName": member, "mapping": mapping },
                },
                "examples": examples,
            },
        },
    })
}

/// The body of one operation.
pub(super) fn body_of(spec: &OperationSpec) -> Value {
    json!({
        "required": true,
        "content": {
            "application/json": {
                "schema": reference("schemas", spec.name),
                "examples": { spec.name: { "summary": spec.about, "value": example(spec) } },
            },
        },
    })
}

/// For each operation its request and the data of its request.
pub(super) fn schemas() -> impl Iterator<Item = (String, Value)> {
    OPERATIONS
        .iter()
        .flat_map(|spec| [(spec.name.to_owned(), request(spec)), (data_name(spec), data_schema(spec))])
}

fn request(spec: &OperationSpec) -> Value {
    let member = name_member(spec.kind);
    let mut properties = members(json!({
        member: { "type": "string", "enum": [spec.name], "description": "Which operation is asked for." },
        "data": reference("schemas", &data_name(spec)),
    }));
    if spec.kind == OperationKind::Command {
        let dry_run = json!({
            "type": "boolean",
            "description": "Check everything and answer the outcome, write nothing; false unless said otherwise.",
        });
        properties.insert("dryRun".to_owned(), dry_run);
    }
    // Absent data is read as an empty object, which is wrong only where something in it is mandatory.
    let data_needed = spec.fields.iter().any(|field| field.is_required() || is_exclusive(field));
    let required: Vec<_> = std::iter::once(member).chain(data_needed.then_some("data")).collect();
    json!({
        "title": spec.name,
        "description": about(spec),
        "x-permission": spec.permission.name(),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
        "examples": [example(spec)],
    })
}

/// Whether it is one of several members of which one must be there.
fn is_exclusive(field: &FieldSpec) -> bool {
    matches!(field.need, Need::ExactlyOne(_))
}

fn data_schema(spec: &OperationSpec) -> Value {
    let mut schema = object(spec.fields, Members::Closed);
    schema.insert("title".to_owned(), json!(data_name(spec)));
    schema.insert("description".to_owned(), json!(format!("What {} takes.", spec.name)));
    schema.insert("examples".to_owned(), json!([example_data(spec)]));
    Value::Object(schema)
}

fn data_name(spec: &OperationSpec) -> String {
    format!("{}Data", spec.name)
}

/// What the operation does, what it takes to do it, and why it may be refused.
pub(super) fn about(spec: &OperationSpec) -> String {
    let mut about = format!("{}\n\nPermission: `{}`.", spec.about, spec.permission.name());
    if !spec.refusals.is_empty() {
        about.push_str("\n\nRefused, besides what every operation can be refused with:\n");
    }
    for code in spec.refusals {
        // Writing to a String cannot fail.
        let _ = write!(about, "\n- `{}` ({}): {}", code.name(), code.status().http(), code.meaning());
    }
    about
}

fn example(spec: &OperationSpec) -> Value {
    json!({ name_member(spec.kind): spec.name, "data": example_data(spec) })
}

/// A test sees to it that every example is JSON; null would be noticed by it.
fn example_data(spec: &OperationSpec) -> Value {
    serde_json::from_str(spec.example).unwrap_or_default()
}
