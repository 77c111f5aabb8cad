//! Filters: a condition on a property of each kind, groups, and words.

use client_domain::search::{
    MAX_CONDITIONS, MAX_LEVELS, MAX_TERM, MAX_TEXT, MAX_VALUES, Operator, Property, PropertyKind,
};
use serde_json::{Value, json};

use super::reference;

/// The list of filters of a request.
pub(super) fn list() -> Value {
    json!({ "type": "array", "items": reference("schemas", "Filter"), "maxItems": MAX_CONDITIONS })
}

/// One filter, and everything that it may be.
pub(super) fn schemas() -> impl Iterator<Item = (String, Value)> {
    let names = PropertyKind::ALL.map(condition_name);
    let choices: Vec<_> = names
        .iter()
        .map(String::as_str)
        .chain(["FilterGroup", "FilterWords"])
        .map(|name| reference("schemas", name))
        .collect();
    let filter = json!({
        "title": "Filter",
        "description": format!(
            "A condition, a group of filters, or words. At most {MAX_CONDITIONS} conditions in all, and groups \
             at most {MAX_LEVELS} levels deep."
        ),
        "anyOf": choices,
    });
    let group = json!({
        "title": "FilterGroup",
        "description": "All of the filters hold, one of them does, or the one there is does not.",
        "type": "object",
        "properties": {
            "logic": { "type": "string", "enum": ["and", "or", "not"] },
            "filters": {
                "type": "array", "items": reference("schemas", "Filter"), "minItems": 1, "maxItems": MAX_CONDITIONS,
            },
        },
        "required": ["logic", "filters"],
        "additionalProperties": false,
    });
    let words = json!({
        "title": "FilterWords",
        "description": "Words that must all be found, as in searchTerm.",
        "type": "object",
        "properties": { "searchTerm": { "type": "string", "minLength": 1, "maxLength": MAX_TERM } },
        "required": ["searchTerm"],
        "additionalProperties": false,
    });
    let conditions = PropertyKind::ALL.map(|kind| (condition_name(kind), condition(kind)));
    [("Filter", filter), ("FilterGroup", group), ("FilterWords", words)]
        .map(|(name, schema)| (name.to_owned(), schema))
        .into_iter()
        .chain(conditions)
}

fn condition_name(kind: PropertyKind) -> String {
    let mut letters = kind.name().chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    format!("FilterOn{first}{}", letters.as_str())
}

fn condition(kind: PropertyKind) -> Value {
    let properties: Vec<_> =
        Property::ALL.iter().filter(|property| property.kind() == kind).map(|one| one.name()).collect();
    let operators: Vec<_> = kind.operators().iter().map(|operator| operator.name()).collect();
    let meanings: Vec<_> = kind
        .operators()
        .iter()
        .map(|operator| format!("- `{}`: {}", operator.name(), operator.about()))
        .collect();
    let lists = kind.operators().contains(&Operator::In) || kind.operators().contains(&Operator::Between);
    let mut values = vec![value(kind)];
    if kind.operators().contains(&Operator::LastDays) {
        values.push(json!({ "type": "integer", "minimum": 1 }));
    }
    if lists {
        values.push(json!({ "type": "array", "items": value(kind), "minItems": 1, "maxItems": MAX_VALUES }));
    }
    values.push(json!({ "type": "null" }));
    json!({
        "title": condition_name(kind),
        "description": format!(
            "A condition on a property of the kind `{}`. Names match in any case.\n\n{}", kind.name(), meanings.join("\n")
        ),
        "type": "object",
        "properties": {
            "propertyName": { "type": "string", "enum": properties },
            "field": { "type": "string", "enum": properties, "description": "Another name of propertyName." },
            "operator": { "type": "string", "enum": operators },
            "value": { "anyOf": values, "description": "What the operator takes; absent where it takes nothing." },
        },
        "required": ["operator"],
        "anyOf": [{ "required": ["propertyName"] }, { "required": ["field"] }],
        "additionalProperties": false,
    })
}

fn value(kind: PropertyKind) -> Value {
    match kind {
        PropertyKind::Text => json!({ "type": "string", "minLength": 1, "maxLength": MAX_TEXT }),
        PropertyKind::Key => json!({ "type": "string", "minLength": 1, "maxLength": 64 }),
        PropertyKind::Number => json!({ "type": "integer", "format": "int64" }),
        PropertyKind::Date => json!({ "type": "string", "format": "date" }),
        PropertyKind::Time => json!({
            "type": "string", "description": "A day, which is meant as a whole (UTC), or a moment (RFC 3339).",
        }),
        PropertyKind::Choice => json!({
            "type": ["string", "integer"], "description": "A choice by name, or by number where it has one.",
        }),
        PropertyKind::YesNo => json!({ "type": "boolean" }),
    }
}
