use client_app::ports::SavedView;
use client_app::queries::GetViews;
use client_app::{Caller, Clients};
use client_domain::Permission;
use serde_json::{Map, Value, json};

use super::operation::{QueryOperation, ask, reply};
use super::saved_search;
use crate::code::Code;
use crate::failure::{Failure, Item};
use crate::form::Form;
use crate::reply::Reply;
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};

/// A person's own views and the shared ones of others, at most.
const MAX_VIEWS: usize = 300;

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveViewsQuery",
    kind: OperationKind::Query,
    about: "Lists the saved views that the caller sees, its own and the shared ones, each with what keeps it from being used \
         now.",
    permission: Some(Permission::Read),
    fields: &[],
    reply: &[FieldSpec::required(
        "views",
        Shape::List { of: &VIEW, max: MAX_VIEWS },
        "The views, those of one person together, in the order of their names.",
    )],
    refusals: &[],
    example: "{}",
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

const VIEW: Shape = Shape::Object(&[
    FieldSpec::required("name", shape::VIEW_NAME, "The name, which no other view of this person has."),
    FieldSpec::required("ownerId", shape::ANY_TEXT, "The id of the person who saved it."),
    FieldSpec::required(
        "owner",
        shape::ANY_TEXT,
        "Who saved it: the e-mail address, else the subject of the token.",
    ),
    FieldSpec::required("mine", Shape::Flag, "Whether this caller saved it."),
    FieldSpec::required("shared", Shape::Flag, "Whether everybody who may find clients sees it."),
    FieldSpec::required("savedAt", Shape::DateTime, "When it was saved last."),
    FieldSpec::nullable(
        "search",
        Shape::Details,
        "Members of RetrieveContactListQuery; null if it searches by what this caller may not see, or is another person's \
         and no longer holds.",
    ),
    FieldSpec::required("columns", shape::NAMES, "The members of each client to show, in their order."),
    FieldSpec::required("usable", Shape::Flag, "Whether this caller can make the search now."),
    FieldSpec::required(
        "problems",
        shape::OBJECTS,
        "Why not, each with code, field, message and details as in an error: a property or a column that is there no longer, \
         or a permission that this caller lacks.",
    ),
]);

async fn answer(clients: &Clients, form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    form.finish(Some(()))?;
    let found = ask(clients, caller, GetViews).await?;
    let views: Vec<_> = found.iter().map(|view| view_json(view, clients, caller)).collect();
    Ok(reply("Saved views retrieved successfully.", json!({ "views": views })))
}

fn view_json(view: &SavedView, clients: &Clients, caller: &Caller) -> Value {
    let problems =
        saved_search::problems(&view.search, &view.columns, &caller.permissions, clients.calendar());
    let is_mine = view.by.id == caller.actor.id;
    // What does not hold any more may be a property that others may not see.
    let is_concealed = problems.iter().any(|problem| {
        problem.code == Code::PermissionMissing || !is_mine && saved_search::is_of_search(problem)
    });
    let search = saved_search::stored(&view.search).filter(|_| !is_concealed);
    let problem_json = |item: &Item| {
        let is_told = !is_concealed || item.code == Code::PermissionMissing;
        let details = item.details.clone();
        json!({
            "code": item.code.name(),
            "field": item.field,
            "message": item.message,
            "details": if is_told { details } else { Map::new() },
        })
    };
    json!({
        "name": view.name.as_str(),
        "ownerId": view.by.id.as_str(),
        "owner": view.by.label(),
        "mine": is_mine,
        "shared": view.shared,
        "savedAt": view.saved_at.to_string(),
        "search": search,
        "columns": view.columns,
        "usable": problems.is_empty(),
        "problems": problems.iter().take(100).map(problem_json).collect::<Vec<_>>(),
    })
}
