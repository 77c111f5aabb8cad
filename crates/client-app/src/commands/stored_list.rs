//! A list of values of the domain in a stored outcome, for `#[serde(with = "stored_list")]`.

use serde::{Deserialize as _, Deserializer, Serialize as _, Serializer, de};

use super::stored_value::StoredValue;

pub(crate) fn serialize<T: StoredValue, S: Serializer>(
    values: &[T],
    serializer: S,
) -> Result<S::Ok, S::Error> {
    values.iter().map(StoredValue::text).collect::<Vec<_>>().serialize(serializer)
}

pub(crate) fn deserialize<'de, T: StoredValue, D: Deserializer<'de>>(
    deserializer: D,
) -> Result<Vec<T>, D::Error> {
    let texts = Vec::<String>::deserialize(deserializer)?;
    let values: Option<Vec<T>> = texts.iter().map(|text| T::read(text)).collect();
    values.ok_or_else(|| de::Error::custom("an outcome of another release"))
}
