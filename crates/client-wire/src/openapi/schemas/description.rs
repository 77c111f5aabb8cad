//! The description of a schema, of whatever type the schema is.

use utoipa::openapi::Schema;

/// The same schema with this description.
pub(crate) fn described(mut schema: Schema, about: &str) -> Schema {
    if let Some(description) = of(&mut schema) {
        *description = Some(about.to_owned());
    }
    schema
}

/// Where the description of a schema is kept. The library may learn of types that have none.
pub(crate) fn of(schema: &mut Schema) -> Option<&mut Option<String>> {
    match schema {
        Schema::Object(object) => Some(&mut object.description),
        Schema::Array(array) => Some(&mut array.description),
        Schema::OneOf(choice) => Some(&mut choice.description),
        Schema::AllOf(all) => Some(&mut all.description),
        Schema::AnyOf(choice) => Some(&mut choice.description),
        _ => None,
    }
}
