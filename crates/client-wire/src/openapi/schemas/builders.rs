//! How most schemas begin.

use utoipa::openapi::schema::{AdditionalProperties, Object, ObjectBuilder, SchemaType};
use utoipa::openapi::{Schema, Type};

/// A text.
pub(crate) fn text() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::String)
}

/// One of these texts.
pub(crate) fn enumeration<'a>(choices: impl IntoIterator<Item = &'a str>) -> ObjectBuilder {
    text().enum_values(Some(choices))
}

/// A whole number.
pub(crate) fn integer() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Integer)
}

/// True or false.
pub(crate) fn flag() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(Type::Boolean)
}

/// Any value of which the keywords that are added hold.
pub(crate) fn untyped() -> ObjectBuilder {
    ObjectBuilder::new().schema_type(SchemaType::AnyValue)
}

/// The same object, with members that must be there.
pub(crate) fn requiring<'a>(
    object: ObjectBuilder,
    names: impl IntoIterator<Item = &'a str>,
) -> ObjectBuilder {
    names.into_iter().fold(object, ObjectBuilder::required)
}

/// The same object, without members that are not listed.
pub(crate) fn closed(object: ObjectBuilder) -> Object {
    object.additional_properties(Some(AdditionalProperties::<Schema>::FreeForm(false))).build()
}
