use client_app::queries::GetActions;
use client_app::{Caller, Clients};
use client_domain::lifecycle::Explanation;
use client_domain::{Blocker, ClientState, Permission};
use serde_json::{Value, json};

use super::operation::{QueryOperation, ask, reply};
use crate::client_view::permission_name;
use crate::code::Code;
use crate::commands::client_ref::client;
use crate::failure::Failure;
use crate::form::Form;
use crate::refused::blocker_json;
use crate::reply::Reply;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveContactActionsQuery",
    kind: OperationKind::Query,
    about: "Says of everything that can be done with a client whether this caller could do it now, and if not, why not.",
    permission: Permission::Read,
    fields: &[field::KEY, field::NUMBER],
    reply: &[
        field::KEY_ANSWER,
        field::STATE,
        field::STATE_DESCRIPTION,
        field::VERSION,
        FieldSpec::required("actions", Shape::List { of: &ACTION, max: 100 }, "Everything that can be done."),
    ],
    refusals: &[Code::ClientNotFound],
    example: r#"{ "contactEncodedKey": "CUST1000001" }"#,
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

const ACTION: Shape = Shape::Object(&[
    FieldSpec::required("action", shape::ANY_TEXT, "What could be done."),
    FieldSpec::required("allowed", Shape::Flag, "Whether this caller could do it now."),
    FieldSpec::nullable("toState", shape::STATE_NAME, "The state it would lead to."),
    FieldSpec::nullable("permission", shape::ANY_TEXT, "The permission it takes."),
    FieldSpec::required("reasonNeeded", Shape::Flag, "Whether a reason must be given."),
    FieldSpec::required(
        "versionNeeded",
        Shape::Flag,
        "Whether If-Match must be sent with it or, to review a document, contentSha256.",
    ),
    FieldSpec::required("initiator", Shape::Choice(&["person", "system"]), "Who sets it going."),
    FieldSpec::required("unmet", shape::OBJECTS, "Everything that stands in the way."),
]);

async fn answer(clients: &Clients, mut form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let client = client(&mut form);
    let client = form.finish(client)?;
    let found = ask(clients, caller, GetActions { client }).await?;
    let client = &found.client;
    let data = json!({
        "contactEncodedKey": client.key().as_str(),
        "clientState": client.state().number(),
        "clientStateDescription": client.state().description(),
        "version": client.version().get(),
        "actions": found.actions.iter().map(|explanation| entry(explanation, caller)).collect::<Vec<_>>(),
    });
    Ok(Reply { version: Some(client.version()), ..reply("Contact actions retrieved successfully.", data) })
}

fn entry(explanation: &Explanation, caller: &Caller) -> Value {
    let blockers =
        explanation.blockers.iter().filter(|blocker| is_visible(blocker, explanation.permission, caller));
    json!({
        "action": explanation.operation.name(),
        "allowed": explanation.is_allowed(),
        "toState": explanation.to.map(ClientState::name),
        "permission": permission_name(explanation.permission),
        "reasonNeeded": explanation.reason_needed,
        "versionNeeded": explanation.version_needed,
        "initiator": explanation.initiator.name(),
        "unmet": blockers.map(|blocker| blocker_json(blocker, caller)).collect::<Vec<_>>(),
    })
}

/// Whether the answer shows a blocker to this caller. A KYC blocker is shown to callers who may read KYC information, and to
/// callers with the permission for the action, who could find it by trying.
fn is_visible(blocker: &Blocker, permission: Option<Permission>, caller: &Caller) -> bool {
    !matches!(blocker, Blocker::Kyc { .. })
        || caller.may(Permission::KycRead)
        || permission.is_none_or(|permission| caller.may(permission))
}
