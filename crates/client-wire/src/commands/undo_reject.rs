use client_app::commands::UndoRejection;
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
use crate::field;
use crate::form::Form;
use crate::reply::members;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "UndoRejectCustomerCommand",
    kind: OperationKind::Command,
    about: "Undoes the rejection or the lapse of an application; the client is pending approval again and is reviewed afresh. A \
            withdrawn application stays ended.",
    permission: Some(Permission::Approve),
    fields: &[field::KEY, field::NUMBER, field::REASON, REASON_CODE, field::NOTES],
    reply: &[
        field::KEY_ANSWER,
        field::STATE,
        field::STATE_DESCRIPTION,
        FieldSpec::required("undoDate", Shape::DateTime, "When."),
        field::DRY_RUN,
    ],
    refusals: &[
        Code::UnknownReasonCode,
        Code::ClientNotFound,
        Code::InvalidStatus,
        Code::AlreadyReturned,
        Code::DuplicateIdentification,
        Code::DuplicateEmail,
        Code::DuplicatePhone,
        Code::StaleVersion,
        Code::VersionRequired,
    ],
    example: r#"{ "contactEncodedKey": "CUST1000001", "reason": "The passport is genuine, as its issuer says." }"#,
};

pub(crate) static OPERATION: CommandOperation = CommandOperation {
    spec: &SPEC,
    parse,
    message: "Customer rejection undone successfully.",
    reply,
    fresh: &[],
};

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let client = client(&mut form);
    let reason = form.required("reason", Reason::parse);
    let code = reason_code(&mut form, request, ReasonedOperation::Action(Action::UndoReject));
    let notes = form.optional("notes", Notes::parse);
    let command = || Some(UndoRejection { client: client?, reason: reason?, code, notes });
    let command = command();
    request.plan(form.finish(command)?)
}

fn reply(decided: &Decided<'_>) -> Map<String, Value> {
    members(json!({
        "contactEncodedKey": decided.client.key().as_str(),
        "clientState": decided.client.state().number(),
        "clientStateDescription": decided.client.state().description(),
        "undoDate": decided.stamp.at.to_string(),
    }))
}
