use client_app::Plan;
use client_app::commands::ApproveAmendment;
use client_domain::Permission;
use client_domain::client::AmendmentId;
use client_domain::value::Notes;

use super::amendment::{AMENDMENT_ID, DECIDED, reply};
use super::operation::{CommandOperation, Request};
use crate::code::Code;
use crate::failure::Failure;
use crate::form::Form;
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "ApproveAmendmentCommand",
    kind: OperationKind::Command,
    about: "Approves an open amendment: the proposed values come into force. The person who proposed them cannot decide about it.",
    permission: Some(Permission::Approve),
    fields: &[AMENDMENT_ID, FieldSpec::optional("comment", shape::NOTES, "Notes for the history.")],
    reply: DECIDED,
    refusals: &[
        Code::ClientNotFound,
        Code::InvalidStatus,
        Code::FourEyes,
        Code::AmendmentNotOpen,
        Code::AmendmentConflict,
        Code::DuplicateIdentification,
        Code::DuplicateEmail,
        Code::DuplicatePhone,
        Code::StaleVersion,
    ],
    example: r#"{ "amendmentId": "8a8e86a5000000000000000000000001.7", "comment": "Seen in the deed." }"#,
};

pub(crate) static OPERATION: CommandOperation =
    CommandOperation { spec: &SPEC, parse, message: "Amendment approved successfully.", reply, fresh: &[] };

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let amendment = form.required("amendmentId", AmendmentId::parse);
    let comment = form.optional("comment", Notes::parse);
    let command = || Some(ApproveAmendment { amendment: amendment?, comment });
    let command = command();
    request.plan(form.finish(command)?)
}
