use client_app::Plan;
use client_app::commands::RejectAddress;
use client_domain::Permission;
use client_domain::kyc::AddressId;
use client_domain::reason::ReasonedOperation;

use super::operation::{CommandOperation, Request};
use super::reason_code::{REASON_CODE, reason_code};
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
    about: "Rejects address information; new information may be submitted.",
    permission: Some(Permission::KycReview),
    fields: &[ADDRESS_ID, FieldSpec::required("comment", shape::COMMENT, "Why."), REASON_CODE],
    reply: REVIEWED_ADDRESS,
    refusals: &[
        Code::UnknownReasonCode,
        Code::AddressNotFound,
        Code::FourEyes,
        Code::AlreadyReviewed,
        Code::InvalidStatus,
        Code::StaleVersion,
        Code::VersionRequired,
    ],
    example: r#"{ "addressId": "0123456789abcdef0123456789abcdef", "comment": "The address does not exist." }"#,
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
    let code = reason_code(&mut form, request, ReasonedOperation::RejectAddress);
    let command = || Some(RejectAddress { address: address?, comment: comment?, code });
    let command = command();
    request.plan(form.finish(command)?)
}
