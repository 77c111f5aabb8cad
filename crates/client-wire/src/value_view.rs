//! Values of single fields as answers show them.

use client_domain::client::{FieldValue, ValueChange};
use serde_json::{Value, json};

use crate::shape;
use crate::spec::{FieldSpec, Shape};

/// A value as people read it, which is a text for every field; null where the client has none.
pub(crate) fn value_json(value: &FieldValue) -> Value {
    match value {
        FieldValue::Country(country) => json!(country.name()),
        other => json!(other.text()),
    }
}

/// The value of a field.
pub(crate) const VALUE: Shape = shape::ANY_TEXT;

/// The members of [`change_json`].
pub(crate) const CHANGE: Shape = Shape::Object(&[
    FieldSpec::required("field", shape::ANY_TEXT, "The name of the field."),
    FieldSpec::nullable("before", VALUE, "The value before."),
    FieldSpec::nullable("after", VALUE, "The value after, or the proposed value."),
    FieldSpec::required("proposed", Shape::Flag, "Whether the value was proposed only, and not in force."),
]);

/// A change of a line of history.
pub(crate) fn change_json(change: &ValueChange, proposed: bool) -> Value {
    json!({
        "field": change.field().name(),
        "before": value_json(&change.before),
        "after": value_json(&change.after),
        "proposed": proposed,
    })
}
