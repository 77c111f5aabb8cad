use client_app::queries::{GetMyself, Myself};
use client_app::{Caller, Clients, DRY_RUN};
use client_domain::Permissions;
use serde_json::{Value, json};

use super::operation::{ask, reply};
use crate::client_view::permission_name;
use crate::failure::Failure;
use crate::form::Form;
use crate::reply::{Reply, members};
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveMyselfQuery",
    kind: OperationKind::Query,
    about: "Tells who the caller is, which permissions it holds, and which operations it may use.",
    permission: None,
    fields: &[],
    reply: &[
        FieldSpec::required(
            "actorId",
            shape::ANY_TEXT,
            "The subject of the token, by which four eyes compares.",
        ),
        FieldSpec::nullable("actorEmail", shape::ANY_TEXT, "The e-mail address, if the token has one."),
        FieldSpec::nullable(
            "branchEncodedKey",
            shape::BRANCH,
            "The branch of the caller, which is the default of a new client.",
        ),
        FieldSpec::nullable(
            "branchName",
            shape::ANY_TEXT,
            "The name of the branch, if the directory has it.",
        ),
        FieldSpec::required("permissions", Shape::List { of: &PERMISSION, max: 100 }, "Every permission."),
        FieldSpec::required(
            "operations",
            Shape::List { of: &OPERATION_SHAPE, max: 200 },
            "Every command and query. The state of a client may forbid one that the caller may use.",
        ),
    ],
    refusals: &[],
    example: "{}",
};

const PERMISSION: Shape = Shape::Object(&[
    FieldSpec::required("permission", shape::ANY_TEXT, "The permission, as in a token."),
    FieldSpec::required("held", Shape::Flag, "Whether the caller holds it."),
]);

const OPERATION_SHAPE: Shape = Shape::Object(&[
    FieldSpec::required("operation", shape::ANY_TEXT, "The name of the command or query."),
    FieldSpec::required("kind", Shape::Choice(&["command", "query"]), "Whether it is a command or a query."),
    FieldSpec::nullable(
        "permission",
        shape::ANY_TEXT,
        "The permission that it requires; null if every caller may use it.",
    ),
    FieldSpec::required("allowed", Shape::Flag, "Whether the caller holds that permission."),
    FieldSpec::sometimes(
        "dryRunAllowed",
        Shape::Flag,
        "Of a command: whether the caller may also check it without writing, which needs customers.read as well.",
    ),
]);

/// Answers with those of all operations that the caller may use. The catalogue gives them, because it has this query too.
pub(crate) async fn answer(
    clients: &Clients,
    form: Form<'_>,
    caller: &Caller,
    operations: &[&OperationSpec],
) -> Result<Reply, Failure> {
    form.finish(Some(()))?;
    let myself = ask(clients, caller, GetMyself).await?;
    Ok(reply("Caller retrieved successfully.", myself_json(&myself, operations)))
}

fn myself_json(myself: &Myself, operations: &[&OperationSpec]) -> Value {
    let Caller { actor, permissions, branch } = &myself.caller;
    let named = myself.permissions();
    let named = named.map(|(one, held)| json!({ "permission": one.name(), "held": held }));
    let operations = operations.iter().map(|spec| operation_json(spec, permissions));
    json!({
        "actorId": actor.id.as_str(),
        "actorEmail": actor.email.as_ref().map(|email| email.as_str()),
        "branchEncodedKey": branch.as_ref().map(|key| key.as_str()),
        "branchName": myself.branch.as_ref().map(|branch| branch.name.as_str()),
        "permissions": named.collect::<Vec<_>>(),
        "operations": operations.collect::<Vec<_>>(),
    })
}

fn operation_json(spec: &OperationSpec, permissions: &Permissions) -> Value {
    let allowed = spec.is_open_to(permissions);
    let mut shown = members(json!({
        "operation": spec.name,
        "kind": spec.kind.noun(),
        "permission": permission_name(spec.permission),
        "allowed": allowed,
    }));
    if spec.kind == OperationKind::Command {
        shown.insert("dryRunAllowed".to_owned(), (allowed && permissions.holds(DRY_RUN)).into());
    }
    Value::Object(shown)
}
