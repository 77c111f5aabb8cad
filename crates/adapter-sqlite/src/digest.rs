//! A digest of everything that the file holds: whether it still holds what it held before.

use client_app::ports::StoreError;
use client_domain::kyc;
use rusqlite::Connection;
use rusqlite::types::ValueRef;
use sha2::{Digest as _, Sha256};

use crate::error::Failure;
use crate::store::SqliteStore;

/// Every table with rows of its own; the tables behind an index of words follow from the others.
const TABLES: &str = "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' \
     AND name NOT LIKE 'sqlite\\_%' ESCAPE '\\' ORDER BY name";

impl SqliteStore {
    /// A digest of every row of every table. It is the same for as long as nothing is written, also after the file was closed.
    /// It reads the whole file, a few seconds for each 100,000 clients.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as a read.
    pub async fn digest(&self) -> Result<String, StoreError> {
        self.read(|connection| {
            let mut digest = Sha256::new();
            for table in tables(connection)? {
                add_table(connection, &table, &mut digest)?;
            }
            Ok(kyc::Sha256(digest.finalize().into()).to_string())
        })
        .await
    }
}

fn tables(connection: &Connection) -> Result<Vec<String>, Failure> {
    let mut statement = connection.prepare(TABLES)?;
    let names = statement.query_map([], |row| row.get(0))?;
    Ok(names.collect::<rusqlite::Result<_>>()?)
}

/// Adds the rows of a table in the order of its key: without an index that is the order in which they lie.
fn add_table(connection: &Connection, table: &str, digest: &mut Sha256) -> Result<(), Failure> {
    add(digest, b'n', table.as_bytes());
    let mut statement = connection.prepare(&format!("SELECT * FROM \"{table}\" NOT INDEXED"))?;
    let columns = statement.column_count();
    let mut rows = statement.query([])?;
    while let Some(row) = rows.next()? {
        for column in 0..columns {
            match row.get_ref(column)? {
                ValueRef::Null => add(digest, b'0', b""),
                ValueRef::Integer(number) => add(digest, b'i', &number.to_be_bytes()),
                ValueRef::Real(number) => add(digest, b'r', &number.to_be_bytes()),
                ValueRef::Text(text) => add(digest, b't', text),
                ValueRef::Blob(bytes) => add(digest, b'b', bytes),
            }
        }
    }
    Ok(())
}

/// With its kind and its length, so that no two lists of values are the same bytes.
fn add(digest: &mut Sha256, kind: u8, bytes: &[u8]) {
    digest.update([kind]);
    digest.update((bytes.len() as u64).to_be_bytes());
    digest.update(bytes);
}
