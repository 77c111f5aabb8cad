use client_app::Decided;
use client_domain::Permission;
use client_domain::kyc::{Content, DocumentId};
use serde_json::{Map, Value, json};

use super::review::document_reply;
use super::tell_withdrawal;
use crate::Code;
use crate::kyc_view::REPLACED_DOCUMENT;
use crate::reply::members;
use crate::spec::{OperationKind, OperationSpec};

/// It comes as a file and not as JSON, so it is no operation by name.
pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "ReplaceIdentityDocumentContent",
    kind: OperationKind::Command,
    about: "Puts another file in the place of a document's, as long as nobody has reviewed it.",
    permission: Permission::KycWrite,
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

/// What two requests under one idempotency key must have in common.
pub(crate) fn canonical(document: &DocumentId, content: &Content) -> Map<String, Value> {
    members(json!({
        "identityId": document.as_str(),
        "size": content.size,
        "sha256": content.sha256.to_string(),
    }))
}

pub(crate) fn reply(decided: &Decided<'_>) -> Map<String, Value> {
    tell_withdrawal(document_reply(decided), decided)
}
