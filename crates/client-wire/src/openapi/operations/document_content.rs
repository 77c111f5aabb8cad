//! The path of a document's file, which comes and goes as bytes and not as JSON.

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

/// Sending a file, and getting one.
pub(crate) fn paths() -> impl Iterator<Item = (String, PathItem)> {
    let path =
        PathItemBuilder::new().operation(HttpMethod::Get, get()).operation(HttpMethod::Put, put()).build();
    std::iter::once((PATH.to_owned(), path))
}

fn get() -> Operation {
    OperationBuilder::new()
        .operation_id(Some("getDocumentContent"))
        .tag("Queries")
        .summary(Some("Sends the file of a document"))
        .description(Some(
            "It takes the permission `customers.kyc.read`. The file comes as an attachment that no browser runs. \
             One that is not what was handed in any more ends early.",
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
        .summary(Some("Puts another file in the place of a document's"))
        .description(Some(
            "It takes the permission `customers.kyc.write`, and a document that nobody has reviewed. The bytes \
             decide what the file is, and must agree with the document's docExtension; at most 10 MiB. The types \
             image/jpeg, image/png and application/pdf are taken as well as application/octet-stream.",
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
        .description("The file, as it was handed in.");
    with_headers(response, ["Content-Disposition", "Repr-Digest", "X-Request-Id"]).build()
}

fn done() -> Response {
    let record = envelope(Ref::from_schema_name("ApproveIdentityDocumentCommandReply"));
    let response = success::json("It was done; here is the document.", record);
    with_headers(response, ["ETag", "X-Request-Id", "Idempotency-Replayed"]).build()
}

fn file() -> Content {
    Content::new(Some(text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Binary)))))
}

fn failures_except(never: &[Status]) -> impl Iterator<Item = (String, Ref)> {
    Status::ALL.into_iter().filter(|status| !never.contains(status)).map(errors::response_reference)
}
