//! The database that is filled.

use client_app::export::ExportRecord;
use client_app::ports::{
    Changeset, OutcomeRecord, Registration, SavedView, StoreError, StoredCandidate, StoredClaim,
    StoredDelivery, StoredEvent,
};
use client_domain::value::ClientId;
use sqlx::{Connection as _, PgConnection, Row as _};

use super::rows;
use crate::commit::copies;
use crate::error::{DbError, corrupt};
use crate::export_log;
use crate::rows::outcome;
use crate::saved_views;
use crate::settings::StartError;
use crate::sql::{COPIED_ROWS, COPY_OUTCOMES, LAST_NUMBER, SET_NEXT_BLOCK, Statement};
use crate::store::PostgresStore;

/// The increment of the sequence of ids.
const BLOCK_SIZE: i64 = 32;

// Statements that are sent together are done together.
const FINISH: &str =
    "ALTER TABLE client_history ENABLE TRIGGER client_history_line_has_version; DROP TABLE client_copy";
const ANALYZE: &str =
    "ANALYZE client, client_claim, client_history, client_outbox, client_document, client_address";

/// A copy of everything that another store holds, which is under way. The role must own the schema.
#[derive(Debug)]
pub struct Import {
    pub(super) connection: PgConnection,
    pub(super) store: PostgresStore,
}

impl Import {
    /// The store that is filled, for its files. No service can open it yet.
    pub fn store(&self) -> PostgresStore {
        self.store.clone()
    }

    /// How many rows each table has that a copy carries, by the names of the tables.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn copied_rows(&mut self) -> Result<Vec<(String, u64)>, StoreError> {
        let rows = sqlx::query(COPIED_ROWS).fetch_all(&mut self.connection).await;
        let rows = rows.map_err(|error| failed(&error))?;
        let count = |row: &sqlx::postgres::PgRow| {
            let number: i64 = row.try_get("number").ok()?;
            Some((row.try_get("name").ok()?, u64::try_from(number).ok()?))
        };
        rows.iter().map(|row| count(row).ok_or_else(|| corrupt("a count"))).collect()
    }

    /// The last client that was copied; clients come in the order of their ids.
    ///
    /// # Errors
    ///
    /// [`StoreError::Unavailable`].
    pub async fn last_client(&mut self) -> Result<Option<ClientId>, StoreError> {
        let last = sqlx::query_scalar::<_, Option<i64>>(LAST_NUMBER).fetch_one(&mut self.connection).await;
        let last = last.map_err(|error| failed(&error))?;
        last.map(|id| ClientId::new(id).map_err(|_| corrupt("the id of a client"))).transpose()
    }

    /// Writes clients, each as a changeset that creates it as it is now with its whole history.
    ///
    /// # Errors
    ///
    /// [`StoreError`]; those that were written are the first of them.
    pub async fn add_clients(&mut self, clients: Vec<Changeset>) -> Result<(), StoreError> {
        let number = clients.len();
        let written = copies::insert(&mut self.connection, clients).await.map_err(|error| failed(&error))?;
        if written == number { Ok(()) } else { Err(corrupt("a client of a copy that is there already")) }
    }

    /// Writes claims.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as [`add_clients`](Self::add_clients); so it is with the other tables.
    pub async fn add_claims(&mut self, claims: &[StoredClaim]) -> Result<(), StoreError> {
        self.execute(rows::claims(claims)).await
    }

    /// Writes events with their deliveries so far.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn add_events(&mut self, events: &[StoredEvent]) -> Result<(), StoreError> {
        self.execute(rows::events(events)).await
    }

    /// Writes the receivers of events, after the events, so that what waits for a receiver is what is copied next.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn add_receivers(&mut self, receivers: &[Registration]) -> Result<(), StoreError> {
        self.execute(rows::receivers(receivers)).await
    }

    /// Writes what waits for receivers.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn add_deliveries(&mut self, deliveries: &[StoredDelivery]) -> Result<(), StoreError> {
        self.execute(rows::deliveries(deliveries)).await
    }

    /// Writes the outcomes of idempotency keys.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn add_outcomes(&mut self, outcomes: &[OutcomeRecord]) -> Result<(), StoreError> {
        let all: Vec<_> = outcomes.iter().map(Some).collect();
        self.execute(outcome::bind_all(sqlx::query(COPY_OUTCOMES), &all)).await
    }

    /// Writes saved views.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn add_views(&mut self, views: &[SavedView]) -> Result<(), StoreError> {
        self.execute(saved_views::bind_all(views)).await
    }

    /// Writes the log of exports.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn add_exports(&mut self, records: &[ExportRecord]) -> Result<(), StoreError> {
        self.execute(export_log::bind_all(records)).await
    }

    /// Writes contents that may be orphans.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn add_candidates(&mut self, candidates: &[StoredCandidate]) -> Result<(), StoreError> {
        self.execute(rows::candidates(candidates)).await
    }

    pub(super) async fn execute(&mut self, statement: Statement<'_>) -> Result<(), StoreError> {
        let done = statement.execute(&mut self.connection).await;
        done.map(drop).map_err(|error| failed(&error))
    }

    /// Finishes the copy: ids go on from `next_number`, and a service may start.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn finish(mut self, next_number: i64) -> Result<(), StoreError> {
        let finished = self.end(next_number).await.map_err(|error| failed(&error));
        self.store.close().await;
        let _closed = self.connection.close().await;
        finished
    }

    async fn end(&mut self, next_number: i64) -> Result<(), sqlx::Error> {
        // The first block that begins at the number or above it.
        let blocks = next_number.saturating_sub(1).max(0).saturating_add(BLOCK_SIZE - 1) / BLOCK_SIZE;
        sqlx::raw_sql(ANALYZE).execute(&mut self.connection).await?;
        sqlx::query(SET_NEXT_BLOCK).bind(blocks * BLOCK_SIZE + 1).execute(&mut self.connection).await?;
        sqlx::raw_sql(FINISH).execute(&mut self.connection).await.map(drop)
    }
}

pub(super) fn unreachable(error: &StoreError) -> StartError {
    StartError::Unreachable(error.to_string())
}

pub(super) fn failed(error: &sqlx::Error) -> StoreError {
    DbError::of(error).of_write()
}
