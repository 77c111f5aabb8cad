use client_domain::lifecycle::{ALLOWANCES, Guard, TRANSITIONS};
use client_domain::{ClientState, Permission};
use serde_json::{Value, json};

use super::operation::{QueryOperation, reply};
use crate::client_view::{allowed_in, permission_name};
use crate::failure::Failure;
use crate::form::Form;
use crate::reply::Reply;
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveLifecycleQuery",
    kind: OperationKind::Query,
    about: "Returns the states and transitions as data.",
    permission: Some(Permission::Read),
    fields: &[],
    reply: &[
        FieldSpec::required("states", Shape::List { of: &STATE, max: 100 }, "Every state."),
        FieldSpec::required(
            "transitions",
            Shape::List { of: &TRANSITION, max: 100 },
            "Every transition between states.",
        ),
        FieldSpec::required(
            "activities",
            Shape::List { of: &ACTIVITY, max: 100 },
            "The activities that states allow.",
        ),
    ],
    refusals: &[],
    example: "{}",
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |_, form, _| Box::pin(std::future::ready(answer(form))) };

const STATE: Shape = Shape::Object(&[
    FieldSpec::required("number", shape::STATE_NUMBER, "The number."),
    FieldSpec::required("name", shape::STATE_NAME, "The name."),
    FieldSpec::required("description", shape::STATE_DESCRIPTION, "The display name."),
    FieldSpec::required("final", Shape::Flag, "Whether it is final."),
    FieldSpec::required("allowedActions", shape::NAMES, "The operations that it allows."),
]);

const TRANSITION: Shape = Shape::Object(&[
    FieldSpec::nullable("from", shape::STATE_NAME, "The state before; null for a new client."),
    FieldSpec::required("action", shape::ANY_TEXT, "The action."),
    FieldSpec::required("to", shape::STATE_NAME, "The state after."),
    FieldSpec::required("guards", shape::NAMES, "The conditions besides the state."),
    FieldSpec::nullable(
        "permission",
        shape::ANY_TEXT,
        "The permission that it requires; null for what the service itself initiates.",
    ),
    FieldSpec::required("event", shape::ANY_TEXT, "The event for other systems."),
    FieldSpec::required("reasonNeeded", Shape::Flag, "Whether a reason must be given."),
    FieldSpec::required("initiator", Shape::Choice(&["person", "system"]), "Who initiates it."),
]);

const ACTIVITY: Shape = Shape::Object(&[
    FieldSpec::required("activity", shape::ANY_TEXT, "The activity."),
    FieldSpec::required("states", shape::NAMES, "The states that allow it."),
    FieldSpec::nullable("permission", shape::ANY_TEXT, "The permission that it requires in this service."),
]);

fn answer(form: Form<'_>) -> Result<Reply, Failure> {
    form.finish(Some(()))?;
    Ok(reply("Lifecycle retrieved successfully.", lifecycle_json()))
}

/// The lifecycle as data, for the query and for the command line.
pub fn lifecycle_json() -> Value {
    let states: Vec<_> = ClientState::ALL
        .into_iter()
        .map(|state| {
            json!({
                "number": state.number(),
                "name": state.name(),
                "description": state.description(),
                "final": state.is_final(),
                "allowedActions": allowed_in(state),
            })
        })
        .collect();
    let transitions: Vec<_> = TRANSITIONS
        .iter()
        .map(|row| {
            json!({
                "from": row.from.map(ClientState::name),
                "action": row.action.name(),
                "to": row.to.name(),
                "guards": row.guards.iter().copied().map(Guard::name).collect::<Vec<_>>(),
                "permission": permission_name(row.permission),
                "event": row.event.name(),
                "reasonNeeded": row.reason_needed,
                "initiator": row.initiator.name(),
            })
        })
        .collect();
    let activities: Vec<_> = ALLOWANCES
        .iter()
        .map(|row| {
            json!({
                "activity": row.activity.name(),
                "states": row.states.iter().copied().map(ClientState::name).collect::<Vec<_>>(),
                "permission": permission_name(row.permission),
            })
        })
        .collect();
    json!({ "states": states, "transitions": transitions, "activities": activities })
}
