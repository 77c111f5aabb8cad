use client_app::commands::UndoBlacklist;
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
    name: "UndoBlacklistCustomerCommand",
    kind: OperationKind::Command,
    about: "Removes a client from the blacklist; the client is pending approval again and is reviewed afresh.",
    permission: Some(Permission::Blacklist),
    fields: &[field::KEY, field::NUMBER, field::REASON, REASON_CODE, field::NOTES],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required("isBlacklisted", Shape::Flag, "False."),
        FieldSpec::required("unblacklistDate", Shape::DateTime, "When."),
        field::DRY_RUN,
    ],
    refusals: &[
        Code::UnknownReasonCode,
        Code::ClientNotFound,
        Code::NotBlacklisted,
        Code::StaleVersion,
        Code::VersionRequired,
    ],
    example: r#"{ "contactEncodedKey": "CUST1000001", "reason": "A namesake, as the papers show." }"#,
};

pub(crate) static OPERATION: CommandOperation = CommandOperation {
    spec: &SPEC,
    parse,
    message: "Customer blacklist removed successfully.",
    reply,
    fresh: &[],
};

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let client = client(&mut form);
    let reason = form.required("reason", Reason::parse);
    let code = reason_code(&mut form, request, ReasonedOperation::Action(Action::UndoBlacklist));
    let notes = form.optional("notes", Notes::parse);
    let command = || Some(UndoBlacklist { client: client?, reason: reason?, code, notes });
    let command = command();
    request.plan(form.finish(command)?)
}

fn reply(decided: &Decided<'_>) -> Map<String, Value> {
    members(json!({
        "contactEncodedKey": decided.client.key().as_str(),
        "isBlacklisted": decided.client.is_blacklisted(),
        "unblacklistDate": decided.stamp.at.to_string(),
    }))
}
