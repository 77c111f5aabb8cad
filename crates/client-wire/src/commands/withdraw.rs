use client_app::commands::WithdrawClient;
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
    name: "WithdrawCustomerCommand",
    kind: OperationKind::Command,
    about: "Ends an application that is pending approval because the applicant no longer wants it. This is final.",
    permission: Some(Permission::Write),
    fields: &[field::KEY, field::NUMBER, field::REASON, REASON_CODE, field::NOTES],
    reply: &[
        field::KEY_ANSWER,
        field::STATE,
        field::STATE_DESCRIPTION,
        FieldSpec::required("withdrawalDate", Shape::DateTime, "When."),
        field::DRY_RUN,
    ],
    refusals: &[
        Code::UnknownReasonCode,
        Code::ClientNotFound,
        Code::InvalidStatus,
        Code::StaleVersion,
        Code::VersionRequired,
    ],
    example: r#"{ "contactEncodedKey": "CUST1000001", "reason": "Chose another bank." }"#,
};

pub(crate) static OPERATION: CommandOperation =
    CommandOperation { spec: &SPEC, parse, message: "Customer withdrawn successfully.", reply, fresh: &[] };

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let client = client(&mut form);
    let reason = form.required("reason", Reason::parse);
    let code = reason_code(&mut form, request, ReasonedOperation::Action(Action::Withdraw));
    let notes = form.optional("notes", Notes::parse);
    let command = || Some(WithdrawClient { client: client?, reason: reason?, code, notes });
    let command = command();
    request.plan(form.finish(command)?)
}

fn reply(decided: &Decided<'_>) -> Map<String, Value> {
    members(json!({
        "contactEncodedKey": decided.client.key().as_str(),
        "clientState": decided.client.state().number(),
        "clientStateDescription": decided.client.state().description(),
        "withdrawalDate": decided.stamp.at.to_string(),
    }))
}
