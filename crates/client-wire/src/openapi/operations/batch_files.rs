//! The paths of the files of batches, which are sent as bytes and not as JSON.

use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem,
    PathItemBuilder,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::schema::ObjectBuilder;
use utoipa::openapi::{Content, KnownFormat, Ref, Required, Response, ResponseBuilder, SchemaFormat, Type};

use super::success;
use crate::batch_files::WORKBOOK;
use crate::openapi::errors;
use crate::openapi::headers::{parameter_reference, with_headers};
use crate::openapi::schemas::{envelope, text};
use crate::spec::{BATCH_CONTENT_PATH, BATCH_FILE_PATH, BATCH_PROGRESS_PATH};
use crate::status::Status;

const MEDIA_TYPES: [&str; 3] = ["text/csv", "application/x-ndjson", WORKBOOK];

/// Uploading the file of a batch, and downloading rows of it.
pub(crate) fn paths() -> impl Iterator<Item = (String, PathItem)> {
    let content = PathItemBuilder::new().operation(HttpMethod::Put, put()).build();
    let file = PathItemBuilder::new().operation(HttpMethod::Get, get()).build();
    let progress = PathItemBuilder::new().operation(HttpMethod::Get, progress()).build();
    [
        (BATCH_CONTENT_PATH.to_owned(), content),
        (BATCH_FILE_PATH.to_owned(), file),
        (BATCH_PROGRESS_PATH.to_owned(), progress),
    ]
    .into_iter()
}

fn put() -> Operation {
    let body = MEDIA_TYPES
        .into_iter()
        .fold(RequestBodyBuilder::new().required(Some(Required::True)), |body, name| {
            body.content(name, bytes())
        });
    OperationBuilder::new()
        .operation_id(Some("putBatchContent"))
        .tag("Commands")
        .summary(Some("Sends the file of a batch"))
        .description(Some(
            "It requires the permission `customers.batches`, the permissions of all rows, and `customers.read`. The file must \
             have the SHA-256 that the batch was created with. A batch that has its file already is answered as it is.",
        ))
        .parameter(batch())
        .parameter_ref(parameter_reference("IdempotencyKey"))
        .parameter_ref(parameter_reference("XRequestId"))
        .request_body(Some(body.build()))
        .responses(success::or_failure(received(), failures_except(&[])))
        .build()
}

fn get() -> Operation {
    OperationBuilder::new()
        .operation_id(Some("getBatchFile"))
        .tag("Queries")
        .summary(Some("Returns rows of a batch"))
        .description(Some(
            "It requires the permissions `customers.batches` and `customers.read`. `results` has every row in the order of the file with what became \
             of it, `corrections` exactly the refused rows with the reasons, `not-tried` exactly the rows that were not tried. \
             Each can be sent again: columns whose names begin with _ are ignored. A cell that a spreadsheet would execute is \
             written with an apostrophe in front, and read without it.",
        ))
        .parameter(batch())
        .parameter(
            ParameterBuilder::new()
                .name("file")
                .parameter_in(ParameterIn::Path)
                .required(Required::True)
                .description(Some("Which rows."))
                .schema(Some(text().enum_values(Some(["results", "corrections", "not-tried"]))))
                .example(Some("corrections".into())),
        )
        .parameter_ref(parameter_reference("XRequestId"))
        .responses(success::or_failure(
            got(),
            failures_except(&[Status::Conflict, Status::PayloadTooLarge, Status::UnsupportedMediaType]),
        ))
        .build()
}

fn progress() -> Operation {
    OperationBuilder::new()
        .operation_id(Some("getBatchProgress"))
        .tag("Queries")
        .summary(Some("Tells how far a batch is, as it happens"))
        .description(Some(
            "It requires the permission `customers.batches`. An event `progress` has the data of `RetrieveBatchQuery`: one at once, \
             then one whenever something has changed, at most one a second. The stream ends after the event of a batch that has \
             ended, when the service stops, and after 15 minutes. Token and permissions are checked again each time; if they no \
             longer hold, an event `failure` with the envelope of the failure is the last one. A caller has a few streams at a time.",
        ))
        .parameter(batch())
        .parameter_ref(parameter_reference("XRequestId"))
        .responses(success::or_failure(
            events(),
            failures_except(&[Status::Conflict, Status::PayloadTooLarge, Status::UnsupportedMediaType]),
        ))
        .build()
}

fn batch() -> Parameter {
    ParameterBuilder::new()
        .name("batchId")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The id of the batch."))
        .schema(Some(text().pattern(Some("^[0-9a-f]{32}$"))))
        .example(Some("0123456789abcdef0123456789abcdef".into()))
        .build()
}

fn received() -> Response {
    let data = ObjectBuilder::new()
        .property("batchId", text())
        .required("batchId")
        .property("state", text())
        .required("state")
        .property("rows", ObjectBuilder::new().schema_type(Type::Integer))
        .required("rows");
    let response = success::json("The batch with its file.", envelope(data));
    with_headers(response, ["X-Request-Id", "Idempotency-Replayed"]).build()
}

fn got() -> Response {
    let response = MEDIA_TYPES
        .into_iter()
        .fold(ResponseBuilder::new(), |response, name| response.content(name, bytes()));
    with_headers(response.description("The rows."), ["Content-Disposition", "X-Request-Id"]).build()
}

fn events() -> Response {
    let response = ResponseBuilder::new().content("text/event-stream", Content::new(Some(text())));
    with_headers(response.description("The events."), ["X-Request-Id"]).build()
}

fn bytes() -> Content {
    Content::new(Some(text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))))
}

fn failures_except(never: &[Status]) -> impl Iterator<Item = (String, Ref)> {
    Status::ALL.into_iter().filter(|status| !never.contains(status)).map(errors::response_reference)
}
