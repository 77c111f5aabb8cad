//! JSON Schema (Draft 2020-12) of the members of an object.

use std::collections::BTreeMap;

use client_domain::search::Property;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{
    AdditionalProperties, AnyOfBuilder, Array, ArrayBuilder, Object, ObjectBuilder,
};
use utoipa::openapi::{KnownFormat, RefOr, Schema, SchemaFormat};

use super::builders::{closed, enumeration, flag, integer, requiring, text, untyped};
use super::description::described;
use super::nullable::or_null;
use super::{exclusion, filter};
use crate::openapi::keywords::{ENUM_NAMES, Keywords};
use crate::spec::{FieldSpec, Need, Shape};

/// The longest e-mail address that a mail server takes (RFC 5321); the shape itself names no limit.
const LONGEST_EMAIL: usize = 254;

/// Whether an object may have members besides those that are listed.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Members {
    /// It may not: a request with an unknown member is refused.
    Closed,
    /// It may: answers may gain members without breaking their readers.
    Open,
}

/// An object with these members.
pub(crate) fn object(fields: &[FieldSpec], others: Members) -> Object {
    let properties = fields
        .iter()
        .fold(ObjectBuilder::new(), |object, field| object.property(field.name, member(field, others)));
    let required = fields
        .iter()
        .filter(|field| matches!(field.need, Need::Required | Need::Nullable))
        .map(|field| field.name);
    let no_properties = fields
        .is_empty()
        .then(|| Extensions::from(Keywords { properties: Some(BTreeMap::new()), ..Keywords::default() }));
    let object = requiring(properties, required).extensions(no_properties);
    match others {
        Members::Open => object.build(),
        Members::Closed => {
            let mut object = closed(object);
            exclusion::add_rules(&mut object, fields);
            object
        }
    }
}

fn member(field: &FieldSpec, others: Members) -> Schema {
    let schema = value(&field.shape, others);
    let schema = match field.need {
        Need::Optional | Need::Clearable | Need::Nullable | Need::ExactlyOne(_) | Need::AtMostOne(_) => {
            or_null(schema)
        }
        Need::Required | Need::Settable | Need::Sometimes => schema,
    };
    described(schema, field.about)
}

fn value(shape: &Shape, others: Members) -> Schema {
    match shape {
        Shape::Text { min, max } => {
            text().min_length((*min > 0).then_some(*min)).max_length(Some(*max)).into()
        }
        Shape::Email => formatted(KnownFormat::Email).max_length(Some(LONGEST_EMAIL)).into(),
        Shape::Date => formatted(KnownFormat::Date).into(),
        Shape::DateTime => formatted(KnownFormat::DateTime).into(),
        Shape::Pattern { min, max, pattern } => {
            text().min_length(Some(*min)).max_length(Some(*max)).pattern(Some(*pattern)).into()
        }
        Shape::Integer { min, max } => whole_number(*min, *max).into(),
        Shape::Numbers(choices) => integer().enum_values(Some(choices.iter().copied())).into(),
        Shape::Flag => flag().into(),
        Shape::Choice(choices) => choice(choices).into(),
        Shape::SortProperty => choice(&Property::sortable().map(Property::name).collect::<Vec<_>>()).into(),
        Shape::List { of, max } => list(of, others).max_items(Some(*max)).into(),
        Shape::SomeOf { of, max } => list(of, others).min_items(Some(1)).max_items(Some(*max)).into(),
        Shape::Object(fields) => object(fields, others).into(),
        Shape::Map { names, of } => map(names, of, others).into(),
        Shape::Either(shapes) => {
            shapes.iter().fold(AnyOfBuilder::new(), |choice, shape| choice.item(value(shape, others))).into()
        }
        Shape::Base64 { max_bytes } => text()
            .content_encoding("base64")
            .min_length(Some(4))
            .max_length(usize::try_from(max_bytes.div_ceil(3) * 4).ok())
            .into(),
        Shape::Filters => filter::list().into(),
        Shape::Details => Object::new().into(),
    }
}

fn formatted(format: KnownFormat) -> ObjectBuilder {
    text().format(Some(SchemaFormat::KnownFormat(format)))
}

/// The format gives the largest number of 64 bits exactly; most readers of JSON would round it.
fn whole_number(min: i64, max: i64) -> ObjectBuilder {
    let wide = max > i64::from(i32::MAX);
    integer()
        .format(wide.then_some(SchemaFormat::KnownFormat(KnownFormat::Int64)))
        .minimum(Some(min))
        .maximum((max < i64::MAX).then_some(max))
}

fn list(of: &Shape, others: Members) -> ArrayBuilder {
    Array::new(value(of, others)).into()
}

/// Names with blanks and apostrophes would become identifiers of generated code, were they properties.
fn map(names: &[&str], of: &Shape, others: Members) -> ObjectBuilder {
    let listed = (others == Members::Closed).then(|| untyped().enum_values(Some(names.iter().copied())));
    ObjectBuilder::new()
        .additional_properties(Some(AdditionalProperties::RefOr(RefOr::T(value(of, others)))))
        .property_names(listed)
}

/// One of these texts. If one of them is not an identifier, generators get a name for each.
fn choice(choices: &[&str]) -> ObjectBuilder {
    let plain = |text: &&str| text.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    let names = || choices.iter().map(|text| identifier(text)).collect::<Vec<_>>();
    let extensions = (!choices.iter().all(plain)).then(|| Extensions::from_iter([(ENUM_NAMES, names())]));
    enumeration(choices.iter().copied()).extensions(extensions)
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

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn json_of(schema: impl Into<Schema>) -> Value {
        serde_json::to_value(schema.into()).unwrap()
    }

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
            let choice = json_of(member(&field(need, Shape::Choice(&["a"])), Members::Closed));
            assert_eq!(choice["type"] == json!(["string", "null"]), takes_null, "{need:?}");
            assert_eq!(choice["enum"] == json!(["a", null]), takes_null, "{need:?}");
            let either = field(need, Shape::Either(&[Shape::Flag, Shape::Date]));
            let either = json_of(member(&either, Members::Closed));
            assert_eq!(either["anyOf"].as_array().unwrap().len(), if takes_null { 3 } else { 2 });
        }
    }

    #[test]
    fn enumeration_names_are_identifiers() {
        let schema = json_of(choice(&["Driver's License", "image/jpeg", ".pdf"]));
        assert_eq!(schema[ENUM_NAMES], json!(["DriversLicense", "ImageJpeg", "Pdf"]));
        assert_eq!(json_of(choice(&["Active", "BlackListed"])).get(ENUM_NAMES), None);
    }

    #[test]
    fn objects_inside_a_request_are_as_closed_as_the_request() {
        static INNER: [FieldSpec; 1] = [field(Need::Required, Shape::Flag)];
        static LIST: Shape = Shape::Object(&INNER);
        let outer = [field(Need::Optional, Shape::List { of: &LIST, max: 3 })];
        let items = |members| json_of(object(&outer, members))["properties"]["it"]["items"].clone();
        assert_eq!(items(Members::Closed)["additionalProperties"], json!(false));
        assert_eq!(items(Members::Open).get("additionalProperties"), None);
    }
}
