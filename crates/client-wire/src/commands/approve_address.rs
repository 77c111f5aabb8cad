use client_app::Plan;
use client_app::commands::ApproveAddress;
use client_domain::Permission;
use client_domain::kyc::AddressId;
use client_domain::value::Notes;

use super::operation::{CommandOperation, Request};
use super::review::address_reply;
use crate::code::Code;
use crate::failure::Failure;
use crate::form::Form;
use crate::kyc_view::{ADDRESS_ID, REVIEWED_ADDRESS};
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "ApproveCustomerAddressInformationCommand",
    kind: OperationKind::Command,
    about: "Approves address information. Its submitter cannot review it.",
    permission: Some(Permission::KycReview),
    fields: &[ADDRESS_ID, FieldSpec::optional("comment", shape::NOTES, "Notes for the history.")],
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

pub(crate) static OPERATION: CommandOperation = CommandOperation {
    spec: &SPEC,
    parse,
    message: "Customer address information approved successfully.",
    reply: address_reply,
    fresh: &[],
};

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let address = form.required("addressId", AddressId::parse);
    let comment = form.optional("comment", Notes::parse);
    let command = || Some(ApproveAddress { address: address?, comment });
    let command = command();
    request.plan(form.finish(command)?)
}
