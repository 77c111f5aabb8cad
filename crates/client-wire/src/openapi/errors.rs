//! The answers to failed requests: one envelope, and a response for each class of failure.

use std::fmt::Write;

use serde::Serialize;
use utoipa::openapi::content::ContentBuilder;
use utoipa::openapi::example::ExampleBuilder;
use utoipa::openapi::schema::{Array, ArrayBuilder, Object, ObjectBuilder, SchemaType};
use utoipa::openapi::{Ref, RefOr, Response, ResponseBuilder, Schema, Type};

use super::headers::with_headers;
use super::schemas::{enumeration, flag, requiring, text};
use crate::catalogue::OPERATIONS;
use crate::code::Code;
use crate::spec::{OperationKind, OperationSpec};
use crate::status::Status;

const FAILURE: &str = "Failure";
const REASON: &str = "FailureReason";

/// The failures that a path can answer, by HTTP status.
pub(crate) fn of_path(kind: OperationKind) -> impl Iterator<Item = (String, Ref)> {
    Status::ALL.into_iter().filter(move |status| can_occur(*status, kind)).map(response_reference)
}

/// The response component of a class, under its HTTP status.
pub(crate) fn response_reference(status: Status) -> (String, Ref) {
    (status.http().to_string(), Ref::from_response_name(status.wire()))
}

/// A query has no conflicts, unless its operation says so; every other class can occur for any request.
fn can_occur(status: Status, kind: OperationKind) -> bool {
    let refuses = |spec: &&OperationSpec| spec.refusals.iter().any(|code| code.status() == status);
    status != Status::Conflict
        || kind == OperationKind::Command
        || OPERATIONS.iter().filter(|spec| spec.kind == kind).any(refuses)
}

/// The envelope of a failure, and one reason in it.
pub(crate) fn schemas() -> impl Iterator<Item = (String, RefOr<Schema>)> {
    [(FAILURE, failure()), (REASON, reason())]
        .into_iter()
        .map(|(name, schema)| (name.to_owned(), schema.into()))
}

fn failure() -> Object {
    let reasons = ArrayBuilder::from(Array::new(Ref::from_schema_name(REASON)))
        .min_items(Some(1))
        .description(Some("Every reason, not only the first."));
    let data = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::Object, Type::Null]))
        .description(Some("Null, unless a failure reports details."));
    let statuses = enumeration(Status::ALL.into_iter().map(Status::wire));
    let failure = ObjectBuilder::new()
        .title(Some(FAILURE))
        .description(Some("The reason why a request failed; the same on every path."))
        .property("isSuccessful", flag().description(Some("False.")))
        .property("statusCode", statuses.description(Some("The HTTP status after `CBS_`.")))
        .property("message", text().description(Some("The published heading, possibly with more text.")))
        .property("data", data)
        .property("errors", reasons);
    requiring(failure, ["isSuccessful", "statusCode", "message", "data", "errors"]).build()
}

fn reason() -> Object {
    let codes = enumeration(Code::ALL.iter().copied().map(Code::name));
    let field = ObjectBuilder::new()
        .schema_type(SchemaType::from_iter([Type::String, Type::Null]))
        .description(Some("The path of the field or the name of the header in error, if there is one."));
    let details = ObjectBuilder::new().description(Some(
        "Data for programs, such as `min` and `max`, or `currentState`, `unmet` and `allowedActions`.",
    ));
    let reason = ObjectBuilder::new()
        .title(Some(REASON))
        .description(Some("One error. It never repeats a rejected value."))
        .property("code", codes.description(Some("A stable code for programs.")))
        .property("field", field)
        .property("message", text().description(Some("The rule as a sentence.")))
        .property("details", details);
    requiring(reason, ["code", "field", "message", "details"]).build()
}

/// One response for each class of failure.
pub(crate) fn responses() -> impl Iterator<Item = (&'static str, Response)> {
    Status::ALL.into_iter().map(|status| (status.wire(), response(status)))
}

fn response(status: Status) -> Response {
    let codes: Vec<_> = Code::ALL.iter().copied().filter(|code| code.status() == status).collect();
    let mut about = format!("{}.\n", status.head());
    for code in &codes {
        // Writing to a String cannot fail.
        let _ = write!(about, "\n- `{}`: {}", code.name(), code.meaning());
    }
    let own_header = match status {
        Status::Unauthorized => Some("WWW-Authenticate"),
        Status::MethodNotAllowed => Some("Allow"),
        Status::TooManyRequests | Status::Unavailable | Status::UnknownOutcome => Some("Retry-After"),
        _ => None,
    };
    let examples = codes.into_iter().map(|code| {
        let value = serde_json::to_value(Example::of(code)).unwrap_or_default();
        (code.name(), ExampleBuilder::new().value(Some(value)))
    });
    let content = ContentBuilder::new()
        .schema(Some(Ref::from_schema_name(FAILURE)))
        .examples_from_iter(examples)
        .build();
    let response = ResponseBuilder::new().description(about).content("application/json", content);
    with_headers(response, own_header.into_iter().chain(["X-Request-Id"])).build()
}

/// A failure with one reason, as it is sent.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Example {
    is_successful: bool,
    status_code: &'static str,
    message: &'static str,
    data: (),
    errors: [ReasonExample; 1],
}

#[derive(Serialize)]
struct ReasonExample {
    code: &'static str,
    field: (),
    message: &'static str,
    details: NoDetails,
}

/// It is written as an empty object.
#[derive(Serialize)]
struct NoDetails {}

impl Example {
    fn of(code: Code) -> Self {
        let reason =
            ReasonExample { code: code.name(), field: (), message: code.meaning(), details: NoDetails {} };
        Self {
            is_successful: false,
            status_code: code.status().wire(),
            message: code.head(),
            data: (),
            errors: [reason],
        }
    }
}
