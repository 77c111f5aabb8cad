//! A copy of everything that another store holds, into an empty database.
//!
//! Each batch is a statement, and everything comes in the order of its primary key. So what is there says how far a copy
//! has come. The table `client_copy` is there until the copy is finished, and no service starts beside it.

mod rows;

use std::time::{Duration, Instant};

use client_app::CheckState;
use client_app::export::ExportRecord;
use client_app::ports::{
    Changeset, InstallationId, OutcomeRecord, Registration, SavedView, StoreError, StoredCandidate,
    StoredClaim, StoredDelivery, StoredEvent,
};
use client_domain::value::ClientId;
use sqlx::{Connection as _, PgConnection, Row as _};

use crate::commit::copies;
use crate::error::{Cause, DbError, corrupt};
use crate::export_log;
use crate::first_connection;
use crate::migrate::LOCK;
use crate::pool::Pool;
use crate::rows::outcome;
use crate::saved_views;
use crate::schema_check::Schema;
use crate::server_check;
use crate::session::Pooling;
use crate::settings::{Settings, StartError};
use crate::sql::{
    COPIED_ROWS, COPY_OUTCOMES, INSTALLATION, LAST_NUMBER, MAKE_INSTALLATION, SET_NEXT_BLOCK, Statement,
};
use crate::store::PostgresStore;

/// The increment of the sequence of ids.
const BLOCK_SIZE: i64 = 32;
/// How long connections of a program that has just ended may still be there.
const LEAVING_TIMEOUT: Duration = Duration::from_secs(5);
const PAUSE: Duration = Duration::from_millis(50);

// The table is there while a copy is unfinished. A line of history is of the version that its client has, except in a copy,
// which brings all lines at once. Statements that are sent together are done together.
const MARK_UNFINISHED: &str = "CREATE TABLE client_copy (); \
     ALTER TABLE client_history DISABLE TRIGGER client_history_line_has_version";
const FINISH: &str =
    "ALTER TABLE client_history ENABLE TRIGGER client_history_line_has_version; DROP TABLE client_copy";

const NO_TIME_LIMITS: &str = "SET statement_timeout = 0; SET idle_in_transaction_session_timeout = 0";
const TRY_LOCK: &str = "SELECT pg_try_advisory_lock($1)";
const OTHERS: &str = "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() \
     AND application_name = current_setting('application_name') AND pid <> pg_backend_pid()";
const ANALYZE: &str =
    "ANALYZE client, client_claim, client_history, client_outbox, client_document, client_address";

/// A copy of everything that another store holds, which is under way. The role must own the schema.
#[derive(Debug)]
pub struct Import {
    connection: PgConnection,
    store: PostgresStore,
}

impl Import {
    /// Begins a copy of the store with this id, or goes on with one that was interrupted. The database has the schema that
    /// this program needs, and nothing else, or a part of the same copy.
    ///
    /// # Errors
    ///
    /// [`StartError::Unreachable`], [`StartError::Unfit`], [`StartError::Schema`] or [`StartError::MigrationLocked`].
    pub async fn begin(settings: &Settings, installation: &InstallationId) -> Result<Self, StartError> {
        let pooling = server_check::check(settings).await?;
        if pooling == Pooling::Transaction {
            return Err(StartError::Unfit(
                "a pooler lends its connections for one transaction, and a copy needs a session; give the address of the \
                 server itself"
                    .to_owned(),
            ));
        }
        let no_answer = |error: sqlx::Error| settings.unreachable(&Cause::of(&error));
        let mut connection = first_connection::connect(settings).await?.link;
        sqlx::raw_sql(NO_TIME_LIMITS).execute(&mut connection).await.map_err(no_answer)?;
        let deadline = Instant::now() + LEAVING_TIMEOUT;
        while !is_alone(&mut connection).await.map_err(no_answer)? {
            if Instant::now() >= deadline {
                let sentence = "another program of the service uses it; stop it, and copy again";
                return Err(StartError::Unfit(sentence.to_owned()));
            }
            tokio::time::sleep(PAUSE).await;
        }
        let store = PostgresStore::over(Pool::new(settings, pooling));
        let schema = store.schema_version().await.map_err(|error| unreachable(&error))?;
        let mut import = Self { connection, store };
        match (schema, schema.state()) {
            (Schema::Copying, _) => import.go_on(installation).await?,
            (Schema::Sufficient, _) => import.begin_anew(installation).await?,
            (_, CheckState::Failed(sentence) | CheckState::Warning(sentence)) => {
                return Err(StartError::Schema(sentence));
            }
            (_, CheckState::Ok) => {}
        }
        Ok(import)
    }

    async fn go_on(&mut self, installation: &InstallationId) -> Result<(), StartError> {
        if self.installation().await.map_err(|error| unreachable(&error))?.as_deref()
            == Some(installation.as_str())
        {
            return Ok(());
        }
        let sentence = "it holds a part of a copy of another data folder; make the database anew";
        Err(StartError::Unfit(sentence.to_owned()))
    }

    async fn begin_anew(&mut self, installation: &InstallationId) -> Result<(), StartError> {
        let counts = self.copied_rows().await.map_err(|error| unreachable(&error))?;
        if let Some((name, _)) = counts.iter().find(|(_, number)| *number > 0) {
            return Err(StartError::Unfit(format!(
                "a copy needs an empty database, and the table {name} has rows"
            )));
        }
        self.execute(sqlx::query(MAKE_INSTALLATION).bind(installation.as_str()))
            .await
            .map_err(|error| unreachable(&error))?;
        if self.installation().await.map_err(|error| unreachable(&error))?.as_deref()
            != Some(installation.as_str())
        {
            let sentence = "it is the database of another installation; make a new one";
            return Err(StartError::Unfit(sentence.to_owned()));
        }
        let begun = sqlx::raw_sql(MARK_UNFINISHED).execute(&mut self.connection).await;
        begun.map(drop).map_err(|error| StartError::Migration(Cause::of(&error).to_string()))
    }

    async fn installation(&mut self) -> Result<Option<String>, StoreError> {
        let read = sqlx::query_scalar(INSTALLATION).fetch_optional(&mut self.connection).await;
        read.map_err(|error| failed(&error))
    }

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

    async fn execute(&mut self, statement: Statement<'_>) -> Result<(), StoreError> {
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

/// Whether no other program of the service uses the database. It keeps others from migrating or copying meanwhile.
async fn is_alone(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    let others: i64 = sqlx::query_scalar(OTHERS).fetch_one(&mut *connection).await?;
    Ok(others == 0 && sqlx::query_scalar(TRY_LOCK).bind(LOCK).fetch_one(connection).await?)
}

fn unreachable(error: &StoreError) -> StartError {
    StartError::Unreachable(error.to_string())
}

fn failed(error: &sqlx::Error) -> StoreError {
    DbError::of(error).of_write()
}
