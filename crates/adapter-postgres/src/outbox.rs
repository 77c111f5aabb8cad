use async_trait::async_trait;
use client_app::ports::{EventId, Outbox, OutboxEvent, StoreError};
use client_domain::EventKind;
use client_domain::value::ClientKey;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;
use sqlx::postgres::PgRow;

use crate::PostgresStore;
use crate::client_row::Columns;
use crate::pool;
use crate::statements::{MARK_DELIVERED, TAKE_EVENTS};

#[async_trait]
impl Outbox for PostgresStore {
    async fn take(
        &self,
        limit: usize,
        now: Timestamp,
        until: Timestamp,
    ) -> Result<Vec<OutboxEvent>, StoreError> {
        let limit = i64::try_from(limit).unwrap_or(i64::MAX);
        let statement = sqlx::query(TAKE_EVENTS).bind(limit).bind(now.to_sqlx()).bind(until.to_sqlx());
        // Not tried again: events that were leased to nobody come back when the lease ends.
        let rows = pool::attempt(self.pool(), statement).await.map_err(|trouble| trouble.of_write())?;
        rows.iter().map(read).collect()
    }

    async fn mark_delivered(&self, ids: &[EventId]) -> Result<(), StoreError> {
        // An id that PostgreSQL cannot hold was never written.
        let ids: Vec<_> = ids.iter().map(EventId::as_str).filter(|id| !id.contains('\0')).collect();
        pool::read(self.pool(), || sqlx::query(MARK_DELIVERED).bind(ids.clone()))
            .await
            .map(drop)
            .map_err(|trouble| trouble.of_read())
    }
}

fn read(row: &PgRow) -> Result<OutboxEvent, StoreError> {
    let columns = Columns { row, table: "client_outbox" };
    Ok(OutboxEvent {
        id: EventId::from_stored(columns.get("event_id")?),
        kind: columns.known("event", EventKind::parse)?,
        client: columns.parsed("client_key", ClientKey::parse)?,
        version: columns.version("version")?,
        at: columns.moment("at")?,
        data: columns.known("data", |text: &str| serde_json::from_str(text).ok())?,
    })
}
