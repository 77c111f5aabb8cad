use client_app::commands::BlacklistClient;
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
    name: "BlacklistCustomerCommand",
    kind: OperationKind::Command,
    about: "Blacklists an approved or active client.",
    permission: Some(Permission::Blacklist),
    fields: &[field::KEY, field::NUMBER, field::REASON, REASON_CODE, field::NOTES],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required("isBlacklisted", Shape::Flag, "True."),
        FieldSpec::required("blacklistDate", Shape::DateTime, "When."),
        field::DRY_RUN,
    ],
    refusals: &[
        Code::UnknownReasonCode,
        Code::ClientNotFound,
        Code::AlreadyBlacklisted,
        Code::InvalidStatus,
        Code::StaleVersion,
        Code::VersionRequired,
    ],
    example: r#"{ "contactEncodedKey": "CUST1000001", "reason": "Named on a sanctions list." }"#,
};

pub(crate) static OPERATION: CommandOperation =
    CommandOperation { spec: &SPEC, parse, message: "Customer blacklisted successfully.", reply, fresh: &[] };

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let client = client(&mut form);
    let reason = form.required("reason", Reason::parse);
    let code = reason_code(&mut form, request, ReasonedOperation::Action(Action::Blacklist));
    let notes = form.optional("notes", Notes::parse);
    let command = || Some(BlacklistClient { client: client?, reason: reason?, code, notes });
    let command = command();
    request.plan(form.finish(command)?)
}

fn reply(decided: &Decided<'_>) -> Map<String, Value> {
    members(json!({
        "contactEncodedKey": decided.client.key().as_str(),
        "isBlacklisted": decided.client.is_blacklisted(),
        "blacklistDate": decided.stamp.at.to_string(),
    }))
}
