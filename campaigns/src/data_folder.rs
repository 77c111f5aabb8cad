//! The folder in which a service without PostgreSQL keeps its clients.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::Command;

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OpenFlags};
use tempfile::TempDir;

use crate::RunError;

/// A data folder of its own. It is deleted when this is dropped.
#[derive(Debug)]
pub struct DataFolder {
    parent: TempDir,
}

impl DataFolder {
    /// One that no service has used yet.
    pub fn new() -> Result<Self, RunError> {
        Ok(Self { parent: tempfile::tempdir()? })
    }

    /// A copy of a folder in which these files, by their paths in it, have other contents.
    pub fn copy_of(folder: &Path, files: &BTreeMap<String, Vec<u8>>) -> Result<Self, RunError> {
        let copy = Self::new()?;
        let copied = Command::new("cp").arg("-a").arg(folder).arg(copy.path()).status()?;
        if !copied.success() {
            return Err(RunError::new("the data folder could not be copied"));
        }
        for (name, contents) in files {
            let path = copy.path().join(name);
            path.parent().map_or(Ok(()), std::fs::create_dir_all)?;
            std::fs::write(path, contents)?;
        }
        Ok(copy)
    }

    /// The file of the database, and its log.
    pub fn database_files(&self) -> [PathBuf; 2] {
        ["clients.db", "clients.db-wal"].map(|name| self.path().join(name))
    }

    /// Where it is; a service makes the folder.
    pub fn path(&self) -> PathBuf {
        self.parent.path().join("data")
    }

    /// The files of documents.
    pub fn documents(&self) -> PathBuf {
        self.path().join("documents")
    }

    /// The rows of a query, read beside the service that has the database open.
    pub fn rows(&self, query: &str) -> Result<Vec<Vec<String>>, RunError> {
        rows(&self.path().join("clients.db"), query)
    }
}

/// The rows of a query of this database, each column as text.
fn rows(database: &Path, query: &str) -> Result<Vec<Vec<String>>, RunError> {
    let failed = RunError::during::<rusqlite::Error>;
    // Not read-only: the first reader after a crash recovers the log.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(database, flags).map_err(failed("the SQLite database"))?;
    connection.busy_timeout(std::time::Duration::from_secs(10)).map_err(failed("the SQLite database"))?;
    let mut statement = connection.prepare(query).map_err(failed("a query of the SQLite database"))?;
    let columns = statement.column_count();
    let read = statement.query_map([], |row| {
        (0..columns).map(|column| row.get_ref(column).map(text)).collect::<Result<Vec<_>, _>>()
    });
    let rows = read.and_then(Iterator::collect).map_err(failed("a query of the SQLite database"))?;
    Ok(rows)
}

fn text(value: ValueRef<'_>) -> String {
    match value {
        ValueRef::Null | ValueRef::Blob(_) => String::new(),
        ValueRef::Integer(number) => number.to_string(),
        ValueRef::Real(number) => number.to_string(),
        ValueRef::Text(bytes) => String::from_utf8_lossy(bytes).into_owned(),
    }
}
