//! A database in a folder of its own.

use adapter_sqlite::{Settings, SqliteStore, migrate};
use rusqlite::Connection;
use tempfile::TempDir;

/// A folder with a database, which is deleted at the end. A store that is still open keeps its files.
pub(crate) struct Database {
    folder: TempDir,
}

impl Database {
    /// Statuses by another rule are renewed at once: no other instance has the file open.
    #[expect(clippy::unused_async, reason = "the database of the other adapter is written")]
    pub(crate) async fn age_kyc_statuses(&self) {}

    /// A database without clients.
    pub(crate) async fn fresh() -> Self {
        let database = Self::empty();
        migrate(&database.settings()).await.unwrap();
        database
    }

    /// A folder without a database.
    pub(crate) fn empty() -> Self {
        Self { folder: tempfile::tempdir().unwrap() }
    }

    /// A connection past the adapter, to the same file.
    pub(crate) fn connect(&self) -> Connection {
        let connection = Connection::open(self.settings().path()).unwrap();
        connection.pragma_update(None, "foreign_keys", true).unwrap();
        connection
    }

    pub(crate) fn settings(&self) -> Settings {
        Settings::at(self.folder.path().join("clients.db"))
    }

    pub(crate) async fn store(&self) -> SqliteStore {
        SqliteStore::open(&self.settings()).await.unwrap()
    }

    /// The same store: it looks for words among all clients at once.
    #[expect(clippy::unused_async, reason = "a store on PostgreSQL is another one")]
    pub(crate) async fn newest_first(&self, store: &SqliteStore, _newest: i64) -> SqliteStore {
        store.clone()
    }
}
