//! Cursors: the beginning of a page as opaque text.
//!
//! A cursor holds a position, the day on which the first page was read, and the fingerprint of its query, so it is refused
//! with any other query. It begins with a digest of its data, so a truncated or mistyped cursor is refused too. A cursor is
//! neither a secret nor a permission: a caller who forges one gets a page of its own query. The text is base64url. The data
//! may change with a release, and a cursor of an older release is then refused.

use base64::Engine as _;
use base64::prelude::BASE64_URL_SAFE_NO_PAD;
use client_app::ports::{ActivityPosition, DeadLetterKey, EventId, ReceiverName, WorkItemId, WorkPosition};
use client_app::queries::RowPosition;
use client_domain::Invalid;
use client_domain::client::{WorkKind, WorkSubject};
use client_domain::search::{Order, Position, Sortable};
use client_domain::value::{ClientId, ClientKey, Version, parse_date};
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::canonical;
use crate::code::Code;
use crate::failure::Item;

/// The version of the format. A cursor of another format is refused.
const FORM: &str = "2";

/// The length of the digest in bytes, which detects mistakes and not attacks.
const DIGEST_BYTES: usize = 8;

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
#[serde(deny_unknown_fields)]
struct ActivityCursor {
    form: String,
    query: String,
    at: i64,
    client: String,
    version: u64,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct WorkCursor {
    form: String,
    query: String,
    since: i64,
    client: String,
    item: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct EventCursor {
    form: String,
    event: String,
    /// Cursors from before there were several receivers have none.
    receiver: Option<String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct PlaceCursor {
    form: String,
    query: String,
    at: i64,
    batch: String,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct RowCursor {
    form: String,
    query: String,
    piece: u32,
    row: u64,
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

/// The fingerprint of a query: of the values that determine its entries and their order, in canonical form.
pub(super) fn fingerprint(query: Value) -> String {
    BASE64_URL_SAFE_NO_PAD.encode(canonical::digest(&crate::reply::members(query)).fingerprint().0)
}

/// Writes the position at which a page ends, and the day on which the first page was read.
pub(super) fn write_position(position: &Position, today: Date, query: &str) -> String {
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

/// Reads the position and the day, if they belong to this query and to its order.
pub(super) fn read_position(text: &str, query: &str, order: &Order) -> Option<(Position, Date)> {
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

/// Writes the version at which a page of a history ends.
pub(super) fn write_version(before: Version, query: &str) -> String {
    encode(&HistoryCursor { form: FORM.to_owned(), query: query.to_owned(), before: before.get() })
}

/// Reads the version, with the fingerprint of its query.
pub(super) fn read_version(text: &str) -> Option<(Version, String)> {
    let cursor: HistoryCursor = decode(text)?;
    let version = Version::new(cursor.before).filter(|_| cursor.form == FORM)?;
    Some((version, cursor.query))
}

/// Writes the position at which a page of the lines of all histories ends.
pub(super) fn write_activity(position: &ActivityPosition, query: &str) -> String {
    encode(&ActivityCursor {
        form: FORM.to_owned(),
        query: query.to_owned(),
        at: position.at.as_microsecond(),
        client: position.client.as_str().to_owned(),
        version: position.version.get(),
    })
}

/// Reads the position, if it belongs to this query.
pub(super) fn read_activity(text: &str, query: &str) -> Option<ActivityPosition> {
    let cursor: ActivityCursor = decode(text)?;
    if cursor.form != FORM || cursor.query != query {
        return None;
    }
    Some(ActivityPosition {
        at: moment(cursor.at)?,
        client: ClientKey::parse(&cursor.client).ok()?,
        version: Version::new(cursor.version)?,
    })
}

/// Writes the place at which a page of the work queue ends.
pub(super) fn write_work(place: &WorkPosition, query: &str) -> String {
    encode(&WorkCursor {
        form: FORM.to_owned(),
        query: query.to_owned(),
        since: place.since.as_microsecond(),
        client: place.item.client.as_str().to_owned(),
        item: place.item.subject.id(),
    })
}

/// Reads the place, if it belongs to this query.
pub(super) fn read_work(text: &str, query: &str, kind: WorkKind) -> Option<WorkPosition> {
    let cursor: WorkCursor = decode(text)?;
    if cursor.form != FORM || cursor.query != query {
        return None;
    }
    let client = ClientKey::parse(&cursor.client).ok()?;
    let item = WorkItemId { client, subject: WorkSubject::from_stored(kind, &cursor.item)? };
    Some(WorkPosition { since: moment(cursor.since)?, item })
}

/// Writes the place of the last one on a page, in an order by time and id.
pub(super) fn write_place(at: jiff::Timestamp, id: &str, query: &str) -> String {
    encode(&PlaceCursor {
        form: FORM.to_owned(),
        query: query.to_owned(),
        at: at.as_microsecond(),
        batch: id.to_owned(),
    })
}

/// Reads the place, if it belongs to this query.
pub(super) fn read_place<T>(
    text: &str,
    query: &str,
    id: impl FnOnce(&str) -> Result<T, Invalid>,
) -> Option<(jiff::Timestamp, T)> {
    let cursor: PlaceCursor = decode(text)?;
    if cursor.form != FORM || cursor.query != query {
        return None;
    }
    Some((moment(cursor.at)?, id(&cursor.batch).ok()?))
}

/// Writes the row of a batch at which the next page begins.
pub(super) fn write_row(next: RowPosition, query: &str) -> String {
    let RowPosition { piece, row } = next;
    encode(&RowCursor { form: FORM.to_owned(), query: query.to_owned(), piece, row })
}

/// Reads the row, if it belongs to this query.
pub(super) fn read_row(text: &str, query: &str) -> Option<RowPosition> {
    let cursor: RowCursor = decode(text)?;
    let belongs = cursor.form == FORM && cursor.query == query;
    belongs.then_some(RowPosition { piece: cursor.piece, row: cursor.row })
}

/// A moment that every storage can hold; no client is older than the epoch.
fn moment(microseconds: i64) -> Option<jiff::Timestamp> {
    let moment = jiff::Timestamp::from_microsecond(microseconds).ok()?;
    (moment >= jiff::Timestamp::UNIX_EPOCH).then_some(moment)
}

/// Writes the dead letter at which a page ends.
pub(super) fn write_dead_letter(after: &DeadLetterKey) -> String {
    let (event, receiver) = (after.event.as_str().to_owned(), Some(after.receiver.to_string()));
    encode(&EventCursor { form: FORM.to_owned(), event, receiver })
}

/// Reads the dead letter.
pub(super) fn read_dead_letter(text: &str) -> Option<DeadLetterKey> {
    let cursor: EventCursor = decode(text)?;
    let receiver = cursor.receiver.as_deref().map_or(Ok(ReceiverName::DEFAULT), ReceiverName::parse).ok()?;
    let is_valid = cursor.form == FORM && !cursor.event.contains('\0');
    is_valid.then(|| DeadLetterKey { event: EventId::from_stored(cursor.event), receiver })
}

/// Whether it is the cursor of a list, of any query.
pub(super) fn is_list_cursor(text: &str) -> bool {
    decode::<ListCursor>(text).is_some_and(|cursor| cursor.form == FORM)
}

/// The error of a cursor that does not belong to this query.
pub(super) fn invalid() -> Item {
    Item::new(Code::CursorInvalid, "This cursor does not belong to this query.").field("cursor")
}

fn encode(cursor: &impl Serialize) -> String {
    let text = serde_json::to_value(cursor).unwrap_or_else(|_| json!({})).to_string();
    let mut bytes = digest(text.as_bytes()).to_vec();
    bytes.extend_from_slice(text.as_bytes());
    BASE64_URL_SAFE_NO_PAD.encode(bytes)
}

fn digest(bytes: &[u8]) -> [u8; DIGEST_BYTES] {
    let digest = Sha256::digest(bytes);
    std::array::from_fn(|at| digest.get(at).copied().unwrap_or_default())
}

fn decode<T: for<'de> Deserialize<'de>>(text: &str) -> Option<T> {
    let bytes = BASE64_URL_SAFE_NO_PAD.decode(text).ok()?;
    let (stored, text) = bytes.split_at_checked(DIGEST_BYTES)?;
    if stored != digest(text) {
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
        write_position(position, TODAY, query)
    }

    fn read(text: &str, query: &str, order: &Order) -> Option<Position> {
        read_position(text, query, order).map(|(position, today)| {
            assert_eq!(today, TODAY);
            position
        })
    }

    #[test]
    fn cursor_is_read_with_its_own_query_only() {
        let text = write(&position(), "q1");
        assert_eq!(read(&text, "q1", &order()), Some(position()));
        assert_eq!(read(&text, "q2", &order()), None);
        assert_eq!(read_version(&text), None);
        let version = write_version(Version::FIRST, "q1");
        assert_eq!(read(&version, "q1", &order()), None);
        assert_eq!(read_version(&version), Some((Version::FIRST, "q1".to_owned())));
    }

    #[test]
    fn position_of_another_order_is_refused() {
        let text = write(&position(), "q1");
        assert_eq!(read(&text, "q1", &Order::default()), None);
        let forged = Position { values: vec![Sortable::Number(1)], ..position() };
        assert_eq!(read(&write(&forged, "q1"), "q1", &Order::default()), None);
    }

    #[test]
    fn cursor_with_one_changed_bit_is_refused() {
        let bytes = BASE64_URL_SAFE_NO_PAD.decode(write(&position(), "q1")).unwrap();
        for at in 0..bytes.len() * 8 {
            let mut changed = bytes.clone();
            changed[at / 8] ^= 1 << (at % 8);
            assert_eq!(read(&BASE64_URL_SAFE_NO_PAD.encode(changed), "q1", &order()), None, "bit {at}");
        }
    }

    proptest! {
        #[test]
        fn arbitrary_text_is_refused(text in ".{0,200}|[A-Za-z0-9_-]{0,200}") {
            prop_assert_eq!(read(&text, "q1", &order()), None);
            prop_assert_eq!(read_version(&text), None);
        }
    }
}
