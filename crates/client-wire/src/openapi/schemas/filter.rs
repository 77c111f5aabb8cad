//! Filters: a condition on a property of each kind, groups, and words.

use client_domain::search::{
    MAX_CONDITIONS, MAX_DAYS, MAX_LEVELS, MAX_TERM, MAX_TEXT, MAX_VALUES, Operator, Property, PropertyKind,
    Takes,
};
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{AnyOfBuilder, Array, ArrayBuilder, Object, ObjectBuilder, SchemaType};
use utoipa::openapi::{KnownFormat, Ref, RefOr, Schema, SchemaFormat, Type};

use super::builders::{closed, enumeration, flag, integer, requiring, text};
use crate::openapi::keywords::Keywords;

/// The list of filters of a request.
pub(crate) fn list() -> ArrayBuilder {
    ArrayBuilder::from(Array::new(Ref::from_schema_name("Filter"))).max_items(Some(MAX_CONDITIONS))
}

/// One filter, and everything that it may be.
pub(crate) fn schemas() -> impl Iterator<Item = (String, RefOr<Schema>)> {
    let conditions: Vec<_> = conditions().collect();
    let filter = conditions
        .iter()
        .map(|(name, _)| name.as_str())
        .chain(["FilterGroup", "FilterNot", "FilterWords"])
        .fold(AnyOfBuilder::new(), |choice, name| choice.item(Ref::from_schema_name(name)))
        .description(Some(format!(
            "A condition, a group of filters, or words. At most {MAX_CONDITIONS} conditions in total, and \
             groups at most {MAX_LEVELS} levels deep. The names of properties and operators are not \
             case-sensitive, and `field` is accepted instead of `propertyName`; a filter with both is refused."
        )))
        .extensions(Some(Extensions::from(Keywords { title: Some("Filter"), ..Keywords::default() })));
    let all_or_one = "All of the filters hold, or one of them does.";
    let groups = group("FilterGroup", all_or_one, &["and", "or"], MAX_CONDITIONS);
    let not = group("FilterNot", "The one filter does not hold.", &["not"], 1);
    [
        ("Filter", RefOr::from(filter)),
        ("FilterGroup", groups.into()),
        ("FilterNot", not.into()),
        ("FilterWords", words().into()),
    ]
    .map(|(name, schema)| (name.to_owned(), schema))
    .into_iter()
    .chain(conditions.into_iter().map(|(name, condition)| (name, condition.into())))
}

fn words() -> Object {
    let words = ObjectBuilder::new()
        .title(Some("FilterWords"))
        .description(Some("Words that must all be found, as in searchTerm."))
        .property("searchTerm", text().min_length(Some(1)).max_length(Some(MAX_TERM)));
    closed(requiring(words, ["searchTerm"]))
}

/// Filters that are joined by a word of logic.
fn group(title: &str, about: &str, logic: &[&str], max: usize) -> Object {
    let group = ObjectBuilder::new()
        .title(Some(title))
        .description(Some(about))
        .property("logic", enumeration(logic.iter().copied()))
        .property("filters", list().min_items(Some(1)).max_items(Some(max)));
    closed(requiring(group, ["logic", "filters"]))
}

/// A condition for each kind of property and each form of value, so that a value of the wrong form fits none.
fn conditions() -> impl Iterator<Item = (String, Object)> {
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

fn condition(kind: PropertyKind, takes: Takes, operators: &[Operator]) -> Object {
    let properties = Property::ALL.iter().filter(|property| property.kind() == kind).map(|one| one.name());
    let names = operators.iter().map(|operator| operator.name());
    let meanings: Vec<_> =
        operators.iter().map(|operator| format!("- `{}`: {}", operator.name(), operator.about())).collect();
    let condition = ObjectBuilder::new()
        .title(Some(name(kind, takes)))
        .description(Some(format!(
            "A condition on a property of the kind `{}`{}.\n\n{}",
            kind.name(),
            form(takes),
            meanings.join("\n")
        )))
        .property("propertyName", enumeration(properties))
        .property("operator", enumeration(names));
    let condition = requiring(condition, ["propertyName", "operator"]);
    closed(match operand(kind, takes) {
        Some(operand) => condition.property("value", operand).required("value"),
        None => condition,
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

fn operand(kind: PropertyKind, takes: Takes) -> Option<Schema> {
    let list = |min, max| {
        ArrayBuilder::from(Array::new(value(kind))).min_items(Some(min)).max_items(Some(max)).into()
    };
    match takes {
        Takes::One => Some(value(kind).into()),
        Takes::Two => Some(list(2, 2)),
        Takes::Many => Some(list(1, MAX_VALUES)),
        Takes::Days => Some(integer().minimum(Some(1)).maximum(Some(MAX_DAYS)).into()),
        Takes::Nothing => None,
    }
}

fn value(kind: PropertyKind) -> ObjectBuilder {
    match kind {
        PropertyKind::Text => text().min_length(Some(1)).max_length(Some(MAX_TEXT)),
        PropertyKind::Key => text().min_length(Some(1)).max_length(Some(64)).pattern(Some("^[!-~]+$")),
        PropertyKind::Number => integer().format(Some(SchemaFormat::KnownFormat(KnownFormat::Int64))),
        PropertyKind::Date => text().format(Some(SchemaFormat::KnownFormat(KnownFormat::Date))),
        PropertyKind::Time => {
            text().description(Some("A whole day of the bank, or a point in time (RFC 3339)."))
        }
        PropertyKind::Choice => ObjectBuilder::new()
            .schema_type(SchemaType::from_iter([Type::String, Type::Integer]))
            .description(Some("A choice by name, or by number if it has one.")),
        PropertyKind::YesNo => flag(),
    }
}
