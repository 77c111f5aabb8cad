use client_app::commands::ApproveClient;
use client_app::{Decided, Plan};
use client_domain::Permission;
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
    name: "ApproveCustomerCommand",
    kind: OperationKind::Command,
    about: "Accepts a client who waits for approval. Nobody approves a client whom they have touched since its last decision.",
    permission: Permission::Approve,
    fields: &[
        field::KEY,
        field::NUMBER,
        FieldSpec::optional("approvalNotes", shape::NOTES, "A remark for the history."),
    ],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required("approvalStatus", shape::APPROVAL, "Approved."),
        FieldSpec::required(
            "approvedBy",
            shape::ANY_TEXT,
            "The caller's verified e-mail address, else its subject.",
        ),
        FieldSpec::required("approvalDate", Shape::DateTime, "When."),
        field::DRY_RUN,
    ],
    refusals: &[
        Code::ClientNotFound,
        Code::InvalidStatus,
        Code::FourEyes,
        Code::StaleVersion,
        Code::VersionRequired,
    ],
    example: r#"{ "contactEncodedKey": "CUST1000001", "approvalNotes": "All papers in order." }"#,
};

pub(crate) static OPERATION: CommandOperation =
    CommandOperation { spec: &SPEC, parse, message: "Customer approved successfully.", reply, fresh: &[] };

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let client = client(&mut form);
    let notes = form.optional("approvalNotes", Notes::parse);
    let command = || Some(ApproveClient { client: client?, notes });
    let command = command();
    request.plan(form.finish(command)?)
}

fn reply(decided: &Decided<'_>) -> Map<String, Value> {
    members(json!({
        "contactEncodedKey": decided.client.key().as_str(),
        "approvalStatus": "Approved",
        "approvedBy": decided.stamp.by.label(),
        "approvalDate": decided.stamp.at.to_string(),
    }))
}
