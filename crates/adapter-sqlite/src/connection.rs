//! How connections are opened, and what must be true of each.

use std::fs::{File, OpenOptions};
use std::ops::Deref;
use std::path::Path;
use std::time::Duration;

use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_encode};
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OpenFlags};

use crate::error::Cause;
use crate::file_system::{self, AtRest};
use crate::lock::{Lock, beside, private};
use crate::settings::StartError;

/// How long a connection waits for another of this process, as while the log is recovered at the start.
const BUSY_TIMEOUT: Duration = Duration::from_secs(1);
/// KiB of pages that the connection that writes keeps: the inner pages of every index, and those that a group of commits touches.
const WRITER_CACHE: i64 = 8 * 1024;
/// KiB of pages that a connection for searches keeps; further pages come from the cache of the system.
pub(crate) const SEARCH_CACHE: i64 = 4 * 1024;
/// KiB of pages that a connection for reads by key keeps: the inner pages of a few indexes.
pub(crate) const READ_CACHE: i64 = 2 * 1024;
/// Statements whose plan a connection keeps.
const CACHED_STATEMENTS: usize = 128;

/// What is encoded in the path of an address.
const NOT_IN_PATH: &AsciiSet = &NON_ALPHANUMERIC.remove(b'/').remove(b'.').remove(b'-').remove(b'_');
/// For a file that no program can change meanwhile.
const AT_REST: OpenFlags = OpenFlags::SQLITE_OPEN_READ_ONLY.union(OpenFlags::SQLITE_OPEN_URI);

/// Takes the lock and opens the connection that writes. Creates the file if there is none.
pub(crate) fn writing(path: &Path) -> Result<(Connection, Lock), StartError> {
    check_folder(path)?;
    check_names(path, file_system::second_name)?;
    let lock = Lock::take(path)?;
    make_file(path)?;
    let connection = open(path, WRITER_CACHE)?;
    configure_writing(&connection).map_err(|error| unfit(path, &error))?;
    check(&connection, path)?;
    Ok((connection, lock))
}

/// Bounds the size of the file, for this connection. It never becomes less than it is.
pub(crate) fn limit_size(connection: &Connection, path: &Path, max_bytes: u64) -> Result<(), StartError> {
    let limit = || -> rusqlite::Result<()> {
        let page: i64 = connection.pragma_query_value(None, "page_size", |row| row.get(0))?;
        let pages = i64::try_from(max_bytes).unwrap_or(i64::MAX) / page.max(1);
        // It answers the limit that it has set.
        connection.pragma_update_and_check(None, "max_page_count", pages.max(1), |_| Ok(()))
    };
    limit().map_err(|error| unfit(path, &error))
}

/// A connection that changes nothing in the file. At its end it does not copy the log into the file, also where it is the last
/// one; a log of its own, which holds nothing, it takes away again.
#[derive(Debug)]
pub(crate) struct Reading(Connection);

impl Deref for Reading {
    type Target = Connection;

    fn deref(&self) -> &Connection {
        &self.0
    }
}

impl Drop for Reading {
    fn drop(&mut self) {
        let is_empty =
            |path: &str| std::fs::metadata(beside(Path::new(path), "-wal")).is_ok_and(|log| log.len() == 0);
        if self.0.path().is_some_and(is_empty) {
            // If it fails, an empty log is left behind.
            let _ = self.0.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false);
        }
    }
}

/// Opens a connection that only reads.
pub(crate) fn reading(path: &Path, cache: i64) -> Result<Reading, StartError> {
    let connection = open_reading(path, cache)?;
    connection.pragma_update(None, "query_only", true).map_err(|error| unfit(path, &error))?;
    Ok(connection)
}

/// Opens a connection that only reads, beside a server or without one.
pub(crate) fn reading_beside(path: &Path) -> Result<Reading, StartError> {
    check_folder(path)?;
    check_names(path, file_system::link)?;
    reading(path, WRITER_CACHE)
}

fn open_reading(path: &Path, cache: i64) -> Result<Reading, StartError> {
    let connection = match file_system::at_rest(path) {
        AtRest::No => open(path, cache)?,
        AtRest::Closed => {
            open_flagged(unchanging(path), cache, AT_REST).map_err(|error| unfit(path, &error))?
        }
        AtRest::Unclosed => {
            return Err(StartError::Unfit(format!(
                "{} was not closed, and its folder cannot be written, which reading its log needs: copy the folder to a place \
                 that can be written, and name the copy",
                path.display()
            )));
        }
    };
    let leave_the_log = connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true);
    leave_the_log.map_err(|error| unfit(path, &error))?;
    Ok(Reading(connection))
}

/// The address of a file that no program can change: SQLite needs no log beside it then.
fn unchanging(path: &Path) -> String {
    let path = percent_encode(path.as_os_str().as_encoded_bytes(), NOT_IN_PATH);
    format!("file:{path}?immutable=1")
}

/// Copies the database as it is at one moment into a new file, also while a server has it open, and syncs the copy. It holds
/// the lock of the new file meanwhile.
pub(crate) fn copy(from: &Path, to: &Path) -> Result<(), StartError> {
    check_folder(from)?;
    check_names(from, file_system::link)?;
    check_folder(to)?;
    check_names(to, file_system::second_name)?;
    let _lock = Lock::take(to)?;
    if std::fs::metadata(to).is_ok_and(|file| file.len() > 0) {
        return Err(StartError::Unfit(format!("{} exists already", to.display())));
    }
    make_file(to)?;
    let name = to.to_str().ok_or_else(|| {
        StartError::Unfit(format!("the name of the folder of {} is not UTF-8", to.display()))
    })?;
    let connection = open_reading(from, WRITER_CACHE)?;
    let copied = connection.execute("VACUUM INTO ?1", [name]);
    copied.map_err(|error| unfit(from, &error))?;
    remove_sessions(to)?;
    let folder = to.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let synced = File::open(to).and_then(|file| file.sync_all());
    let synced = synced.and_then(|()| File::open(folder)?.sync_all());
    synced.map_err(|error| StartError::Unfit(format!("{} cannot be synced: {}", to.display(), error.kind())))
}

/// Removes the sessions from a copy, which may travel, and be restored after a person has signed out.
fn remove_sessions(copy: &Path) -> Result<(), StartError> {
    let removed =
        open(copy, WRITER_CACHE)?.execute_batch("PRAGMA secure_delete = on; DELETE FROM client_session");
    removed.map_err(|error| unfit(copy, &error))
}

/// Opens a connection that keeps this many KiB of pages.
fn open(path: &Path, cache: i64) -> Result<Connection, StartError> {
    open_flagged(path, cache, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(|error| unfit(path, &error))
}

fn open_flagged(path: impl AsRef<Path>, cache: i64, access: OpenFlags) -> rusqlite::Result<Connection> {
    // Each connection belongs to one thread, and the path is no URI unless it is said.
    let connection = Connection::open_with_flags(path, access | OpenFlags::SQLITE_OPEN_NO_MUTEX)?;
    connection.set_prepared_statement_cache_capacity(CACHED_STATEMENTS);
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    connection.pragma_update(None, "cache_size", -cache)?;
    Ok(connection)
}

fn configure_writing(connection: &Connection) -> rusqlite::Result<()> {
    connection.pragma_update(None, "journal_mode", "wal")?;
    // The log is synced at each commit, and not just at a checkpoint.
    connection.pragma_update(None, "synchronous", "full")?;
    // After a burst the log is cut back to 64 MiB.
    connection.pragma_update(None, "journal_size_limit", 64 * 1024 * 1024)?;
    Ok(())
}

/// Refuses a file that would not keep what is confirmed, or sorts texts in another way.
fn check(connection: &Connection, path: &Path) -> Result<(), StartError> {
    let text = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, String>(0));
    let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
    let settings = || -> rusqlite::Result<_> {
        Ok((text("journal_mode")?, number("synchronous")?, number("foreign_keys")?, text("encoding")?))
    };
    let (journal, synchronous, foreign_keys, encoding) = settings().map_err(|error| unfit(path, &error))?;
    let wrong = match (journal.as_str(), synchronous, foreign_keys, encoding.as_str()) {
        ("wal", 2, 1, "UTF-8") => return Ok(()),
        ("wal", 2, 1, _) => format!("its texts are in {encoding}, and UTF-8 is needed"),
        ("wal", _, _, _) => "it does not sync each commit, or ignores foreign keys".to_owned(),
        _ => format!(
            "its journal mode is {journal} and cannot be changed to wal, which needs a local disk and a file that may be written"
        ),
    };
    Err(StartError::Unfit(format!("{}: {wrong}", path.display())))
}

/// The folder must be there and on this machine.
fn check_folder(path: &Path) -> Result<(), StartError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    if !folder.is_dir() {
        return Err(StartError::Unfit(format!("the folder {} does not exist", folder.display())));
    }
    if let Some(kind) = file_system::network(folder) {
        return Err(StartError::Unfit(format!(
            "{} is on a network file system ({kind}), where SQLite's locks do not work: use a local disk, or PostgreSQL",
            folder.display()
        )));
    }
    Ok(())
}

/// Locks, the log and the checks of the folder go by the path of the file, so it must be its only one.
fn check_names(path: &Path, problem: fn(&Path) -> Option<&'static str>) -> Result<(), StartError> {
    for file in ["", "-wal", "-shm", ".lock"].map(|ending| beside(path, ending)) {
        if let Some(problem) = problem(&file) {
            return Err(StartError::Unfit(format!("the file {} {problem}", file.display())));
        }
    }
    Ok(())
}

/// Creates the file, for its owner only, if there is none.
fn make_file(path: &Path) -> Result<(), StartError> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    private(&mut options);
    options.open(path).map(drop).map_err(|error| {
        StartError::Unfit(format!("the file {} cannot be written: {}", path.display(), error.kind()))
    })
}

fn unfit(path: &Path, error: &rusqlite::Error) -> StartError {
    StartError::Unfit(format!("{}: {}", path.display(), Cause::of(error)))
}
