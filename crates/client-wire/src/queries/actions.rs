use client_app::queries::GetActions;
use client_app::{Caller, Clients};
use client_domain::client::{ActivityPart, Explanation, PartExplanation};
use client_domain::lifecycle::{Activity, Operation};
use client_domain::reason::{ReasonCatalogue, ReasonEntry, ReasonedOperation};
use client_domain::{Blocker, ClientState, Permission};
use serde_json::{Value, json};

use super::operation::{QueryOperation, ask, reply};
use crate::client_view::permission_name;
use crate::code::Code;
use crate::commands::client_ref::client;
use crate::failure::Failure;
use crate::form::Form;
use crate::refused::blocker_json;
use crate::reply::{Reply, members};
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveContactActionsQuery",
    kind: OperationKind::Query,
    about: "Tells for every operation on a client whether this caller can perform it now and, if not, why.",
    permission: Some(Permission::Read),
    fields: &[field::KEY, field::NUMBER],
    reply: &[
        field::KEY_ANSWER,
        field::STATE,
        field::STATE_DESCRIPTION,
        field::VERSION,
        FieldSpec::required("actions", Shape::List { of: &ACTION, max: 100 }, "Every operation."),
    ],
    refusals: &[Code::ClientNotFound],
    example: r#"{ "contactEncodedKey": "CUST1000001" }"#,
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

pub(super) const ACTION: Shape = Shape::Object(&[
    FieldSpec::required("action", shape::ANY_TEXT, "The operation."),
    FieldSpec::required("allowed", Shape::Flag, "Whether this caller can perform it now."),
    FieldSpec::nullable("toState", shape::STATE_NAME, "The state after it."),
    FieldSpec::nullable("permission", shape::ANY_TEXT, "The permission that it requires."),
    FieldSpec::required("reasonNeeded", Shape::Flag, "Whether a reason must be given."),
    FieldSpec::required(
        "versionNeeded",
        Shape::Flag,
        "Whether If-Match must be sent with it or, to reject a document, contentSha256.",
    ),
    FieldSpec::required("initiator", Shape::Choice(&["person", "system"]), "Who initiates it."),
    FieldSpec::sometimes(
        "secondPersonFields",
        shape::NAMES,
        "The fields whose new values would wait for a second person.",
    ),
    FieldSpec::sometimes(
        "reasonCodes",
        Shape::List { of: &REASON_CHOICE, max: 200 },
        "The codes of which its reason needs one, if the bank lists some.",
    ),
    FieldSpec::required("unmet", shape::OBJECTS, "Every condition that is not met."),
    FieldSpec::sometimes(
        "parts",
        Shape::List { of: &PART, max: 10 },
        "The same for each of the things that the operation may be about, if they can differ.",
    ),
]);

const PART: Shape = Shape::Object(&[
    FieldSpec::required(
        "part",
        Shape::Choice(ActivityPart::NAMES),
        "The phone number or the e-mail address that is verified, or a further document or address that is submitted.",
    ),
    FieldSpec::required(
        "allowed",
        Shape::Flag,
        "Whether this caller can perform the operation about it now.",
    ),
    FieldSpec::required("unmet", shape::OBJECTS, "Every condition that is not met."),
]);

const REASON_CHOICE: Shape = Shape::Object(&[
    FieldSpec::required(
        "operation",
        Shape::Choice(ReasonedOperation::NAMES),
        "What the code is for, such as rejectDocument; the policy lists its codes under this name.",
    ),
    FieldSpec::required("code", shape::REASON_CODE, "The code, for reasonCode."),
    FieldSpec::required("text", shape::REASON_TEXT, "What it means."),
    FieldSpec::required(
        "final",
        Shape::Flag,
        "Whether the same document cannot be submitted again after it.",
    ),
]);

async fn answer(clients: &Clients, mut form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let client = client(&mut form);
    let client = form.finish(client)?;
    let found = ask(clients, caller, GetActions { client }).await?;
    let client = &found.client;
    let policy = clients.kyc_policy();
    let entry = |explanation| entry(explanation, &policy.reasons, caller);
    let data = json!({
        "contactEncodedKey": client.key().as_str(),
        "clientState": client.state().number(),
        "clientStateDescription": client.state().description(),
        "version": client.version().get(),
        "actions": found.actions.iter().map(entry).collect::<Vec<_>>(),
    });
    Ok(Reply { version: Some(client.version()), ..reply("Contact actions retrieved successfully.", data) })
}

pub(super) fn entry(explanation: &Explanation, reasons: &ReasonCatalogue, caller: &Caller) -> Value {
    let unmet = |blockers: &[Blocker]| -> Vec<Value> {
        let visible = blockers.iter().filter(|blocker| is_visible(blocker, explanation.permission, caller));
        visible.map(|blocker| blocker_json(blocker, caller)).collect()
    };
    let mut shown = members(json!({
        "action": explanation.operation.name(),
        "allowed": explanation.is_allowed(),
        "toState": explanation.to.map(ClientState::name),
        "permission": permission_name(explanation.permission),
        "reasonNeeded": explanation.reason_needed,
        "versionNeeded": explanation.version_needed,
        "initiator": explanation.initiator.name(),
        "unmet": unmet(&explanation.blockers),
    }));
    if !explanation.two_persons.is_empty() {
        let fields = explanation.two_persons.iter().map(|field| field.name());
        shown.insert("secondPersonFields".to_owned(), fields.collect());
    }
    let part = |one: &PartExplanation| {
        json!({
            "part": one.part.name(),
            "allowed": one.is_allowed(),
            "unmet": unmet(&one.blockers),
        })
    };
    if !explanation.parts.is_empty() {
        shown.insert("parts".to_owned(), explanation.parts.iter().map(part).collect());
    }
    let choices: Vec<_> = ReasonedOperation::ALL
        .into_iter()
        .filter(|reasoned| operation_of(*reasoned) == explanation.operation)
        .flat_map(|reasoned| reasons.accepted(reasoned).map(move |entry| choice(reasoned, entry)))
        .collect();
    if !choices.is_empty() {
        shown.insert("reasonCodes".to_owned(), choices.into());
    }
    Value::Object(shown)
}

/// The operation of the explanation whose reason the codes are for.
const fn operation_of(reasoned: ReasonedOperation) -> Operation {
    match reasoned {
        ReasonedOperation::Action(action) => Operation::Action(action),
        ReasonedOperation::Correct => Operation::Activity(Activity::Correct),
        ReasonedOperation::Return => Operation::Activity(Activity::Return),
        ReasonedOperation::RejectDocument | ReasonedOperation::RejectAddress => {
            Operation::Activity(Activity::ReviewKyc)
        }
        ReasonedOperation::RejectAmendment => Operation::Activity(Activity::DecideAmendment),
    }
}

fn choice(reasoned: ReasonedOperation, entry: &ReasonEntry) -> Value {
    json!({
        "operation": reasoned.name(),
        "code": entry.code.as_str(),
        "text": entry.text.as_str(),
        "final": entry.is_final,
    })
}

/// Whether the answer shows a blocker to this caller. A KYC blocker is shown to callers who may read KYC information, and to
/// callers with the permission for the action, who could find it by trying.
fn is_visible(blocker: &Blocker, permission: Option<Permission>, caller: &Caller) -> bool {
    !matches!(blocker, Blocker::Kyc { .. })
        || caller.may(Permission::KycRead)
        || permission.is_none_or(|permission| caller.may(permission))
}
