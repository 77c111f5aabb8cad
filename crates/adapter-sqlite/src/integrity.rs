//! Whether the file is whole, and copies of it.

use std::path::Path;

use rusqlite::Connection;

use crate::connection;
use crate::error::Cause;
use crate::settings::{Settings, StartError};

/// How many findings of each kind are listed.
const MAX_FINDINGS: usize = 20;

/// Looks for damage in the file: in its pages, its indexes, the index of words, its checks and its foreign keys. Reads only,
/// also while a server has the file open; it takes a few seconds for each 100,000 clients. Answers a sentence for each finding.
///
/// # Errors
///
/// [`StartError::Unfit`] where the file cannot be read at all.
pub async fn find_damage(settings: &Settings) -> Result<Vec<String>, StartError> {
    let path = settings.path().to_owned();
    let work = tokio::task::spawn_blocking(move || {
        let connection = connection::reading_beside(&path)?;
        damage(&connection).map_err(|error| StartError::Unfit(Cause::of(&error).to_string()))
    });
    work.await.unwrap_or_else(|_| Err(StartError::Unfit("it could not be read".to_owned())))
}

fn damage(connection: &Connection) -> rusqlite::Result<Vec<String>> {
    let mut integrity = connection.prepare(&format!("PRAGMA integrity_check({MAX_FINDINGS})"))?;
    let lines = integrity.query_map([], |row| row.get::<_, String>(0))?.collect::<Result<Vec<_>, _>>()?;
    let mut findings: Vec<_> = lines.into_iter().filter(|line| line != "ok").collect();
    let mut keys = connection.prepare("PRAGMA foreign_key_check")?;
    let broken = keys.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(2)?)))?;
    for row in broken.take(MAX_FINDINGS) {
        let (table, parent) = row?;
        findings.push(format!("a row of {table} refers to a row of {parent} that does not exist"));
    }
    Ok(findings)
}

/// Copies the database as it is at one moment into a new file, also while a server has it open. The copy is synced, and its
/// file is for its owner only.
///
/// # Errors
///
/// [`StartError::Unfit`] where the new file exists, or one of the two cannot be read or written.
pub async fn copy(settings: &Settings, to: &Path) -> Result<(), StartError> {
    let (from, to) = (settings.path().to_owned(), to.to_owned());
    let work = tokio::task::spawn_blocking(move || connection::copy(&from, &to));
    work.await.unwrap_or_else(|_| Err(StartError::Unfit("it could not be copied".to_owned())))
}
