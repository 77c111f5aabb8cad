use client_domain::Permission;
use client_domain::kyc::ReviewAction;

use super::review_papers::{Paper, PaperReview};
use crate::Code;
use crate::kyc_view::{IDENTITY_ID, REVIEWED_DOCUMENT, SEEN_CONTENT};
use crate::spec::{FieldSpec, Kind, OperationSpec, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RejectIdentityDocumentCommand",
    kind: Kind::Command,
    about: "Turns a document down; a new one may be handed in.",
    permission: Permission::KycReview,
    fields: &[IDENTITY_ID, SEEN_CONTENT, FieldSpec::required("comment", shape::COMMENT, "Why.")],
    reply: REVIEWED_DOCUMENT,
    refusals: &[
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

pub(crate) static REVIEW: PaperReview = PaperReview {
    spec: &SPEC,
    action: ReviewAction::Reject,
    paper: Paper::Document,
    message: "Identity document rejected successfully.",
};
