use client_app::commands::RequestApproval;
use client_app::{Decided, Plan};
use client_domain::Permission;
use client_domain::client::ApprovalStatus;
use client_domain::value::Notes;
use serde_json::{Map, Value, json};

use super::client_ref::client;
use super::operation::{CommandOperation, Request};
use crate::code::Code;
use crate::failure::Failure;
use crate::form::Form;
use crate::reply::members;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RequestCustomerApprovalCommand",
    kind: OperationKind::Command,
    about: "Requests the approval of a client; only one request can be open at a time.",
    permission: Some(Permission::Write),
    fields: &[field::KEY, field::NUMBER, field::NOTES],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required("approvalStatus", shape::APPROVAL, "Pending: the request is open."),
        FieldSpec::required("requestDate", Shape::DateTime, "The time of the request."),
        field::DRY_RUN,
    ],
    refusals: &[Code::ClientNotFound, Code::AlreadyInApproval, Code::InvalidStatus, Code::StaleVersion],
    example: r#"{ "contactEncodedKey": "CUST1000001", "notes": "Papers seen in person." }"#,
};

pub(crate) static OPERATION: CommandOperation = CommandOperation {
    spec: &SPEC,
    parse,
    message: "Customer approval requested successfully.",
    reply,
    fresh: &[],
};

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let client = client(&mut form);
    let notes = form.optional("notes", Notes::parse);
    let command = client.map(|client| RequestApproval { client, notes });
    request.plan(form.finish(command)?)
}

fn reply(decided: &Decided<'_>) -> Map<String, Value> {
    members(json!({
        "contactEncodedKey": decided.client.key().as_str(),
        "approvalStatus": decided.client.snapshot().approval.status().map(ApprovalStatus::name),
        "requestDate": decided.stamp.at.to_string(),
    }))
}
