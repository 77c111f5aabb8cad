//! Filters: a condition on a property of each kind, groups, and words.

use client_domain::search::{
    MAX_CONDITIONS, MAX_DAYS, MAX_LEVELS, MAX_TERM, MAX_TEXT, MAX_VALUES, Operator, Property, PropertyKind,
    Takes,
};
use serde_json::{Map, Value, json};

use super::{members, reference};

/// The list of filters of a request.
pub(super) fn list() -> Value {
    json!({ "type": "array", "items": reference("schemas", "Filter"), "maxItems": MAX_CONDITIONS })
}

/// One filter, and everything that it may be.
pub(super) fn schemas() -> impl Iterator<Item = (String, Value)> {
    let conditions: Vec<_> = conditions().collect();
    let choices: Vec<_> = conditions
        .iter()
        .map(|(name, _)| name.as_str())
        .chain(["FilterGroup", "FilterNot", "FilterWords"])
        .map(|name| reference("schemas", name))
        .collect();
    let filter = json!({
        "title": "Filter",
        "description": format!(
            "A condition, a group of filters, or words. At most {MAX_CONDITIONS} conditions in all, and groups \
             at most {MAX_LEVELS} levels deep. The names of properties and operators match in any case, and \
             `field` is understood in place of `propertyName`; a filter with both is refused."
        ),
        "anyOf": choices,
    });
    let words = json!({
        "title": "FilterWords",
        "description": "Words that must all be found, as in searchTerm.",
        "type": "object",
        "properties": { "searchTerm": { "type": "string", "minLength": 1, "maxLength": MAX_TERM } },
        "required": ["searchTerm"],
        "additionalProperties": false,
    });
    let all_or_one = "All of the filters hold, or one of them does.";
    let groups = group("FilterGroup", all_or_one, &["and", "or"], MAX_CONDITIONS);
    let not = group("FilterNot", "The one filter does not hold.", &["not"], 1);
    [("Filter", filter), ("FilterGroup", groups), ("FilterNot", not), ("FilterWords", words)]
        .map(|(name, schema)| (name.to_owned(), schema))
        .into_iter()
        .chain(conditions)
}

/// Filters that are joined by a word of logic.
fn group(title: &str, about: &str, logic: &[&str], max: usize) -> Value {
    json!({
        "title": title,
        "description": about,
        "type": "object",
        "properties": {
            "logic": { "type": "string", "enum": logic },
            "filters": {
                "type": "array", "items": reference("schemas", "Filter"), "minItems": 1, "maxItems": max,
            },
        },
        "required": ["logic", "filters"],
        "additionalProperties": false,
    })
}

/// A condition for each kind of property and each form of value, so that a value of the wrong form fits none.
fn conditions() -> impl Iterator<Item = (String, Value)> {
    PropertyKind::ALL.into_iter().flat_map(|kind| {
        FORMS.into_iter().filter_map(move |takes| {
            let operators: Vec<_> =
                kind.operators().iter().copied().filter(|operator| operator.takes() == takes).collect();
            (!operators.is_empty()).then(|| (name(kind, takes), condition(kind, takes, &operators)))
        })
    })
}

const FORMS: [Takes; 5] = [Takes::One, Takes::Two, Takes::Many, Takes::Days, Takes::Nothing];

fn name(kind: PropertyKind, takes: Takes) -> String {
    let mut letters = kind.name().chars();
    let first: String = letters.next().into_iter().flat_map(char::to_uppercase).collect();
    let form = match takes {
        Takes::One => "",
        Takes::Two => "Range",
        Takes::Many => "List",
        Takes::Days => "Days",
        Takes::Nothing => "Presence",
    };
    format!("FilterOn{first}{}{form}", letters.as_str())
}

fn condition(kind: PropertyKind, takes: Takes, operators: &[Operator]) -> Value {
    let properties: Vec<_> =
        Property::ALL.iter().filter(|property| property.kind() == kind).map(|one| one.name()).collect();
    let names: Vec<_> = operators.iter().map(|operator| operator.name()).collect();
    let meanings: Vec<_> =
        operators.iter().map(|operator| format!("- `{}`: {}", operator.name(), operator.about())).collect();
    let properties = json!({
        "propertyName": { "type": "string", "enum": properties },
        "operator": { "type": "string", "enum": names },
    });
    let value = operand(kind, takes).map(|value| ("value".to_owned(), value));
    let properties: Map<_, _> = members(properties).into_iter().chain(value).collect();
    let required: Vec<_> = ["propertyName", "operator"]
        .into_iter()
        .chain((takes != Takes::Nothing).then_some("value"))
        .collect();
    json!({
        "title": name(kind, takes),
        "description": format!(
            "A condition on a property of the kind `{}`{}.\n\n{}", kind.name(), form(takes), meanings.join("\n")
        ),
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": false,
    })
}

const fn form(takes: Takes) -> &'static str {
    match takes {
        Takes::One => ", with one value",
        Takes::Two => ", with the first and the last value",
        Takes::Many => ", with a list of values",
        Takes::Days => ", with a number of days",
        Takes::Nothing => ", without a value",
    }
}

fn operand(kind: PropertyKind, takes: Takes) -> Option<Value> {
    let list = |min: usize, max: usize| json!({ "type": "array", "items": value(kind), "minItems": min, "maxItems": max });
    match takes {
        Takes::One => Some(value(kind)),
        Takes::Two => Some(list(2, 2)),
        Takes::Many => Some(list(1, MAX_VALUES)),
        Takes::Days => Some(json!({ "type": "integer", "minimum": 1, "maximum": MAX_DAYS })),
        Takes::Nothing => None,
    }
}

fn value(kind: PropertyKind) -> Value {
    match kind {
        PropertyKind::Text => json!({ "type": "string", "minLength": 1, "maxLength": MAX_TEXT }),
        PropertyKind::Key => {
            json!({ "type": "string", "minLength": 1, "maxLength": 64, "pattern": "^[!-~]+$" })
        }
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
