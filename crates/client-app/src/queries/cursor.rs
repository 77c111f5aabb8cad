//! Where a page begins, as opaque text.
//!
//! A cursor holds a position and the fingerprint of the query it belongs to, so that it is refused with any
//! other. Its text is base64url; what is inside may change from release to release, and an old one is then
//! refused rather than misread.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use client_domain::search::{Position, Sortable};
use client_domain::value::{ClientId, Version};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use crate::form::Form;
use crate::ports::Fingerprint;
use crate::{Code, Item};

/// Which form of cursor this is; the first member, so that nothing is read that is not meant.
const FORM: &str = "1";

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListCursor {
    form: String,
    query: String,
    values: Vec<StoredValue>,
    id: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HistoryCursor {
    form: String,
    before: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(tag = "kind", content = "value", deny_unknown_fields)]
enum StoredValue {
    Nothing,
    Number(i64),
    Day(String),
    Moment(i64),
    Text(String),
}

/// The fingerprint of everything that decides which clients a list holds and in which order.
pub(super) fn query_of(data: &Map<String, Value>) -> String {
    // Where a page begins, how long it is and whether it is counted does not change what the list is.
    let deciding = |name: &str| !matches!(name, "cursor" | "pageNumber" | "pageSize" | "includeTotal");
    let query: Map<_, _> = data
        .iter()
        .filter(|(name, _)| deciding(name))
        .map(|(name, value)| (name.clone(), value.clone()))
        .collect();
    BASE64_URL_SAFE_NO_PAD.encode(Fingerprint::of(&query).0)
}

/// Writes the position that a list stopped at.
pub(super) fn write_position(position: &Position, query: &str) -> String {
    let values = position
        .values
        .iter()
        .map(|value| match value {
            Sortable::Nothing => StoredValue::Nothing,
            Sortable::Number(number) => StoredValue::Number(*number),
            Sortable::Day(day) => StoredValue::Day(day.to_string()),
            Sortable::Moment(moment) => StoredValue::Moment(moment.as_microsecond()),
            Sortable::Text(text) => StoredValue::Text(text.clone()),
        })
        .collect();
    encode(&ListCursor { form: FORM.to_owned(), query: query.to_owned(), values, id: position.id.get() })
}

/// Reads a position back, if it belongs to this query.
pub(super) fn read_position(text: &str, query: &str) -> Option<Position> {
    let cursor: ListCursor = decode(text)?;
    if cursor.form != FORM || cursor.query != query {
        return None;
    }
    let values = cursor.values.into_iter().map(|value| {
        Some(match value {
            StoredValue::Nothing => Sortable::Nothing,
            StoredValue::Number(number) => Sortable::Number(number),
            StoredValue::Day(day) => Sortable::Day(day.parse().ok()?),
            StoredValue::Moment(moment) => Sortable::Moment(jiff::Timestamp::from_microsecond(moment).ok()?),
            StoredValue::Text(text) => Sortable::Text(text),
        })
    });
    Some(Position { values: values.collect::<Option<_>>()?, id: ClientId::new(cursor.id).ok()? })
}

/// Writes the version that a history stopped at.
pub(super) fn write_version(before: Version) -> String {
    encode(&HistoryCursor { form: FORM.to_owned(), before: before.get() })
}

/// Reads the version back.
pub(super) fn read_version(text: &str) -> Option<Version> {
    let cursor: HistoryCursor = decode(text)?;
    Version::new(cursor.before).filter(|_| cursor.form == FORM)
}

/// Reads a cursor from a form, where there is one.
pub(super) fn optional<T>(
    form: &mut Form<'_>,
    name: &str,
    read: impl FnOnce(&str) -> Option<T>,
) -> Option<T> {
    let text = form.optional(name, |raw| Ok(raw.to_owned()))?;
    let position = read(&text);
    if position.is_none() {
        form.fail(name, Item::new(Code::CursorInvalid, "This cursor does not belong to this query."));
    }
    position
}

fn encode(cursor: &impl Serialize) -> String {
    let text = serde_json::to_value(cursor).unwrap_or_else(|_| json!({})).to_string();
    BASE64_URL_SAFE_NO_PAD.encode(text)
}

fn decode<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
    serde_json::from_slice(&BASE64_URL_SAFE_NO_PAD.decode(text).ok()?).ok()
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn position() -> Position {
        let values = vec![
            Sortable::Text("okafor".to_owned()),
            Sortable::Nothing,
            Sortable::Moment("2026-01-05T09:00:00.000001Z".parse().unwrap()),
            Sortable::Day("1991-04-23".parse().unwrap()),
            Sortable::Number(-3),
        ];
        Position { values, id: ClientId::new(7).unwrap() }
    }

    #[test]
    fn a_cursor_is_read_back_with_its_own_query_only() {
        let text = write_position(&position(), "q1");
        assert_eq!(read_position(&text, "q1"), Some(position()));
        assert_eq!(read_position(&text, "q2"), None);
        assert_eq!(read_version(&text), None);
        assert_eq!(read_position(&write_version(Version::FIRST), "q1"), None);
        assert_eq!(read_version(&write_version(Version::FIRST)), Some(Version::FIRST));
    }

    #[test]
    fn where_a_page_begins_does_not_change_the_query() {
        let of = |value: Value| query_of(value.as_object().unwrap());
        assert_eq!(
            of(json!({ "searchTerm": "a", "pageSize": 5 })),
            of(json!({ "searchTerm": "a", "cursor": "x" }))
        );
        assert_ne!(of(json!({ "searchTerm": "a" })), of(json!({ "searchTerm": "b" })));
    }

    proptest! {
        #[test]
        fn any_text_is_a_cursor_or_refused(text in ".{0,200}|[A-Za-z0-9_-]{0,200}") {
            prop_assert_eq!(read_position(&text, "q1"), None);
            prop_assert_eq!(read_version(&text), None);
        }
    }
}
