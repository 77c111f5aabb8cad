//! An object of an answer, read by the names of the wire.

use serde::Deserialize;
use serde_json::{Map, Value};

/// An object of an answer. What the person may not see is null in it, and an empty text here.
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(transparent)]
pub(crate) struct Record(Map<String, Value>);

impl Record {
    /// A member as text; empty if it is null or absent.
    pub(crate) fn text(&self, name: &str) -> String {
        match self.0.get(name) {
            None | Some(Value::Null) => String::new(),
            Some(Value::String(text)) => text.clone(),
            Some(other) => other.to_string(),
        }
    }

    /// Whether a member has a value.
    pub(crate) fn has(&self, name: &str) -> bool {
        self.0.get(name).is_some_and(|value| !value.is_null())
    }

    pub(crate) fn flag(&self, name: &str) -> bool {
        self.0.get(name).and_then(Value::as_bool).unwrap_or(false)
    }

    pub(crate) fn number(&self, name: &str) -> Option<u64> {
        self.0.get(name).and_then(Value::as_u64)
    }

    /// The objects of a list.
    pub(crate) fn records(&self, name: &str) -> Vec<Self> {
        let items = self.0.get(name).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_object).cloned().map(Self).collect()
    }

    /// The texts of a list.
    pub(crate) fn names(&self, name: &str) -> Vec<String> {
        let items = self.0.get(name).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_str).map(str::to_owned).collect()
    }

    /// The numbers of a list.
    pub(crate) fn numbers(&self, name: &str) -> Vec<u64> {
        let items = self.0.get(name).and_then(Value::as_array).into_iter().flatten();
        items.filter_map(Value::as_u64).collect()
    }

    /// An object inside this one; an empty one if it is not there.
    pub(crate) fn record(&self, name: &str) -> Self {
        self.0.get(name).and_then(Value::as_object).cloned().map(Self).unwrap_or_default()
    }

    /// The object as JSON for people.
    pub(crate) fn pretty(&self) -> String {
        serde_json::to_string_pretty(&self.0).unwrap_or_default()
    }

    /// The object as it is.
    pub(crate) fn into_value(self) -> Value {
        Value::Object(self.0)
    }

    /// The member as it is.
    pub(crate) fn value(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }
}
