//! The storage of clients: in memory, or in PostgreSQL.

use std::sync::Arc;

use adapter_inmem::{MemoryContents, MemoryStore};
use adapter_postgres::{PostgresStore, StartError};
use client_app::ports::{ClientStore, ContentLedger, DocumentContents, Outbox, StoreError};
use jiff::Timestamp;

use crate::config::database::{ConnectionArgs, DatabaseArgs};
use crate::config::error::SettingsError;
use crate::config::value::Switch;
use crate::exit::ExitError;

/// An open store.
#[derive(Clone)]
pub(crate) enum Storage {
    /// All data is lost when the service stops.
    Memory(MemoryStore),
    /// The data survives the service.
    Postgres(PostgresStore),
}

impl Storage {
    /// Opens the storage that the settings name.
    pub(crate) async fn open(arguments: &DatabaseArgs) -> Result<Self, ExitError> {
        let Some(mut database) = arguments.connection.settings()? else {
            tracing::warn!("in-memory store: all data is lost when the service stops");
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
                let sentence = "--database-search-connections must be 1 or more, and leave two of --database-connections for \
                    other work";
                return Err(SettingsError(sentence.to_owned()).into());
            }
            database.search_connections = Some(searches);
        }
        let wrong = |error: StartError| {
            // docs/postgresql.md recommends a role that does not own the schema.
            let hint = match error {
                StartError::Migration(_) => {
                    "; for a role that may not change the schema, run client-service migrate as the owner and then \
                     serve with --migrate off"
                }
                _ => "",
            };
            ExitError::Failed(format!("--database-url: {error}{hint}"))
        };
        if arguments.migrate == Switch::On {
            adapter_postgres::migrate(&database).await.map_err(wrong)?;
        }
        Ok(Self::Postgres(PostgresStore::open(&database).await.map_err(wrong)?))
    }

    /// Opens a database whose schema is up to date, for commands that make no sense in memory.
    pub(crate) async fn of_database(connection: &ConnectionArgs) -> Result<Self, ExitError> {
        let database = connection.settings()?.ok_or_else(|| {
            SettingsError(
                "this command needs the database: give --database-url, --database-url-file or DATABASE_URL"
                    .to_owned(),
            )
        })?;
        let store = PostgresStore::open(&database).await;
        store.map(Self::Postgres).map_err(|error| ExitError::Failed(format!("--database-url: {error}")))
    }

    /// The store of the clients.
    pub(crate) fn clients(&self) -> Arc<dyn ClientStore> {
        match self {
            Self::Memory(store) => Arc::new(store.clone()),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// The files, where they are stored beside the clients.
    pub(crate) fn contents(&self) -> Arc<dyn DocumentContents> {
        match self {
            Self::Memory(_) => Arc::new(MemoryContents::new()),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// The ledger of files.
    pub(crate) fn ledger(&self) -> Arc<dyn ContentLedger> {
        match self {
            Self::Memory(store) => Arc::new(store.clone()),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// The outbox of events.
    pub(crate) fn outbox(&self) -> Arc<dyn Outbox> {
        match self {
            Self::Memory(store) => Arc::new(store.clone()),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// Deletes up to `limit` outcomes of idempotency keys that are older than `before`. A store in memory keeps them all.
    pub(crate) async fn delete_outcomes(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        match self {
            Self::Memory(_) => Ok(0),
            Self::Postgres(store) => store.forget_outcomes(before, limit).await,
        }
    }

    /// Closes the connections to the database.
    pub(crate) async fn close(self) {
        if let Self::Postgres(store) = self {
            store.close().await;
        }
    }
}
