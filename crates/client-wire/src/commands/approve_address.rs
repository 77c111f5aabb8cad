use client_domain::Permission;
use client_domain::kyc::ReviewAction;

use super::review_papers::{Paper, PaperReview};
use crate::Code;
use crate::kyc_view::{ADDRESS_ID, REVIEWED_ADDRESS};
use crate::spec::{FieldSpec, Kind, OperationSpec, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "ApproveCustomerAddressInformationCommand",
    kind: Kind::Command,
    about: "Finds address information good; whoever handed it in does not review it.",
    permission: Permission::KycReview,
    fields: &[ADDRESS_ID, FieldSpec::optional("comment", shape::NOTES, "A remark for the history.")],
    reply: REVIEWED_ADDRESS,
    refusals: &[
        Code::AddressNotFound,
        Code::FourEyes,
        Code::AlreadyReviewed,
        Code::InvalidStatus,
        Code::StaleVersion,
        Code::VersionRequired,
    ],
    example: r#"{ "addressId": "0123456789abcdef0123456789abcdef" }"#,
};

pub(crate) static REVIEW: PaperReview = PaperReview {
    spec: &SPEC,
    action: ReviewAction::Approve,
    paper: Paper::Address,
    message: "Customer address information approved successfully.",
};
