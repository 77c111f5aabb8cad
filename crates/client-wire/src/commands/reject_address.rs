use client_app::Plan;
use client_app::commands::RejectAddress;
use client_domain::Permission;
use client_domain::kyc::AddressId;

use super::operation::{CommandOperation, Request};
use super::review::{address_reply, non_empty_notes};
use crate::code::Code;
use crate::failure::Failure;
use crate::form::Form;
use crate::kyc_view::{ADDRESS_ID, REVIEWED_ADDRESS};
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RejectCustomerAddressInformationCommand",
    kind: OperationKind::Command,
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

pub(crate) static OPERATION: CommandOperation = CommandOperation {
    spec: &SPEC,
    parse,
    message: "Customer address information rejected successfully.",
    reply: address_reply,
    fresh: &[],
};

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let address = form.required("addressId", AddressId::parse);
    let comment = form.required("comment", non_empty_notes);
    let command = || Some(RejectAddress { address: address?, comment: comment? });
    let command = command();
    request.plan(form.finish(command)?)
}
