//! The path of a document's file, which comes and goes as bytes and not as JSON.

use crate::Status;
use client_domain::kyc::MediaType;
use serde_json::{Map, Value, json};

use super::{answers, failures, headers, members, reference};
use crate::spec::DOCUMENT_CONTENT_PATH as PATH;

/// Sending a file, and getting one.
pub(super) fn paths() -> impl Iterator<Item = (String, Value)> {
    let file = json!({ "type": "string", "format": "binary" });
    let of_types = |types: &[&str]| -> Map<String, Value> {
        types.iter().map(|name| ((*name).to_owned(), json!({ "schema": file }))).collect()
    };
    let types = MediaType::ALL.map(MediaType::name);
    let identity = json!({
        "name": "identityId",
        "in": "path",
        "required": true,
        "description": "The id of the document.",
        "schema": { "type": "string", "pattern": "^[0-9a-f]{32}$" },
        "example": "0123456789abcdef0123456789abcdef",
    });
    let got = json!({
        "description": "The file, as it was handed in.",
        "headers": headers::references(["Content-Disposition", "Repr-Digest", "X-Request-Id"]),
        "content": of_types(&types),
    });
    let record =
        Value::Object(answers::envelope(&reference("schemas", "ApproveIdentityDocumentCommandReply")));
    let done = json!({
        "description": "It was done; here is the document.",
        "headers": headers::references(["ETag", "X-Request-Id", "Idempotency-Replayed"]),
        "content": { "application/json": { "schema": record } },
    });
    let get = json!({
        "operationId": "getDocumentContent",
        "tags": ["Queries"],
        "summary": "Sends the file of a document",
        "description": "It takes the permission `customers.kyc.read`. The file comes as an attachment that no browser \
            runs. One that is not what was handed in any more ends early.",
        "parameters": [identity, reference("parameters", "XRequestId")],
        "responses": responses(got, &[Status::Conflict, Status::PayloadTooLarge, Status::UnsupportedMediaType]),
    });
    let put = json!({
        "operationId": "putDocumentContent",
        "tags": ["Commands"],
        "summary": "Puts another file in the place of a document's",
        "description": "It takes the permission `customers.kyc.write`, and a document that nobody has reviewed. The \
            bytes decide what the file is, and must agree with the document's docExtension; at most 10 MiB. \
            The types image/jpeg, image/png and application/pdf are taken as well as application/octet-stream.",
        "parameters": [
            identity,
            reference("parameters", "IdempotencyKey"),
            reference("parameters", "IfMatch"),
            reference("parameters", "XRequestId"),
        ],
        "requestBody": { "required": true, "content": of_types(&["application/octet-stream"]) },
        "responses": responses(done, &[]),
    });
    std::iter::once((PATH.to_owned(), Value::Object(members(json!({ "get": get, "put": put })))))
}

/// A success, and every failure but these.
fn responses(success: Value, never: &[Status]) -> Map<String, Value> {
    let failures = Status::ALL.into_iter().filter(|status| !never.contains(status));
    std::iter::once(("200".to_owned(), success)).chain(failures.map(failures::response_reference)).collect()
}
