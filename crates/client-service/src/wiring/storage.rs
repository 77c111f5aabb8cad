//! The storage of clients: in memory, in a SQLite file, or in PostgreSQL.

pub(crate) mod normal_forms;
mod postgres;
pub(crate) mod schema;
pub(crate) mod sqlite;

use std::sync::Arc;

use adapter_inmem::{MemoryContents, MemoryStore};
use adapter_postgres::PostgresStore;
use adapter_sqlite::SqliteStore;
use client_app::BackOffice;
use client_app::ports::{
    Batches, ClientStore, ContentLedger, DocumentContents, ExportLog, Outbox, SavedViews, Sessions,
    StoreError, WorkItems,
};
use jiff::{SignedDuration, Timestamp};

use self::normal_forms::NormalForms;
use crate::config::data_folder::DataFolder;
use crate::config::database::DatabaseArgs;
use crate::config::rules::RuleArgs;
use crate::config::storage_location::{StorageLocation, nothing_is_kept};
use crate::exit::ExitError;

/// An open store.
#[derive(Clone)]
pub(crate) enum Storage {
    /// All data is lost when the service stops.
    Memory(MemoryStore, MemoryContents),
    /// One file, for this process alone.
    Sqlite(SqliteStore),
    /// A server, for any number of processes.
    Postgres(PostgresStore),
}

impl Storage {
    /// Opens the storage of the service, and makes it where it is a folder that does not exist.
    pub(crate) async fn open(
        storage_location: &StorageLocation,
        arguments: &DatabaseArgs,
        read_only: bool,
    ) -> Result<Self, ExitError> {
        Ok(match storage_location {
            StorageLocation::Memory => Self::Memory(MemoryStore::new(), MemoryContents::new()),
            StorageLocation::Folder(folder) => Self::Sqlite(sqlite::open(folder, arguments.migrate).await?),
            StorageLocation::Postgres(database) => {
                Self::Postgres(postgres::open(database, arguments, read_only).await?)
            }
        })
    }

    /// Opens clients that exist and whose schema is up to date, for commands that make no sense in memory.
    pub(crate) async fn open_existing(storage_location: &StorageLocation) -> Result<Self, ExitError> {
        match storage_location {
            StorageLocation::Memory => Err(nothing_is_kept().into()),
            StorageLocation::Folder(folder) => Ok(Self::Sqlite(sqlite::open_existing(folder).await?)),
            StorageLocation::Postgres(database) => {
                Ok(Self::Postgres(postgres::open_existing(database).await?))
            }
        }
    }

    /// Opens the database of a restored folder for this process alone, after its schema was brought up to date.
    pub(crate) async fn open_restored(folder: &DataFolder) -> Result<Self, ExitError> {
        Ok(Self::Sqlite(sqlite::open_restored(folder).await?))
    }

    /// Opens clients that exist for reading, also beside a running service.
    pub(crate) async fn open_reading(storage_location: &StorageLocation) -> Result<Self, ExitError> {
        match storage_location {
            StorageLocation::Memory => Err(nothing_is_kept().into()),
            StorageLocation::Folder(folder) => Ok(Self::Sqlite(sqlite::open_reading(folder).await?)),
            StorageLocation::Postgres(database) => {
                Ok(Self::Postgres(postgres::open_existing(database).await?))
            }
        }
    }

    /// Opens the database of a backup that is being made, for reading.
    pub(crate) async fn open_copied(folder: &DataFolder) -> Result<Self, ExitError> {
        Ok(Self::Sqlite(sqlite::open_copied(folder).await?))
    }

    /// The same storage for jobs that run by the clock: they use up no fault that a test has queued for its next request.
    pub(crate) fn for_jobs(&self) -> Self {
        match self {
            Self::Memory(store, contents) => Self::Memory(store.for_jobs(), contents.clone()),
            durable => durable.clone(),
        }
    }

    /// The store in PostgreSQL, if the clients are there.
    pub(crate) const fn postgres(&self) -> Option<&PostgresStore> {
        match self {
            Self::Memory(..) | Self::Sqlite(_) => None,
            Self::Postgres(store) => Some(store),
        }
    }

    /// The store of the clients.
    pub(crate) fn clients(&self) -> Arc<dyn ClientStore> {
        match self {
            Self::Memory(store, _) => Arc::new(store.clone()),
            Self::Sqlite(store) => Arc::new(store.clone()),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// The files, where they are stored beside the clients.
    pub(crate) fn contents(&self) -> Arc<dyn DocumentContents> {
        match self {
            Self::Memory(_, contents) => Arc::new(contents.clone()),
            Self::Sqlite(store) => Arc::new(store.clone()),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// The ledger of files.
    pub(crate) fn ledger(&self) -> Arc<dyn ContentLedger> {
        match self {
            Self::Memory(store, _) => Arc::new(store.clone()),
            Self::Sqlite(store) => Arc::new(store.clone()),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// The outbox of events.
    pub(crate) fn outbox(&self) -> Arc<dyn Outbox> {
        match self {
            Self::Memory(store, _) => Arc::new(store.clone()),
            Self::Sqlite(store) => Arc::new(store.clone()),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// The sessions of people.
    pub(crate) fn sessions(&self) -> Arc<dyn Sessions> {
        match self {
            Self::Memory(store, _) => Arc::new(store.clone()),
            Self::Sqlite(store) => Arc::new(store.clone()),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// The work queue.
    pub(crate) fn work_items(&self) -> Arc<dyn WorkItems> {
        match self {
            Self::Memory(store, _) => Arc::new(store.clone()),
            Self::Sqlite(store) => Arc::new(store.clone()),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// Searches that people have saved.
    pub(crate) fn saved_views(&self) -> Arc<dyn SavedViews> {
        match self {
            Self::Memory(store, _) => Arc::new(store.clone()),
            Self::Sqlite(store) => Arc::new(store.clone()),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// Batches of commands.
    pub(crate) fn batches(&self) -> Arc<dyn Batches> {
        match self {
            Self::Memory(store, _) => Arc::new(store.clone()),
            Self::Sqlite(store) => Arc::new(store.clone()),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// The log of exports.
    pub(crate) fn export_log(&self) -> Arc<dyn ExportLog> {
        match self {
            Self::Memory(store, _) => Arc::new(store.clone()),
            Self::Sqlite(store) => Arc::new(store.clone()),
            Self::Postgres(store) => Arc::new(store.clone()),
        }
    }

    /// The work queue, the saved views and the outbox, for people.
    pub(crate) fn back_office(&self, rules: &RuleArgs) -> BackOffice {
        let claim = SignedDuration::from_mins(rules.work_claim_minutes.into());
        BackOffice::new(self.work_items(), self.saved_views(), self.outbox()).with_claims_of(claim)
    }

    /// Deletes up to `limit` outcomes of idempotency keys that are older than `before`. A store in memory keeps them all.
    pub(crate) async fn delete_outcomes(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        match self {
            Self::Memory(..) => Ok(0),
            Self::Sqlite(store) => store.delete_outcomes_before(before, limit).await,
            Self::Postgres(store) => store.delete_outcomes_before(before, limit).await,
        }
    }

    /// Recomputes the normal forms of every client that an earlier release has written, in batches; reports each batch. Only
    /// PostgreSQL can have such clients beside new ones, because two releases write to it at the same time. A SQLite file has
    /// one release at a time, whose migrations do it.
    pub(crate) async fn recompute(&self, report: impl Fn(&NormalForms)) -> Result<NormalForms, StoreError> {
        match self {
            Self::Memory(..) | Self::Sqlite(_) => Ok(NormalForms::default()),
            Self::Postgres(store) => normal_forms::recompute(store, report).await,
        }
    }

    /// Closes the file, or the connections to the database.
    pub(crate) async fn close(self) {
        match self {
            Self::Memory(..) => {}
            Self::Sqlite(store) => store.close().await,
            Self::Postgres(store) => store.close().await,
        }
    }
}

/// Logs where the clients are, where that is a file or the memory of this machine.
pub(crate) fn report(storage_location: &StorageLocation) {
    match storage_location {
        StorageLocation::Memory => tracing::warn!("in-memory store: all data is lost when the service stops"),
        StorageLocation::Folder(folder) => {
            tracing::info!(file = %folder.database().display(), "the clients are in this file");
        }
        StorageLocation::Postgres(_) => {}
    }
}

#[cfg(test)]
mod tests {
    use adapter_inmem::Fault;

    use super::*;

    #[tokio::test]
    async fn jobs_leave_the_queued_fault_to_the_next_request() {
        let store = MemoryStore::new();
        let storage = Storage::Memory(store.clone(), MemoryContents::new());
        store.faults().next_read(Fault::Unavailable);
        assert!(storage.for_jobs().clients().server_time().await.is_ok());
        assert!(storage.clients().server_time().await.is_err());
    }
}
