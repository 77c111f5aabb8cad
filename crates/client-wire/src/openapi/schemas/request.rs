//! Requests: one schema for each operation, selected by its name.

use std::fmt::Write;

use serde_json::{Map, Value};
use utoipa::openapi::schema::{Object, ObjectBuilder};
use utoipa::openapi::{Ref, RefOr, Schema};

use super::builders::{closed, enumeration, flag, requiring};
use super::member::{Members, object};
use crate::catalogue::OPERATIONS;
use crate::openapi::keywords::permission;
use crate::queries::export_request::MEMBERS;
use crate::spec::{FieldSpec, Need, OperationKind, OperationSpec};

/// For each operation its request and the data of its request.
pub(crate) fn schemas() -> impl Iterator<Item = (String, RefOr<Schema>)> {
    OPERATIONS.iter().flat_map(|spec| {
        [(spec.name.to_owned(), request(spec).into()), (data_name(spec), data_schema(spec).into())]
    })
}

/// The request of an export.
pub(crate) fn export_request() -> Object {
    let example = serde_json::json!({
        "format": "csv",
        "fields": ["customerNumber", "lastName", "firstName"],
        "status": ["Approved"],
        "filters": [{ "propertyName": "city", "operator": "Equals", "value": "Ikeja" }],
    });
    ObjectBuilder::from(object(MEMBERS, Members::Closed)).title(Some("Export")).examples([example]).build()
}

fn request(spec: &OperationSpec) -> Object {
    let member = spec.kind.name_member();
    let name = enumeration([spec.name]).description(Some("The name of the operation."));
    let mut request = ObjectBuilder::new()
        .title(Some(spec.name))
        .description(Some(about(spec)))
        .property(member, name)
        .property("data", Ref::from_schema_name(data_name(spec)))
        .examples([example(spec)])
        .extensions(Some(permission(spec)));
    if spec.kind == OperationKind::Command {
        let about = "Checks everything and answers the outcome without writing; false by default.";
        request = request.property("dryRun", flag().description(Some(about)));
    }
    // Absent data is read as an empty object, which is wrong only where something in it is mandatory.
    let data_needed = spec.fields.iter().any(|field| field.is_required() || is_exclusive(field));
    closed(requiring(request, std::iter::once(member).chain(data_needed.then_some("data"))))
}

/// Whether it is one of several members of which one must be there.
fn is_exclusive(field: &FieldSpec) -> bool {
    matches!(field.need, Need::ExactlyOne(_))
}

fn data_schema(spec: &OperationSpec) -> Object {
    ObjectBuilder::from(object(spec.fields, Members::Closed))
        .title(Some(data_name(spec)))
        .description(Some(format!("The request data of {}.", spec.name)))
        .examples([example_data(spec)])
        .build()
}

/// The schema of the data of a request.
pub(crate) fn data_name(spec: &OperationSpec) -> String {
    format!("{}Data", spec.name)
}

/// What the operation does, the permission that it needs, and why it may be refused.
pub(crate) fn about(spec: &OperationSpec) -> String {
    let mut about = match spec.permission {
        Some(permission) => format!("{}\n\nPermission: `{}`.", spec.about, permission.name()),
        None => format!("{}\n\nEvery caller may ask.", spec.about),
    };
    if !spec.refusals.is_empty() {
        about.push_str("\n\nRefusals besides those of every operation:\n");
    }
    for code in spec.refusals {
        // Writing to a String cannot fail.
        let _ = write!(about, "\n- `{}` ({}): {}", code.name(), code.status().http(), code.meaning());
    }
    about
}

/// A request that is right.
pub(crate) fn example(spec: &OperationSpec) -> Value {
    let name = (spec.kind.name_member().to_owned(), Value::from(spec.name));
    Value::Object(Map::from_iter([name, ("data".to_owned(), example_data(spec))]))
}

/// A test sees to it that every example is JSON; null would be noticed by it.
fn example_data(spec: &OperationSpec) -> Value {
    serde_json::from_str(spec.example).unwrap_or_default()
}
