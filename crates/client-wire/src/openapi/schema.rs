//! JSON Schema (Draft 2020-12) of the members of an object.

use crate::spec::{FieldSpec, Need, Shape};
use client_domain::search::Property;
use serde_json::{Map, Value, json};

use super::{filters, members, presence};

/// The longest e-mail address that a mail server takes (RFC 5321); the shape itself names no limit.
const LONGEST_EMAIL: usize = 254;

/// What several generators read the names of an enumeration's values from.
const ENUM_NAMES: &str = "x-enum-varnames";

/// Whether an object may have members besides those that are listed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum Members {
    /// It may not: a request with an unknown member is refused.
    Closed,
    /// It may: an answer can learn to say more without breaking those who read it.
    Open,
}

/// An object with these members.
pub(super) fn object(fields: &[FieldSpec], others: Members) -> Map<String, Value> {
    let properties: Map<_, _> =
        fields.iter().map(|field| (field.name.to_owned(), member(field, others))).collect();
    let required: Vec<_> = fields
        .iter()
        .filter(|field| matches!(field.need, Need::Required | Need::Nullable))
        .map(|field| field.name)
        .collect();
    let mut schema = members(json!({ "type": "object", "properties": properties }));
    if !required.is_empty() {
        schema.insert("required".to_owned(), json!(required));
    }
    if others == Members::Closed {
        schema.insert("additionalProperties".to_owned(), json!(false));
        presence::requirements(&mut schema, fields);
    }
    schema
}

fn member(field: &FieldSpec, others: Members) -> Value {
    let schema = members(value(&field.shape, others));
    let mut schema = match field.need {
        Need::Optional | Need::Clearable | Need::Nullable | Need::ExactlyOne(_) | Need::AtMostOne(_) => {
            or_null(schema)
        }
        Need::Required | Need::Settable | Need::Sometimes => schema,
    };
    schema.insert("description".to_owned(), json!(field.about));
    Value::Object(schema)
}

fn value(shape: &Shape, others: Members) -> Value {
    match shape {
        Shape::Text { min: 0, max } => json!({ "type": "string", "maxLength": max }),
        Shape::Text { min, max } => json!({ "type": "string", "minLength": min, "maxLength": max }),
        Shape::Email => json!({ "type": "string", "format": "email", "maxLength": LONGEST_EMAIL }),
        Shape::Date => json!({ "type": "string", "format": "date" }),
        Shape::DateTime => json!({ "type": "string", "format": "date-time" }),
        Shape::Pattern { min, max, pattern } => {
            json!({ "type": "string", "minLength": min, "maxLength": max, "pattern": pattern })
        }
        // The format says the greatest number exactly; most readers of JSON would round it.
        Shape::Integer { min, max: i64::MAX } => {
            json!({ "type": "integer", "format": "int64", "minimum": min })
        }
        Shape::Integer { min, max } if *max > i64::from(i32::MAX) => {
            json!({ "type": "integer", "format": "int64", "minimum": min, "maximum": max })
        }
        Shape::Integer { min, max } => json!({ "type": "integer", "minimum": min, "maximum": max }),
        Shape::Numbers(choices) => json!({ "type": "integer", "enum": choices }),
        Shape::Flag => json!({ "type": "boolean" }),
        Shape::Choice(choices) => choice(choices),
        Shape::SortProperty => choice(&Property::sortable().map(Property::name).collect::<Vec<_>>()),
        Shape::List { of, max } => {
            json!({ "type": "array", "items": value(of, others), "maxItems": max })
        }
        Shape::SomeOf { of, max } => {
            json!({ "type": "array", "items": value(of, others), "minItems": 1, "maxItems": max })
        }
        Shape::Object(fields) => Value::Object(object(fields, others)),
        // Names with blanks and apostrophes would become identifiers of generated code, were they properties.
        Shape::Map { names, of } => {
            let mut schema = members(json!({ "type": "object", "additionalProperties": value(of, others) }));
            if others == Members::Closed {
                schema.insert("propertyNames".to_owned(), json!({ "enum": names }));
            }
            Value::Object(schema)
        }
        Shape::Either(shapes) => {
            json!({ "anyOf": shapes.iter().map(|shape| value(shape, others)).collect::<Vec<_>>() })
        }
        Shape::Base64 { max_bytes } => json!({
            "type": "string",
            "contentEncoding": "base64",
            "minLength": 4,
            "maxLength": max_bytes.div_ceil(3) * 4,
        }),
        Shape::Filters => filters::list(),
        Shape::Details => json!({ "type": "object" }),
    }
}

/// One of these texts. Where one of them is no identifier, generators are told what to call each.
fn choice(choices: &[&str]) -> Value {
    let mut schema = members(json!({ "type": "string", "enum": choices }));
    let plain = |text: &&str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    if !choices.iter().all(plain) {
        let names: Vec<_> = choices.iter().map(|text| identifier(text)).collect();
        schema.insert(ENUM_NAMES.to_owned(), json!(names));
    }
    Value::Object(schema)
}

/// The letters and digits of a text, each word of it with a capital.
fn identifier(text: &str) -> String {
    let words = text.split(|c: char| !c.is_ascii_alphanumeric() && c != '\'').filter(|word| !word.is_empty());
    words
        .map(|word| {
            let mut letters = word.chars().filter(char::is_ascii_alphanumeric);
            let first = letters.next().map(|letter| letter.to_ascii_uppercase());
            first.into_iter().chain(letters).collect::<String>()
        })
        .collect()
}

/// The same, or null: an enumeration must list null as well as the type.
pub(super) fn or_null(mut schema: Map<String, Value>) -> Map<String, Value> {
    let nullable = schema.get("type").is_some_and(Value::is_array);
    if let Some(kind) = schema.get("type").cloned().filter(|_| !nullable) {
        schema.insert("type".to_owned(), json!([kind, "null"]));
    }
    if let Some(Value::Array(choices)) = schema.get_mut("enum")
        && !choices.contains(&Value::Null)
    {
        choices.push(Value::Null);
    }
    if let Some(Value::Array(names)) = schema.get_mut(ENUM_NAMES)
        && !names.contains(&json!("Null"))
    {
        names.push(json!("Null"));
    }
    if let Some(Value::Array(shapes)) = schema.get_mut("anyOf")
        && !shapes.contains(&json!({ "type": "null" }))
    {
        shapes.push(json!({ "type": "null" }));
    }
    schema
}

#[cfg(test)]
mod tests {
    use super::*;

    const fn field(need: Need, shape: Shape) -> FieldSpec {
        FieldSpec { name: "it", need, shape, about: "It." }
    }

    #[test]
    fn null_is_allowed_exactly_where_the_service_takes_it() {
        for (need, takes_null) in [
            (Need::Required, false),
            (Need::Settable, false),
            (Need::Sometimes, false),
            (Need::Optional, true),
            (Need::Clearable, true),
            (Need::Nullable, true),
            (Need::ExactlyOne(&["it"]), true),
            (Need::AtMostOne(&["it"]), true),
        ] {
            let choice = member(&field(need, Shape::Choice(&["a"])), Members::Closed);
            assert_eq!(choice["type"] == json!(["string", "null"]), takes_null, "{need:?}");
            assert_eq!(choice["enum"] == json!(["a", null]), takes_null, "{need:?}");
            let either = member(&field(need, Shape::Either(&[Shape::Flag, Shape::Date])), Members::Closed);
            assert_eq!(either["anyOf"].as_array().unwrap().len(), if takes_null { 3 } else { 2 });
        }
    }

    #[test]
    fn enumeration_names_are_identifiers() {
        let schema = choice(&["Driver's License", "image/jpeg", ".pdf"]);
        assert_eq!(schema[ENUM_NAMES], json!(["DriversLicense", "ImageJpeg", "Pdf"]));
        assert_eq!(choice(&["Active", "BlackListed"]).get(ENUM_NAMES), None);
    }

    #[test]
    fn objects_inside_a_request_are_as_closed_as_the_request() {
        static INNER: [FieldSpec; 1] = [field(Need::Required, Shape::Flag)];
        static LIST: Shape = Shape::Object(&INNER);
        let outer = [field(Need::Optional, Shape::List { of: &LIST, max: 3 })];
        let items = |members| object(&outer, members)["properties"]["it"]["items"].clone();
        assert_eq!(items(Members::Closed)["additionalProperties"], json!(false));
        assert_eq!(items(Members::Open).get("additionalProperties"), None);
    }
}
