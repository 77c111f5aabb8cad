//! The path of a document's file, which is sent as bytes and not as JSON.

use client_domain::kyc::MediaType;
use utoipa::openapi::path::{
    HttpMethod, Operation, OperationBuilder, Parameter, ParameterBuilder, ParameterIn, PathItem,
    PathItemBuilder,
};
use utoipa::openapi::request_body::RequestBodyBuilder;
use utoipa::openapi::{Content, KnownFormat, Ref, Required, Response, ResponseBuilder, SchemaFormat};

use super::success;
use crate::openapi::errors;
use crate::openapi::headers::{parameter_reference, with_headers};
use crate::openapi::schemas::{envelope, text};
use crate::spec::DOCUMENT_CONTENT_PATH as PATH;
use crate::status::Status;

/// Uploading and downloading a file.
pub(crate) fn paths() -> impl Iterator<Item = (String, PathItem)> {
    let path =
        PathItemBuilder::new().operation(HttpMethod::Get, get()).operation(HttpMethod::Put, put()).build();
    std::iter::once((PATH.to_owned(), path))
}

fn get() -> Operation {
    OperationBuilder::new()
        .operation_id(Some("getDocumentContent"))
        .tag("Queries")
        .summary(Some("Returns the file of a document"))
        .description(Some(
            "It requires the permission `customers.kyc.read`. The file is sent as an attachment that no \
             browser executes. The download of a file that no longer matches its digest ends early.",
        ))
        .parameter(identity())
        .parameter_ref(parameter_reference("XRequestId"))
        .responses(success::or_failure(
            got(),
            failures_except(&[Status::Conflict, Status::PayloadTooLarge, Status::UnsupportedMediaType]),
        ))
        .build()
}

fn put() -> Operation {
    let body =
        RequestBodyBuilder::new().required(Some(Required::True)).content("application/octet-stream", file());
    OperationBuilder::new()
        .operation_id(Some("putDocumentContent"))
        .tag("Commands")
        .summary(Some("Replaces the file of a document"))
        .description(Some(
            "It requires the permission `customers.kyc.write` and a document that is pending review. The media type is \
             detected from the content, which must match the document's docExtension; at most 10 MiB. Besides \
             application/octet-stream, image/jpeg, image/png and application/pdf are accepted.",
        ))
        .parameter(identity())
        .parameter_ref(parameter_reference("IdempotencyKey"))
        .parameter_ref(parameter_reference("IfMatch"))
        .parameter_ref(parameter_reference("XRequestId"))
        .request_body(Some(body.build()))
        .responses(success::or_failure(done(), failures_except(&[])))
        .build()
}

fn identity() -> Parameter {
    ParameterBuilder::new()
        .name("identityId")
        .parameter_in(ParameterIn::Path)
        .required(Required::True)
        .description(Some("The id of the document."))
        .schema(Some(text().pattern(Some("^[0-9a-f]{32}$"))))
        .example(Some("0123456789abcdef0123456789abcdef".into()))
        .build()
}

fn got() -> Response {
    let response = MediaType::ALL
        .map(MediaType::name)
        .into_iter()
        .fold(ResponseBuilder::new(), |response, name| response.content(name, file()))
        .description("The file as it was submitted.");
    with_headers(response, ["Content-Disposition", "Repr-Digest", "X-Request-Id"]).build()
}

fn done() -> Response {
    let record = envelope(Ref::from_schema_name("ApproveIdentityDocumentCommandReply"));
    let response = success::json("The document after the change.", record);
    with_headers(response, ["ETag", "X-Request-Id", "Idempotency-Replayed", "Read-Token"]).build()
}

fn file() -> Content {
    Content::new(Some(text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))))
}

fn failures_except(never: &[Status]) -> impl Iterator<Item = (String, Ref)> {
    Status::ALL.into_iter().filter(|status| !never.contains(status)).map(errors::response_reference)
}
