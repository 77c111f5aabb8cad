use client_app::Plan;
use client_app::commands::RejectDocument;
use client_domain::Permission;
use client_domain::kyc::DocumentId;
use client_domain::reason::ReasonedOperation;

use super::operation::{CommandOperation, Request};
use super::reason_code::{REASON_CODE, reason_code};
use super::review::{digest, document_reply, non_empty_notes};
use crate::code::Code;
use crate::failure::Failure;
use crate::form::Form;
use crate::kyc_view::{CONTENT_SHA256, IDENTITY_ID, REVIEWED_DOCUMENT, SEEN_CONTENT};
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RejectIdentityDocumentCommand",
    kind: OperationKind::Command,
    about: "Rejects a document. Another one may be submitted, and the same one too, unless the code of the reason is final.",
    permission: Some(Permission::KycReview),
    fields: &[IDENTITY_ID, SEEN_CONTENT, FieldSpec::required("comment", shape::COMMENT, "Why."), REASON_CODE],
    reply: REVIEWED_DOCUMENT,
    refusals: &[
        Code::UnknownReasonCode,
        Code::DocumentNotFound,
        Code::FourEyes,
        Code::AlreadyReviewed,
        Code::ContentChanged,
        Code::InvalidStatus,
        Code::StaleVersion,
        Code::VersionRequired,
    ],
    example: r#"{ "identityId": "0123456789abcdef0123456789abcdef", "comment": "The picture is blurred." }"#,
};

pub(crate) static OPERATION: CommandOperation = CommandOperation {
    spec: &SPEC,
    parse,
    message: "Identity document rejected successfully.",
    reply: document_reply,
    fresh: &[],
};

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let document = form.required("identityId", DocumentId::parse);
    let comment = form.required("comment", non_empty_notes);
    let code = reason_code(&mut form, request, ReasonedOperation::RejectDocument);
    let seen = form.optional(CONTENT_SHA256, digest);
    let command = || Some(RejectDocument { document: document?, comment: comment?, code, seen });
    let command = command();
    request.plan(form.finish(command)?)
}
