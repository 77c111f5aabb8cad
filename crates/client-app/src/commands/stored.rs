//! A value of the domain in a stored outcome, for `#[serde(with = "stored")]`.

use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de};

use super::stored_value::StoredValue;

pub(crate) fn serialize<T: StoredValue, S: Serializer>(value: &T, serializer: S) -> Result<S::Ok, S::Error> {
    value.text().serialize(serializer)
}

pub(crate) fn deserialize<'de, T: StoredValue, D: Deserializer<'de>>(deserializer: D) -> Result<T, D::Error> {
    let text = String::deserialize(deserializer)?;
    T::read(&text).ok_or_else(|| de::Error::custom("an outcome of another release"))
}
