use client_app::Plan;
use client_app::commands::ApproveDocument;
use client_domain::Permission;
use client_domain::kyc::DocumentId;
use client_domain::value::Notes;

use super::operation::{CommandOperation, Request};
use super::review::{digest, document_reply};
use crate::code::Code;
use crate::failure::Failure;
use crate::form::Form;
use crate::kyc_view::{CONTENT_SHA256, IDENTITY_ID, REVIEWED_DOCUMENT, SEEN_CONTENT};
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "ApproveIdentityDocumentCommand",
    kind: OperationKind::Command,
    about: "Approves a document. The submitter of the document or of its file cannot review it.",
    permission: Some(Permission::KycReview),
    fields: &[
        IDENTITY_ID,
        SEEN_CONTENT,
        FieldSpec::optional("comment", shape::NOTES, "Notes for the history."),
    ],
    reply: REVIEWED_DOCUMENT,
    refusals: &[
        Code::DocumentNotFound,
        Code::FourEyes,
        Code::AlreadyReviewed,
        Code::ContentChanged,
        Code::DocumentExpired,
        Code::RejectedFinally,
        Code::DuplicateIdentification,
        Code::InvalidStatus,
        Code::StaleVersion,
        Code::VersionRequired,
    ],
    example: r#"{ "identityId": "0123456789abcdef0123456789abcdef", "comment": "Seen in the original." }"#,
};

pub(crate) static OPERATION: CommandOperation = CommandOperation {
    spec: &SPEC,
    parse,
    message: "Identity document approved successfully.",
    reply: document_reply,
    fresh: &[],
};

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let document = form.required("identityId", DocumentId::parse);
    let comment = form.optional("comment", Notes::parse);
    let seen = form.optional(CONTENT_SHA256, digest);
    let command = || Some(ApproveDocument { document: document?, comment, seen });
    let command = command();
    request.plan(form.finish(command)?)
}
