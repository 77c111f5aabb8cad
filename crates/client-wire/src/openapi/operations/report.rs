//! The path that answers a report as a file.

use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, PathItem, PathItemBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{
    AllOfBuilder, Content, ContentBuilder, Ref, Required, Response, ResponseBuilder, Schema,
};

use super::success;
use crate::openapi::errors;
use crate::openapi::headers::{parameter_reference, with_headers};
use crate::openapi::schemas::{data_name, text};
use crate::queries::report::SPEC;
use crate::spec::REPORT_PATH;
use crate::status::Status;

/// A report as a file.
pub(crate) fn paths() -> impl Iterator<Item = (String, PathItem)> {
    let path = PathItemBuilder::new().operation(HttpMethod::Post, post()).build();
    std::iter::once((REPORT_PATH.to_owned(), path))
}

fn post() -> Operation {
    // The path names no operation, so the schema of its body is not that of one.
    let data = AllOfBuilder::new().item(Ref::from_schema_name(data_name(&SPEC)));
    let data = Schema::AllOf(data.build());
    let json = ContentBuilder::new().schema(Some(data)).build();
    let body = RequestBodyBuilder::new().required(Some(Required::True)).content("application/json", json);
    let operation = OperationBuilder::new()
        .operation_id(Some("reportFile"))
        .tag("Queries")
        .summary(Some("Answers a report as CSV"))
        .description(Some(
            "The body is the data of RetrieveReportQuery, and the permissions are the same. The first line has the names of the \
             labels and measures, and the last column says whether the numbers are lower bounds.",
        ));
    ["ReadToken", "XRequestId"]
        .into_iter()
        .fold(operation, |operation, name| operation.parameter_ref(parameter_reference(name)))
        .request_body(Some(body.build()))
        .responses(success::or_failure(got(), failures()))
        .build()
}

fn got() -> Response {
    let response =
        ResponseBuilder::new().description("The report.").content("text/csv", Content::new(Some(text())));
    with_headers(response, ["Content-Disposition", "Read-Age", "X-Request-Id"]).build()
}

fn failures() -> impl Iterator<Item = (String, Ref)> {
    Status::ALL.into_iter().filter(|status| *status != Status::Conflict).map(errors::response_reference)
}
