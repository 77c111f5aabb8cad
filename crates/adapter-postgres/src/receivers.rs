//! The receivers of events besides the default one.

use crate::time::ToSql as _;
use client_app::ports::{EventFilter, ReceiverName, Registration, StoreError};
use jiff::Timestamp;
use sqlx::postgres::PgRow;

use crate::pool::Share;
use crate::rows::columns::Columns;
use crate::rows::convert::to_i64;
use crate::rows::newer;
use crate::sql::{DELETE_DELIVERIES, FORGET_RECEIVER, RECEIVERS, REGISTER_RECEIVER};
use crate::store::PostgresStore;

/// How many rows one statement deletes, so that none takes long.
const ROWS: usize = 1_000;

impl PostgresStore {
    pub(crate) async fn register_receiver(
        &self,
        receiver: &ReceiverName,
        filter: &EventFilter,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if receiver.is_default() {
            return Ok(());
        }
        // Of a receiver that was forgotten before: its rows are deleted in pieces, so some may be left.
        self.delete_deliveries(receiver).await?;
        let (name, types) = (receiver.as_str(), filter.names());
        let statement = || sqlx::query(REGISTER_RECEIVER).bind(name).bind(types.clone()).bind(at.to_sql());
        self.write_idempotent(statement).await.map(drop)
    }

    pub(crate) async fn forget_receiver(&self, receiver: &ReceiverName) -> Result<bool, StoreError> {
        let forgotten = self.execute(sqlx::query(FORGET_RECEIVER).bind(receiver.as_str())).await?;
        self.delete_deliveries(receiver).await?;
        Ok(forgotten > 0)
    }

    async fn delete_deliveries(&self, receiver: &ReceiverName) -> Result<(), StoreError> {
        let delete = || sqlx::query(DELETE_DELIVERIES).bind(receiver.as_str()).bind(to_i64(ROWS));
        while self.execute(delete()).await? >= ROWS as u64 {}
        Ok(())
    }

    pub(crate) async fn registrations(&self) -> Result<Vec<Registration>, StoreError> {
        let rows = self.read(Share::KeyReads, || sqlx::query(RECEIVERS)).await?;
        rows.iter().map(registration).collect()
    }
}

fn registration(row: &PgRow) -> Result<Registration, StoreError> {
    let columns = Columns { row, table: "client_receiver" };
    let kinds = |names: Vec<String>| names.iter().map(|name| newer::event_kind(name)).collect();
    Ok(Registration {
        receiver: ReceiverName::from_stored(columns.get("name")?),
        filter: columns.known_optional("types", kinds)?.map_or(EventFilter::All, EventFilter::Only),
        since: columns.moment("since")?,
    })
}
