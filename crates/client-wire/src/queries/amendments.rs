use client_app::queries::GetAmendments;
use client_app::{Caller, Clients};
use client_domain::client::{Amendment, ValueChange};
use client_domain::value::Version;
use client_domain::{Client, Permission};
use serde_json::{Value, json};

use super::operation::{QueryOperation, ask, reply};
use crate::code::Code;
use crate::commands::amendment::AMENDMENT_ID;
use crate::commands::client_ref::client;
use crate::failure::Failure;
use crate::form::Form;
use crate::kyc_policy::reasons::{self, GIVEN_CODE, GIVEN_TEXT};
use crate::reply::{Reply, members};
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::value_view::{VALUE, value_json};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "GetCustomerAmendmentsQuery",
    kind: OperationKind::Query,
    about: "Shows the open amendments of a client, oldest first: the live and the proposed values side by side.",
    permission: Some(Permission::Read),
    fields: &[field::KEY, field::NUMBER],
    reply: &[
        field::KEY_ANSWER,
        field::VERSION,
        FieldSpec::required("amendments", Shape::List { of: &AMENDMENT, max: 100 }, "The open amendments."),
        FieldSpec::required("totalCount", shape::COUNT, "The number of items."),
    ],
    refusals: &[Code::ClientNotFound],
    example: r#"{ "contactEncodedKey": "CUST1000001" }"#,
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

pub(super) const AMENDMENT: Shape = Shape::Object(&[
    AMENDMENT_ID,
    FieldSpec::required("proposedBy", shape::ANY_TEXT, "The proposer's e-mail address, else its subject."),
    FieldSpec::required("proposedAt", Shape::DateTime, "The time of the proposal."),
    FieldSpec::nullable("reason", shape::REASON, "The reason, if one was given."),
    GIVEN_CODE,
    GIVEN_TEXT,
    FieldSpec::nullable("baseVersion", shape::NUMBER, "The version that the proposer changed."),
    FieldSpec::required(
        "ownProposal",
        Shape::Flag,
        "Whether this caller proposed it, and so cannot decide about it.",
    ),
    FieldSpec::required("changes", Shape::List { of: &CHANGE, max: 100 }, "The fields that it would change."),
]);

const CHANGE: Shape = Shape::Object(&[
    FieldSpec::required("field", shape::ANY_TEXT, "The name of the field."),
    FieldSpec::nullable("live", VALUE, "The value in force."),
    FieldSpec::nullable("proposed", VALUE, "The proposed value."),
    FieldSpec::required(
        "conflict",
        Shape::Flag,
        "Whether the value in force changed after the proposal, so that the amendment cannot be approved.",
    ),
]);

async fn answer(clients: &Clients, mut form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let wanted = client(&mut form);
    let client = form.finish(wanted)?;
    let found = ask(clients, caller, GetAmendments { client }).await?;
    let client = &found.client;
    let open: Vec<_> = found.open().iter().map(|one| amendment_json(client, one, caller)).collect();
    let data = json!({
        "contactEncodedKey": client.key().as_str(),
        "version": client.version().get(),
        "totalCount": open.len(),
        "amendments": open,
    });
    let message = "Customer amendments retrieved successfully.";
    Ok(Reply { version: Some(client.version()), ..reply(message, data) })
}

pub(super) fn amendment_json(client: &Client, amendment: &Amendment, caller: &Caller) -> Value {
    let change = |change: &ValueChange| {
        let live = client.snapshot().value(change.field());
        json!({
            "field": change.field().name(),
            "live": live.as_ref().map(value_json),
            "proposed": value_json(&change.after),
            "conflict": live.as_ref() != Some(&change.before),
        })
    };
    let mut shown = members(json!({
        "amendmentId": amendment.id.to_string(),
        "proposedBy": amendment.proposed.by.label(),
        "proposedAt": amendment.proposed.at.to_string(),
        "reason": amendment.reason.as_ref().map(|reason| reason.as_str()),
        "baseVersion": amendment.base().map(Version::get),
        "ownProposal": amendment.is_of(&caller.actor.id),
        "changes": amendment.changes.iter().map(change).collect::<Vec<_>>(),
    }));
    reasons::show(&mut shown, amendment.reason_code.as_ref());
    Value::Object(shown)
}
