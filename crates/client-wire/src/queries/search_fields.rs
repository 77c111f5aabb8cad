use client_app::Caller;
use client_domain::Permission;
use client_domain::search::Property;
use serde_json::{Value, json};

use super::operation::{QueryOperation, reply};
use crate::failure::Failure;
use crate::form::Form;
use crate::reply::Reply;
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveSearchFieldsQuery",
    kind: OperationKind::Query,
    about: "Lists the properties that this caller can search by with RetrieveContactListQuery, with their kinds \
         and uses.",
    permission: Some(Permission::Read),
    fields: &[],
    reply: &[FieldSpec::required(
        "properties",
        Shape::List { of: &PROPERTY, max: 100 },
        "Every property that the caller's permissions allow.",
    )],
    refusals: &[],
    example: "{}",
};

pub(crate) static OPERATION: QueryOperation = QueryOperation {
    spec: &SPEC,
    answer: |_, form, caller| Box::pin(std::future::ready(answer(form, caller))),
};

const PROPERTY: Shape = Shape::Object(&[
    FieldSpec::required("propertyName", shape::ANY_TEXT, "The name."),
    FieldSpec::required(
        "kind",
        Shape::Choice(&["text", "number", "date", "time", "choice", "key", "yesNo"]),
        "The kind of its values.",
    ),
    FieldSpec::required("permission", shape::ANY_TEXT, "The permission required to search by it."),
    FieldSpec::required("operators", shape::NAMES, "The operators that it supports in filters."),
    FieldSpec::nullable("choices", shape::NAMES, "The names of its choices, if it has choices."),
    FieldSpec::nullable(
        "choiceNumbers",
        Shape::List { of: &shape::COUNT, max: 100 },
        "The numbers of its choices, if they have numbers.",
    ),
    FieldSpec::required("sortable", Shape::Flag, "Whether it can be used in sort."),
    FieldSpec::required("inSearchTerm", Shape::Flag, "Whether searchTerm includes it."),
]);

fn answer(form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    form.finish(Some(()))?;
    let properties: Vec<_> = Property::open_to(&caller.permissions).map(entry).collect();
    Ok(reply("Search fields retrieved successfully.", json!({ "properties": properties })))
}

fn entry(property: Property) -> Value {
    let choices = property.choices();
    json!({
        "propertyName": property.name(),
        "kind": property.kind().name(),
        "permission": property.permission().name(),
        "operators": property.kind().operators().iter().map(|operator| operator.name()).collect::<Vec<_>>(),
        "choices": choices.map(|choices| choices.names),
        "choiceNumbers": choices.map(|choices| choices.numbers).filter(|numbers| !numbers.is_empty()),
        "sortable": property.is_sortable(),
        "inSearchTerm": property.is_in_search_text(),
    })
}
