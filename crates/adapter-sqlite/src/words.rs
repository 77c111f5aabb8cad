//! The index of words, which the writer brings up to date at the end of each transaction.

use rusqlite::Connection;

use crate::sql::{DELETE_WORDS_PENDING, INDEX_WORDS, WORDS_PENDING};

/// Brings the words of clients that were written into the index.
pub(crate) fn index(connection: &Connection) -> rusqlite::Result<()> {
    let pending: bool = connection.prepare_cached(WORDS_PENDING)?.query_row([], |row| row.get(0))?;
    if pending {
        connection.prepare_cached(INDEX_WORDS)?.execute([])?;
        connection.prepare_cached(DELETE_WORDS_PENDING)?.execute([])?;
    }
    Ok(())
}
