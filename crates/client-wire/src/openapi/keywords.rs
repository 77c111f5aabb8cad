//! Keywords of `OpenAPI` 3.1 and JSON Schema that the types of `utoipa` lack.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::Value;
use utoipa::openapi::extensions::Extensions;
use utoipa::openapi::schema::{ObjectBuilder, SchemaType};
use utoipa::openapi::{RefOr, Schema};

use crate::spec::OperationSpec;

/// The keyword from which several generators read the names of an enumeration's values.
pub(crate) const ENUM_NAMES: &str = "x-enum-varnames";

/// The permission that the caller of an operation needs, if it needs one.
pub(crate) fn permission(spec: &OperationSpec) -> Extensions {
    spec.permission.map(|permission| ("x-permission", permission.name())).into_iter().collect()
}

/// Keywords that stand beside those of a value of the library, which writes them with its extensions.
#[derive(Default, Serialize)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Keywords {
    /// The schema by which `then` or `otherwise` is chosen.
    #[serde(rename = "if", skip_serializing_if = "Option::is_none")]
    pub(crate) condition: Option<Schema>,
    /// What holds where the condition does.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) then: Option<Schema>,
    /// What holds where the condition does not.
    #[serde(rename = "else", skip_serializing_if = "Option::is_none")]
    pub(crate) otherwise: Option<Schema>,
    /// What must not hold.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) not: Option<Schema>,
    /// What holds beside the properties of an object.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub(crate) all_of: Vec<Schema>,
    /// The properties of an object that has none; the library would not write them.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) properties: Option<BTreeMap<String, RefOr<Schema>>>,
    /// The title of a choice.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) title: Option<&'static str>,
    /// The API in one sentence.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) summary: Option<&'static str>,
}

impl From<Keywords> for Extensions {
    fn from(keywords: Keywords) -> Self {
        // Every value in it can be written as JSON.
        match serde_json::to_value(keywords) {
            Ok(Value::Object(members)) => members.into_iter().collect(),
            _ => Self::default(),
        }
    }
}

/// A schema of these keywords alone.
impl From<Keywords> for Schema {
    fn from(keywords: Keywords) -> Self {
        ObjectBuilder::new().schema_type(SchemaType::AnyValue).extensions(Some(keywords.into())).into()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;
    use utoipa::openapi::Type;

    use super::*;

    #[test]
    fn keywords_stand_beside_those_of_the_library() {
        let text = |max| Schema::from(ObjectBuilder::new().schema_type(Type::String).max_length(Some(max)));
        let keywords = Keywords { not: Some(text(3)), all_of: vec![text(9)], ..Keywords::default() };
        let object = ObjectBuilder::new().title(Some("It")).extensions(Some(keywords.into())).build();
        let expected = json!({
            "type": "object",
            "title": "It",
            "not": { "type": "string", "maxLength": 3 },
            "allOf": [{ "type": "string", "maxLength": 9 }],
        });
        assert_eq!(serde_json::to_value(object).unwrap(), expected);
    }

    #[test]
    fn a_schema_of_keywords_has_no_type() {
        let keywords = Keywords { properties: Some(BTreeMap::new()), ..Keywords::default() };
        assert_eq!(serde_json::to_value(Schema::from(keywords)).unwrap(), json!({ "properties": {} }));
    }
}
