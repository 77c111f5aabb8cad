use client_app::Decided;
use client_domain::Permission;
use client_domain::kyc::{Content, DocumentId};
use serde_json::{Map, Value, json};

use super::operation::with_withdrawal;
use super::review::document_reply;
use crate::code::Code;
use crate::kyc_view::REPLACED_DOCUMENT;
use crate::reply::members;
use crate::spec::{OperationKind, OperationSpec};

/// The request is a file and not JSON, so this operation is not in the catalogue of names.
pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "ReplaceIdentityDocumentContent",
    kind: OperationKind::Command,
    about: "Replaces the file of a document that is pending review.",
    permission: Some(Permission::KycWrite),
    fields: &[],
    reply: REPLACED_DOCUMENT,
    refusals: &[
        Code::DocumentNotFound,
        Code::ContentEmpty,
        Code::ContentUnknown,
        Code::ContentMismatch,
        Code::ContentTruncated,
        Code::ContentTrailingData,
        Code::ContentArchive,
        Code::ContentActive,
        Code::ContentEncrypted,
        Code::ContentExpansion,
        Code::ContentPixels,
        Code::AlreadyReviewed,
        Code::InvalidStatus,
        Code::StaleVersion,
    ],
    example: "{}",
};

/// The published message.
pub(crate) const MESSAGE: &str = "Identity document content replaced successfully.";

/// The body that two requests under one idempotency key must share.
pub(crate) fn canonical(document: &DocumentId, content: &Content) -> Map<String, Value> {
    members(json!({
        "identityId": document.as_str(),
        "size": content.size,
        "sha256": content.sha256.to_string(),
    }))
}

pub(crate) fn reply(decided: &Decided<'_>) -> Map<String, Value> {
    with_withdrawal(document_reply(decided), decided)
}
