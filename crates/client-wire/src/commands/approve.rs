use client_app::commands::ApproveClient;
use client_app::{Decided, Plan};
use client_domain::Permission;
use client_domain::value::{ClientKey, Notes};
use serde_json::{Map, Value, json};

use super::client_ref::client;
use super::operation::{CommandOperation, Request};
use crate::code::Code;
use crate::failure::Failure;
use crate::form::Form;
use crate::queries::look_alikes::MAX_LISTED;
use crate::reply::members;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "ApproveCustomerCommand",
    kind: OperationKind::Command,
    about: "Approves a client that is pending approval. A maker, who has touched the client since its last approval, cannot approve it.",
    permission: Some(Permission::Approve),
    fields: &[
        field::KEY,
        field::NUMBER,
        FieldSpec::optional("approvalNotes", shape::NOTES, "Notes for the history."),
        FieldSpec::optional(
            "reviewedLookAlikes",
            Shape::List { of: &shape::KEY, max: MAX_LISTED },
            "The keys of the clients from RetrieveLookAlikesQuery that the caller has compared with this one.",
        ),
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
        Code::LookAlikes,
        Code::StaleVersion,
        Code::VersionRequired,
    ],
    example: r#"{ "contactEncodedKey": "CUST1000001", "approvalNotes": "All documents in order." }"#,
};

pub(crate) static OPERATION: CommandOperation =
    CommandOperation { spec: &SPEC, parse, message: "Customer approved successfully.", reply, fresh: &[] };

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let client = client(&mut form);
    let notes = form.optional("approvalNotes", Notes::parse);
    let reviewed = form.list("reviewedLookAlikes", MAX_LISTED, |form, path, value| match value {
        Value::String(key) => {
            let parsed = ClientKey::parse(key);
            form.keep(path, parsed)
        }
        _ => form.wrong_type(path, "a text"),
    });
    let command =
        || Some(ApproveClient { client: client?, notes, reviewed_look_alikes: reviewed.unwrap_or_default() });
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
