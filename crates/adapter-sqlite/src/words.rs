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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::migration;

    #[test]
    fn a_commit_reads_no_other_clients() {
        let mut connection = Connection::open_in_memory().unwrap();
        migration::run(&mut connection).unwrap();
        let mut plan = connection.prepare(&format!("EXPLAIN QUERY PLAN {INDEX_WORDS}")).unwrap();
        let lines = plan.query_map([], |row| row.get::<_, String>("detail")).unwrap();
        let lines = lines.collect::<rusqlite::Result<Vec<_>>>().unwrap();
        assert_eq!(lines, ["SCAN p", "SEARCH c USING INTEGER PRIMARY KEY (rowid=?)"]);
    }
}
