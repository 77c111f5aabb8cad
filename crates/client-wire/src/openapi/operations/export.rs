//! The path that exports clients, whose answer is a file.

use utoipa::openapi::path::{HttpMethod, Operation, OperationBuilder, PathItem, PathItemBuilder};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{
    Content, ContentBuilder, KnownFormat, Ref, Required, Response, ResponseBuilder, SchemaFormat,
};

use super::success;
use crate::batch_files::WORKBOOK;
use crate::openapi::errors;
use crate::openapi::headers::{parameter_reference, with_headers};
use crate::openapi::schemas::{export_request, text};
use crate::spec::EXPORT_PATH;
use crate::status::Status;

const MEDIA_TYPES: [&str; 3] = ["text/csv", "application/x-ndjson", WORKBOOK];

/// Exporting clients.
pub(crate) fn paths() -> impl Iterator<Item = (String, PathItem)> {
    let path = PathItemBuilder::new().operation(HttpMethod::Post, post()).build();
    std::iter::once((EXPORT_PATH.to_owned(), path))
}

fn post() -> Operation {
    let json = ContentBuilder::new().schema(Some(export_request())).build();
    let body = RequestBodyBuilder::new().required(Some(Required::True)).content("application/json", json);
    OperationBuilder::new()
        .operation_id(Some("exportContacts"))
        .tag("Queries")
        .summary(Some("Exports every client that a search finds as a file"))
        .description(Some(
            "It requires the permissions `customers.export` and `customers.read`, and those of the fields and properties that it \
             names. All clients are as they are at one point in time. A file that breaks off ends without the last chunk; NDJSON \
             ends with a line that has the member _end.",
        ))
        .parameter_ref(parameter_reference("XRequestId"))
        .request_body(Some(body.build()))
        .responses(success::or_failure(got(), failures()))
        .build()
}

fn got() -> Response {
    let response = MEDIA_TYPES
        .into_iter()
        .fold(ResponseBuilder::new(), |response, name| response.content(name, bytes()));
    let names = ["Content-Disposition", "Export-Id", "Export-Changed-Since", "X-Request-Id"];
    with_headers(response.description("The clients."), names).build()
}

fn bytes() -> Content {
    Content::new(Some(text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))))
}

fn failures() -> impl Iterator<Item = (String, Ref)> {
    Status::ALL.into_iter().filter(|status| *status != Status::Conflict).map(errors::response_reference)
}
