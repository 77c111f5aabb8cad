//! The two paths that carry every command and query.

use utoipa::openapi::path::{HttpMethod, OperationBuilder, PathItem};

use super::{body, success};
use crate::openapi::errors;
use crate::openapi::headers::parameter_reference;
use crate::spec::OperationKind;

/// Both paths.
pub(crate) fn paths() -> impl Iterator<Item = (String, PathItem)> {
    let command = OperationBuilder::new()
        .operation_id(Some("command"))
        .tag("Commands")
        .summary(Some("Executes one command"))
        .description(Some(
            "A command is executed completely or not at all. The name in the body selects it.",
        ));
    let query = OperationBuilder::new()
        .operation_id(Some("query"))
        .tag("Queries")
        .summary(Some("Answers one query"))
        .description(Some(
            "A query changes nothing, although it is sent with POST. The name in the body selects it. \
             Idempotency-Key and If-Match are refused. Where replicas answer reads, Read-Version and Read-Token \
             say what the answer must not be older than.",
        ));
    [
        path(OperationKind::Command, command, &["IdempotencyKey", "IfMatch", "XRequestId"]),
        path(OperationKind::Query, query, &["ReadVersion", "ReadToken", "XRequestId"]),
    ]
    .into_iter()
}

fn path(kind: OperationKind, operation: OperationBuilder, parameters: &[&str]) -> (String, PathItem) {
    let operation = parameters
        .iter()
        .fold(operation, |operation, name| operation.parameter_ref(parameter_reference(name)))
        .request_body(Some(body::of_kind(kind)))
        .responses(success::or_failure(success::of_kind(kind), errors::of_path(kind)));
    (kind.path().to_owned(), PathItem::new(HttpMethod::Post, operation))
}
