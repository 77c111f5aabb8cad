//! Where clients are kept: in memory, or in PostgreSQL.

use std::sync::Arc;

use adapter_inmem::{MemoryContents, MemoryStore};
use adapter_postgres::{PostgresStore, StartError};
use client_app::ports::{ClientStore, ContentLedger, DocumentContents, Outbox, StoreError};
use jiff::Timestamp;

use crate::Stop;
use crate::cli::{DatabaseArgs, DatabasePlace, Switch};
use crate::settings::{self, SettingsError};

/// An open store.
#[derive(Clone)]
pub(crate) enum Storage {
    /// Gone when the service stops.
    Memory(MemoryStore),
    /// There when it starts again.
    Postgres(PostgresStore),
}

impl Storage {
    /// Opens what the command line names.
    pub(crate) async fn open(arguments: &DatabaseArgs) -> Result<Self, Stop> {
        let Some(mut database) = settings::database(&arguments.place)? else {
            tracing::warn!("clients are kept in memory and gone when the service stops");
            return Ok(Self::Memory(MemoryStore::new()));
        };
        if !(1..=1_000).contains(&arguments.database_connections) {
            return Err(
                SettingsError("--database-connections must be a number from 1 to 1000".to_owned()).into()
            );
        }
        database.max_connections = arguments.database_connections;
        if let Some(searches) = arguments.database_search_connections {
            if searches == 0 || searches.saturating_add(2) > arguments.database_connections {
                let sentence = "--database-search-connections must leave two of --database-connections for other work, \
                    and be 1 or more";
                return Err(SettingsError(sentence.to_owned()).into());
            }
            database.search_connections = Some(searches);
        }
        let wrong = |error: StartError| {
            // A role that serves and does not own the schema is how docs/postgresql.md wants it.
            let hint = match error {
                StartError::Migration(_) => {
                    "; a role that may not change the schema serves with --migrate off, after client-service migrate \
                     was run as the owner"
                }
                _ => "",
            };
            Stop::Failed(format!("--database-url: {error}{hint}"))
        };
        if arguments.migrate == Switch::On {
            adapter_postgres::migrate(&database).await.map_err(wrong)?;
        }
        Ok(Self::Postgres(PostgresStore::open(&database).await.map_err(wrong)?))
    }

    /// Opens a database whose schema is up to date, for what makes no sense in memory.
    pub(crate) async fn of_database(place: &DatabasePlace) -> Result<Self, Stop> {
        let database = settings::database(place)?.ok_or_else(|| {
            SettingsError(
                "this command needs the database: give --database-url, --database-url-file or DATABASE_URL"
                    .to_owned(),
            )
        })?;
        let store = PostgresStore::open(&database).await;
        store.map(Self::Postgres).map_err(|error| Stop::Failed(format!("--database-url: {error}")))
    }

    /// The port of the clients.
    pub(crate) fn clients(&self) -> Arc<dyn ClientStore> {
        match self {
            Self::Memory(store) => Arc::new(store.clone()),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// The port of the files, where they are kept beside the clients.
    pub(crate) fn contents(&self) -> Arc<dyn DocumentContents> {
        match self {
            Self::Memory(_) => Arc::new(MemoryContents::new()),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// The port of the ledger of files.
    pub(crate) fn ledger(&self) -> Arc<dyn ContentLedger> {
        match self {
            Self::Memory(store) => Arc::new(store.clone()),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// The port of the events.
    pub(crate) fn outbox(&self) -> Arc<dyn Outbox> {
        match self {
            Self::Memory(store) => Arc::new(store.clone()),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// Forgets up to `limit` outcomes of idempotency keys that are older than `before`. Memory keeps them all.
    pub(crate) async fn forget_outcomes(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        match self {
            Self::Memory(_) => Ok(0),
            Self::Postgres(store) => store.forget_outcomes(before, limit).await,
        }
    }

    /// Closes what was opened.
    pub(crate) async fn close(self) {
        if let Self::Postgres(store) = self {
            store.close().await;
        }
    }
}
