//! Which members of an object exclude or need each other.
//!
//! Only keywords are used that code generators pass over and validators do not: a `oneOf` of `required` beside
//! `properties` makes several generators forget the properties.

use crate::spec::{FieldSpec, Need};
use serde_json::{Map, Value, json};

/// Adds to the schema of a closed object what its fields say of one another.
pub(super) fn requirements(schema: &mut Map<String, Value>, fields: &[FieldSpec]) {
    let mut rules = Vec::new();
    let mut seen: Vec<Need> = Vec::new();
    for field in fields {
        let rule = match field.need {
            need if seen.contains(&need) => continue,
            Need::ExactlyOne(names) => exactly_one(names),
            Need::AtMostOne(names) => at_most_one(names),
            _ => continue,
        };
        seen.push(field.need);
        rules.extend(rule.as_object().cloned());
    }
    rules.extend(an_update_changes_something(fields));
    // One rule stands beside the properties, where every validator sees it; more are joined.
    if let [rule] = rules.as_slice() {
        schema.extend(rule.clone());
    } else if !rules.is_empty() {
        schema.insert("allOf".to_owned(), json!(rules));
    }
}

/// An update that names nothing but its client is refused.
fn an_update_changes_something(fields: &[FieldSpec]) -> Option<Map<String, Value>> {
    let changes = |field: &FieldSpec| matches!(field.need, Need::Settable | Need::Clearable);
    let others: Vec<_> = fields.iter().filter(|field| !changes(field)).map(|field| field.name).collect();
    let rule = json!({ "not": { "propertyNames": { "enum": others } } });
    fields.iter().any(changes).then(|| rule.as_object().cloned().unwrap_or_default())
}

/// If the first is there none of the others is, else exactly one of the others.
fn exactly_one(names: &[&str]) -> Value {
    match names {
        [] => json!({}),
        [last] => present(last),
        [first, others @ ..] => {
            json!({ "if": present(first), "then": absent(others), "else": exactly_one(others) })
        }
    }
}

/// If the first is there none of the others is, else at most one of the others.
fn at_most_one(names: &[&str]) -> Value {
    match names {
        [] | [_] => json!({}),
        [first, other] => json!({ "if": present(first), "then": absent(&[other]) }),
        [first, others @ ..] => {
            json!({ "if": present(first), "then": absent(others), "else": at_most_one(others) })
        }
    }
}

/// The member is there and not null.
fn present(name: &str) -> Value {
    json!({ "required": [name], "properties": { name: { "not": { "type": "null" } } } })
}

/// Each of the members is absent or null, which says the same.
fn absent(names: &[&str]) -> Value {
    let properties: Map<_, _> =
        names.iter().map(|name| ((*name).to_owned(), json!({ "type": "null" }))).collect();
    json!({ "properties": properties })
}
