use client_app::commands::RejectClient;
use client_app::{Decided, Plan};
use client_domain::Permission;
use client_domain::lifecycle::Action;
use client_domain::reason::ReasonedOperation;
use client_domain::value::{Notes, Reason};
use serde_json::{Map, Value, json};

use super::client_ref::client;
use super::operation::{CommandOperation, Request};
use super::reason_code::{REASON_CODE, reason_code};
use crate::code::Code;
use crate::failure::Failure;
use crate::form::Form;
use crate::reply::members;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RejectCustomerCommand",
    kind: OperationKind::Command,
    about: "Rejects a client that is pending approval. UndoRejectCustomerCommand undoes it.",
    permission: Some(Permission::Approve),
    fields: &[
        field::KEY,
        field::NUMBER,
        FieldSpec::required("rejectionReason", shape::REASON, "The reason, for the history."),
        REASON_CODE,
        FieldSpec::optional("rejectionNotes", shape::NOTES, "Notes for the history."),
    ],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required("approvalStatus", shape::APPROVAL, "Rejected."),
        FieldSpec::required(
            "rejectedBy",
            shape::ANY_TEXT,
            "The caller's verified e-mail address, else its subject.",
        ),
        FieldSpec::required("rejectionReason", shape::REASON, "The reason that was given."),
        FieldSpec::required("rejectionDate", Shape::DateTime, "When."),
        field::DRY_RUN,
    ],
    refusals: &[
        Code::UnknownReasonCode,
        Code::ClientNotFound,
        Code::InvalidStatus,
        Code::StaleVersion,
        Code::VersionRequired,
    ],
    example: r#"{ "contactEncodedKey": "CUST1000001", "rejectionReason": "The passport is not genuine." }"#,
};

pub(crate) static OPERATION: CommandOperation =
    CommandOperation { spec: &SPEC, parse, message: "Customer rejected successfully.", reply, fresh: &[] };

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let client = client(&mut form);
    let reason = form.required("rejectionReason", Reason::parse);
    let code = reason_code(&mut form, request, ReasonedOperation::Action(Action::Reject));
    let notes = form.optional("rejectionNotes", Notes::parse);
    let command = || Some(RejectClient { client: client?, reason: reason?, code, notes });
    let command = command();
    request.plan(form.finish(command)?)
}

fn reply(decided: &Decided<'_>) -> Map<String, Value> {
    members(json!({
        "contactEncodedKey": decided.client.key().as_str(),
        "approvalStatus": "Rejected",
        "rejectedBy": decided.stamp.by.label(),
        "rejectionReason": decided.event.and_then(|event| event.reason.as_ref()).map(|reason| reason.as_str()),
        "rejectionDate": decided.stamp.at.to_string(),
    }))
}
