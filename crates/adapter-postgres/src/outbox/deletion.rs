//! What became of a page of delivered events.

use client_app::ports::{Deletion, DeliveredKey, EventId, StoreError};
use sqlx::postgres::PgRow;

use crate::rows::columns::Columns;

/// The last event of a page, and the numbers of all.
pub(super) fn read(row: &PgRow, limit: usize) -> Result<Deletion, StoreError> {
    let columns = Columns { row, table: "client_outbox" };
    let number = |name| columns.known(name, |number: i64| u64::try_from(number).ok());
    let last = DeliveredKey {
        at: columns.moment("delivered_at")?,
        event: EventId::from_stored(columns.get("event_id")?),
    };
    let is_full = number("read")? >= limit as u64;
    Ok(Deletion { deleted: number("deleted")?, kept: number("kept")?, last: is_full.then_some(last) })
}
