use client_domain::Permission;
use client_domain::kyc::ReviewAction;

use super::review_papers::{Paper, PaperReview};
use crate::Code;
use crate::kyc_view::{ADDRESS_ID, REVIEWED_ADDRESS};
use crate::spec::{FieldSpec, Kind, OperationSpec, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RejectCustomerAddressInformationCommand",
    kind: Kind::Command,
    about: "Turns address information down; other information may be handed in.",
    permission: Permission::KycReview,
    fields: &[ADDRESS_ID, FieldSpec::required("comment", shape::COMMENT, "Why.")],
    reply: REVIEWED_ADDRESS,
    refusals: &[
        Code::AddressNotFound,
        Code::FourEyes,
        Code::AlreadyReviewed,
        Code::InvalidStatus,
        Code::StaleVersion,
        Code::VersionRequired,
    ],
    example: r#"{ "addressId": "0123456789abcdef0123456789abcdef", "comment": "Nobody lives there." }"#,
};

pub(crate) static REVIEW: PaperReview = PaperReview {
    spec: &SPEC,
    action: ReviewAction::Reject,
    paper: Paper::Address,
    message: "Customer address information rejected successfully.",
};
