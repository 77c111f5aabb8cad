use client_domain::Permission;
use client_domain::kyc::ReviewAction;

use super::review_papers::{Paper, PaperReview};
use crate::Code;
use crate::kyc_view::{IDENTITY_ID, REVIEWED_DOCUMENT, SEEN_CONTENT};
use crate::spec::{FieldSpec, Kind, OperationSpec, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "ApproveIdentityDocumentCommand",
    kind: Kind::Command,
    about: "Finds a document good; whoever handed it in, or its file, does not review it.",
    permission: Permission::KycReview,
    fields: &[
        IDENTITY_ID,
        SEEN_CONTENT,
        FieldSpec::optional("comment", shape::NOTES, "A remark for the history."),
    ],
    reply: REVIEWED_DOCUMENT,
    refusals: &[
        Code::DocumentNotFound,
        Code::FourEyes,
        Code::AlreadyReviewed,
        Code::ContentChanged,
        Code::DocumentExpired,
        Code::InvalidStatus,
        Code::StaleVersion,
        Code::VersionRequired,
    ],
    example: r#"{ "identityId": "0123456789abcdef0123456789abcdef", "comment": "Seen in the original." }"#,
};

pub(crate) static REVIEW: PaperReview = PaperReview {
    spec: &SPEC,
    action: ReviewAction::Approve,
    paper: Paper::Document,
    message: "Identity document approved successfully.",
};
