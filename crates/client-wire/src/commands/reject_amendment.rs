use client_app::Plan;
use client_app::commands::RejectAmendment;
use client_domain::Permission;
use client_domain::client::AmendmentId;
use client_domain::reason::ReasonedOperation;
use client_domain::value::Notes;

use super::amendment::{AMENDMENT_ID, DECIDED, reply};
use super::operation::{CommandOperation, Request};
use super::reason_code::{REASON_CODE, reason_code};
use crate::code::Code;
use crate::failure::Failure;
use crate::form::Form;
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RejectAmendmentCommand",
    kind: OperationKind::Command,
    about: "Rejects an open amendment: the live values stay. The person who proposed them cannot decide about it, and withdraws it by an update to the live values.",
    permission: Some(Permission::Approve),
    fields: &[
        AMENDMENT_ID,
        FieldSpec::optional("comment", shape::NOTES, "Notes for the history."),
        REASON_CODE,
    ],
    reply: DECIDED,
    refusals: &[
        Code::UnknownReasonCode,
        Code::ClientNotFound,
        Code::InvalidStatus,
        Code::FourEyes,
        Code::AmendmentNotOpen,
        Code::StaleVersion,
    ],
    example: r#"{ "amendmentId": "8a8e86a5000000000000000000000001.7", "comment": "The deed names another person." }"#,
};

pub(crate) static OPERATION: CommandOperation =
    CommandOperation { spec: &SPEC, parse, message: "Amendment rejected successfully.", reply, fresh: &[] };

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let amendment = form.required("amendmentId", AmendmentId::parse);
    let comment = form.optional("comment", Notes::parse);
    let code = reason_code(&mut form, request, ReasonedOperation::RejectAmendment);
    let command = || Some(RejectAmendment { amendment: amendment?, comment, code });
    let command = command();
    request.plan(form.finish(command)?)
}
