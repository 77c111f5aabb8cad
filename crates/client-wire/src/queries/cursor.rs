//! Where a page begins, as opaque text.
//!
//! A cursor holds a position, the day on which the walk began, and the fingerprint of the query it belongs to, so
//! that it is refused with any other. A digest over all of it comes first, so that a cursor that was cut short or
//! mistyped is refused, too. It is no secret and no permission: whoever makes one up gets a page of the answer to
//! their own query. Its text is base64url; what is inside may change from release to release, and an old one is
//! then refused rather than misread.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use client_domain::search::{Order, Position, Sortable};
use client_domain::value::{ClientId, Version, parse_date};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::{Code, Item, canonical};

/// Which form of cursor this is; the first member, so that nothing is read that is not meant.
const FORM: &str = "2";

/// How many bytes of the digest are kept: enough against mistakes, which is all it is for.
const DIGEST: usize = 8;

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct ListCursor {
    form: String,
    query: String,
    today: String,
    values: Vec<StoredValue>,
    id: i64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct HistoryCursor {
    form: String,
    query: String,
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

/// The fingerprint of what decides which entries a list holds and in which order, however it was spelt.
pub(super) fn fingerprint(deciding: Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(canonical::digest(&crate::reply::members(deciding)).fingerprint().0)
}

/// Writes the position that a list stopped at, and the day on which it was begun.
pub(super) fn write_place(position: &Position, today: Date, query: &str) -> String {
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
    encode(&ListCursor {
        form: FORM.to_owned(),
        query: query.to_owned(),
        today: today.to_string(),
        values,
        id: position.id.get(),
    })
}

/// Reads a position and the day back, if they belong to this query and to its order.
pub(super) fn read_place(text: &str, query: &str, order: &Order) -> Option<(Position, Date)> {
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
    let values: Vec<_> = values.collect::<Option<_>>()?;
    let keys = order.keys();
    let fits = keys.len() == values.len()
        && keys.iter().zip(&values).all(|((property, _), value)| property.fits(value));
    let position = fits.then_some(Position { values, id: ClientId::new(cursor.id).ok()? })?;
    Some((position, parse_date(&cursor.today).ok()?))
}

/// Writes the version that a history stopped at.
pub(super) fn write_version(before: Version, query: &str) -> String {
    encode(&HistoryCursor { form: FORM.to_owned(), query: query.to_owned(), before: before.get() })
}

/// Reads the version back, with the fingerprint of the query that it belongs to.
pub(super) fn read_version(text: &str) -> Option<(Version, String)> {
    let cursor: HistoryCursor = decode(text)?;
    let version = Version::new(cursor.before).filter(|_| cursor.form == FORM)?;
    Some((version, cursor.query))
}

/// Whether it is a place in some list; whose is a question for [`read_place`].
pub(super) fn is_place(text: &str) -> bool {
    decode::<ListCursor>(text).is_some_and(|cursor| cursor.form == FORM)
}

/// A cursor that cannot be used with this query.
pub(super) fn invalid() -> Item {
    Item::new(Code::CursorInvalid, "This cursor does not belong to this query.").field("cursor")
}

fn encode(cursor: &impl Serialize) -> String {
    let text = serde_json::to_value(cursor).unwrap_or_else(|_| json!({})).to_string();
    let mut bytes = digest(text.as_bytes()).to_vec();
    bytes.extend_from_slice(text.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn digest(bytes: &[u8]) -> [u8; DIGEST] {
    let digest = Sha256::digest(bytes);
    std::array::from_fn(|at| digest.get(at).copied().unwrap_or_default())
}

fn decode<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
    let (kept, text) = bytes.split_at_checked(DIGEST)?;
    if kept != digest(text) {
        return None;
    }
    serde_json::from_slice(text).ok()
}

#[cfg(test)]
mod tests {
    use client_domain::search::{Direction, Property};
    use proptest::prelude::*;

    use super::*;

    fn order() -> Order {
        let keys = [Property::LastName, Property::DateActivated, Property::Id];
        Order::by(keys.into_iter().map(|property| (property, Direction::Ascending)).collect()).unwrap()
    }

    fn position() -> Position {
        let values = vec![Sortable::Text("okafor".to_owned()), Sortable::Nothing, Sortable::Number(-3)];
        Position { values, id: ClientId::new(7).unwrap() }
    }

    const TODAY: Date = jiff::civil::date(2026, 1, 5);

    fn write(position: &Position, query: &str) -> String {
        write_place(position, TODAY, query)
    }

    fn read(text: &str, query: &str, order: &Order) -> Option<Position> {
        read_place(text, query, order).map(|(position, today)| {
            assert_eq!(today, TODAY);
            position
        })
    }

    #[test]
    fn a_cursor_is_read_back_with_its_own_query_only() {
        let text = write(&position(), "q1");
        assert_eq!(read(&text, "q1", &order()), Some(position()));
        assert_eq!(read(&text, "q2", &order()), None);
        assert_eq!(read_version(&text), None);
        let version = write_version(Version::FIRST, "q1");
        assert_eq!(read(&version, "q1", &order()), None);
        assert_eq!(read_version(&version), Some((Version::FIRST, "q1".to_owned())));
    }

    #[test]
    fn a_position_of_another_order_is_refused() {
        let text = write(&position(), "q1");
        assert_eq!(read(&text, "q1", &Order::default()), None);
        let forged = Position { values: vec![Sortable::Number(1)], ..position() };
        assert_eq!(read(&write(&forged, "q1"), "q1", &Order::default()), None);
    }

    #[test]
    fn a_cursor_with_one_bit_changed_is_refused() {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(write(&position(), "q1")).unwrap();
        for at in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[at / 8] ^= 1 << (at % 8);
            assert_eq!(read(&BASE64_URL_SAFE_NO_PAD.encode(changed), "q1", &order()), None, "bit {at}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_cursor_or_refused(text in ".{0,200}|[A-Za-z0-9_-]{0,200}") {
            prop_assert_eq!(read(&text, "q1", &order()), None);
            prop_assert_eq!(read_version(&text), None);
        }
    }
}
