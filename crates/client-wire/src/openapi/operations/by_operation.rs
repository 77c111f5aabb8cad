//! A path for each operation: that of its kind, and its name after `#`.

use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, PathItem};

use super::{body, success};
use crate::catalogue::OPERATIONS;
use crate::code::Code;
use crate::openapi::headers::parameter_reference;
use crate::openapi::keywords::permission;
use crate::openapi::{errors, schemas};
use crate::spec::{OperationKind, OperationSpec};

/// The paths of all operations.
pub(crate) fn paths() -> impl Iterator<Item = (String, PathItem)> {
    OPERATIONS.iter().map(|spec| (path(spec), PathItem::new(HttpMethod::Post, operation(spec))))
}

/// Only the part before `#` is sent.
fn path(spec: &OperationSpec) -> String {
    format!("{}#{}", spec.kind.path(), spec.name)
}

fn operation(spec: &OperationSpec) -> Operation {
    let operation = OperationBuilder::new()
        .operation_id(Some(operation_id(spec.name)))
        .tag(match spec.kind {
            OperationKind::Command => "Commands",
            OperationKind::Query => "Queries",
        })
        .summary(Some(spec.about))
        .description(Some(schemas::about(spec)))
        .extensions(Some(permission(spec)));
    parameters(spec)
        .iter()
        .fold(operation, |operation, name| operation.parameter_ref(parameter_reference(name)))
        .request_body(Some(body::of_operation(spec)))
        .responses(success::or_failure(success::of_operation(spec), errors::of_path(spec.kind)))
        .build()
}

/// Only commands about an existing client can require a version, and only a query about one client can name one.
fn parameters(spec: &OperationSpec) -> &'static [&'static str] {
    match spec.kind {
        OperationKind::Query if spec.asks_of_client() => &["ReadVersion", "ReadToken", "XRequestId"],
        OperationKind::Query => &["ReadToken", "XRequestId"],
        OperationKind::Command if spec.refusals.contains(&Code::StaleVersion) => {
            &["IdempotencyKey", "IfMatch", "XRequestId"]
        }
        OperationKind::Command => &["IdempotencyKey", "XRequestId"],
    }
}

/// The name with a small letter at its beginning.
fn operation_id(name: &str) -> String {
    let mut letters = name.chars();
    let first: String = letters.next().into_iter().flat_map(char::to_lowercase).collect();
    first + letters.as_str()
}
