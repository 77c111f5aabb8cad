//! An optional value of the domain in a stored outcome, for `#[serde(with = "stored_option")]`.

use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de};

use super::stored_value::StoredValue;

#[expect(clippy::ref_option, reason = "serde passes the field by reference")]
pub(crate) fn serialize<T: StoredValue, S: Serializer>(
    value: &Option<T>,
    serializer: S,
) -> Result<S::Ok, S::Error> {
    value.as_ref().map(StoredValue::text).serialize(serializer)
}

pub(crate) fn deserialize<'de, T: StoredValue, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Option<T>, D::Error> {
    let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
    T::read(&text).map(Some).ok_or_else(|| de::Error::custom("an outcome of another release"))
}
