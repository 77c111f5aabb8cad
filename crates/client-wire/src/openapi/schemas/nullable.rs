//! Schemas that take null besides.

use serde_json::Value;
use utoipa::openapi::schema::{AnyOf, Object, SchemaType};
use utoipa::openapi::{RefOr, Schema, Type};

use crate::openapi::keywords::ENUM_NAMES;

/// The same, or null.
pub(crate) fn or_null(mut schema: Schema) -> Schema {
    match &mut schema {
        Schema::Object(object) => object_or_null(object),
        Schema::Array(array) => type_or_null(&mut array.schema_type),
        Schema::AnyOf(choice) => choice_or_null(choice),
        _ => {}
    }
    schema
}

/// An enumeration must list null as well as the type.
fn object_or_null(object: &mut Object) {
    type_or_null(&mut object.schema_type);
    if let Some(choices) = &mut object.enum_values {
        push_once(choices, Value::Null);
    }
    let names = object.extensions.as_mut().and_then(|extensions| extensions.get_mut(ENUM_NAMES));
    if let Some(Value::Array(names)) = names {
        push_once(names, Value::from("Null"));
    }
}

fn choice_or_null(choice: &mut AnyOf) {
    push_once(&mut choice.items, RefOr::from(Object::with_type(Type::Null)));
}

fn type_or_null(schema_type: &mut SchemaType) {
    if let SchemaType::Type(single) = schema_type {
        *schema_type = SchemaType::from_iter([single.clone(), Type::Null]);
    }
}

fn push_once<T: PartialEq>(list: &mut Vec<T>, item: T) {
    if !list.contains(&item) {
        list.push(item);
    }
}
