//! The answer to a successful request.

use utoipa::openapi::schema::AnyOfBuilder;
use utoipa::openapi::{
    ContentBuilder, Ref, RefOr, Response, ResponseBuilder, Responses, ResponsesBuilder, Schema,
};

use crate::catalogue::OPERATIONS;
use crate::openapi::headers::with_headers;
use crate::openapi::schemas::envelope_name;
use crate::spec::{OperationKind, OperationSpec};

/// The successful answer of one of the two paths.
///
/// An answer does not name its operation, and several operations answer alike: the caller knows what it asked for.
pub(crate) fn of_kind(kind: OperationKind) -> Response {
    let choice = OPERATIONS
        .iter()
        .filter(|spec| spec.kind == kind)
        .fold(AnyOfBuilder::new(), |choice, spec| choice.item(Ref::from_schema_name(envelope_name(spec))));
    success(kind, choice)
}

/// The successful answer of one operation.
pub(crate) fn of_operation(spec: &OperationSpec) -> Response {
    success(spec.kind, Ref::from_schema_name(envelope_name(spec)))
}

fn success(kind: OperationKind, schema: impl Into<RefOr<Schema>>) -> Response {
    let of_kind: &[_] = match kind {
        OperationKind::Command => &["Idempotency-Replayed", "Read-Token"],
        OperationKind::Query => &["Read-Age"],
    };
    let about = "The operation succeeded. Readers ignore unknown members of `data`.";
    with_headers(json(about, schema), ["ETag", "X-Request-Id"].into_iter().chain(of_kind.iter().copied()))
        .build()
}

/// An answer of JSON with this schema.
pub(crate) fn json(about: &str, schema: impl Into<RefOr<Schema>>) -> ResponseBuilder {
    let content = ContentBuilder::new().schema(Some(schema)).build();
    ResponseBuilder::new().description(about).content("application/json", content)
}

/// All answers of an operation: its success, and its failures by HTTP status.
pub(crate) fn or_failure(success: Response, failures: impl IntoIterator<Item = (String, Ref)>) -> Responses {
    ResponsesBuilder::new().response("200", success).responses_from_iter(failures).build()
}
