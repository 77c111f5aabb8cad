//! The deletion of delivered events, page by page.

use client_app::ports::{Deletion, DeliveredKey, EventId, StoreError};
use jiff::Timestamp;
use rusqlite::Connection;

use crate::columns::Columns;
use crate::error::Failure;
use crate::parameters::{Parameters, to_i64};
use crate::sql::{DELETE_DELIVERED, DELIVERED_EVENTS};

/// An event that the default receiver got.
struct DeliveredEvent {
    client: String,
    version: i64,
    key: DeliveredKey,
    /// Whether another receiver has not got it.
    is_held: bool,
}

pub(super) fn delete(
    connection: &Connection,
    before: Timestamp,
    after: Option<&DeliveredKey>,
    limit: usize,
) -> Result<Deletion, Failure> {
    let (at, event) = after.map_or((Timestamp::MIN, ""), |key| (key.at, key.event.as_str()));
    let page = Parameters::new()
        .with(":before", before)
        .with(":after_at", at)
        .with(":after_event", event)
        .with(":limit", to_i64(limit))
        .rows(connection, ("client_outbox", DELIVERED_EVENTS), delivered_event)?;
    let mut deletion = Deletion::default();
    for DeliveredEvent { client, version, key, is_held } in &page {
        if *is_held {
            deletion.kept += 1;
            continue;
        }
        let event = Parameters::new().with(":client_key", client.as_str()).with(":version", *version);
        let event = event.with(":event_id", key.event.as_str());
        deletion.deleted += event.execute(connection, DELETE_DELIVERED)? as u64;
    }
    let is_full = page.len() == limit;
    deletion.last = page.into_iter().next_back().filter(|_| is_full).map(|event| event.key);
    Ok(deletion)
}

fn delivered_event(columns: &Columns<'_>) -> Result<DeliveredEvent, StoreError> {
    let at = columns.moment("delivered_at")?;
    let event = EventId::from_stored(columns.get("event_id")?);
    Ok(DeliveredEvent {
        client: columns.get("client_key")?,
        version: columns.get("version")?,
        key: DeliveredKey { at, event },
        is_held: columns.get("is_held")?,
    })
}
