//! Values before and after, as triples of field, value before and value after; and values alone, by field. Lists within a
//! row, so they are JSON.

use client_domain::ClientField;
use client_domain::client::{FieldValue, ValueChange};
use serde_json::{Map, Value, json};

/// A triple: the name of the field, the value before and the value after.
pub(super) type Triple = (String, Option<String>, Option<String>);

/// Changes as JSON.
pub(super) fn triples(changes: &[ValueChange]) -> Value {
    changes
        .iter()
        .map(|change| json!([change.field().name(), change.before.text(), change.after.text()]))
        .collect()
}

/// Reads a change through the rules of the domain.
pub(super) fn change((field, before, after): &Triple) -> Option<ValueChange> {
    let field = ClientField::parse(field)?;
    let value = |text: &Option<String>| FieldValue::restore(field, text.as_deref()).ok();
    Some(ValueChange { before: value(before)?, after: value(after)? })
}

/// Values as a JSON object; the names are those of the fields.
pub(super) fn object(values: &[FieldValue]) -> String {
    let members = values.iter().map(|value| (value.field().name().to_owned(), json!(value.text())));
    Value::Object(members.collect::<Map<_, _>>()).to_string()
}

/// Reads values through the rules of the domain, in the order of their fields.
pub(super) fn values(object: &Map<String, Value>) -> Option<Vec<FieldValue>> {
    let known = FieldValue::FIELDS.into_iter().filter(|field| object.contains_key(field.name()));
    let values: Option<Vec<_>> = known
        .map(|field| FieldValue::restore(field, object.get(field.name()).and_then(Value::as_str)).ok())
        .collect();
    values.filter(|values| values.len() == object.len())
}
