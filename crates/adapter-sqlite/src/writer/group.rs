//! Group commit: jobs that share a transaction and its sync.

use std::sync::mpsc::Receiver;

use rusqlite::{Connection, ErrorCode};

use super::member::{End, Job};
use crate::error::{Cause, Failure};
use crate::measure;
use crate::words;

/// The maximum number of members.
const MAX_MEMBERS: usize = 64;

const BEGIN: &str = "BEGIN IMMEDIATE";
const COMMIT: &str = "COMMIT";
const ROLLBACK: &str = "ROLLBACK";
const SAVEPOINT: &str = "SAVEPOINT member";
const RELEASE: &str = "RELEASE member";
const ROLLBACK_MEMBER: &str = "ROLLBACK TO member";

/// Jobs in the order in which they arrived.
pub(super) struct Group(Vec<Box<dyn Job>>);

impl Group {
    /// This job and those that wait already.
    pub(super) fn of(first: Box<dyn Job>, jobs: &Receiver<Box<dyn Job>>) -> Self {
        let members = std::iter::once(first).chain(jobs.try_iter()).take(MAX_MEMBERS);
        Self(members.filter(|job| job.begin()).collect())
    }

    /// Answers every member that nothing was written.
    pub(super) fn refuse(self, cause: &Cause) {
        self.end(&End::RolledBack(cause.clone()));
    }

    fn end(self, end: &End) {
        self.0.into_iter().for_each(|job| job.answer(end));
    }

    /// Commits the group and answers its members. An error is a sync that failed: nothing can be trusted after it.
    pub(super) fn commit(mut self, connection: &Connection) -> Result<(), Cause> {
        if self.0.is_empty() {
            return Ok(());
        }
        measure::batched(self.0.len());
        if let Err(error) = self.run(connection).and_then(|()| words::index(connection)) {
            roll_back(connection);
            self.end(&End::RolledBack(Cause::of(&error)));
            return Ok(());
        }
        let Err(error) = execute(connection, COMMIT) else {
            self.end(&End::Synced);
            return Ok(());
        };
        let cause = Cause::of(&error);
        match error.sqlite_error_code() {
            // Rules that are checked at the end of a transaction. Each member alone, so that only the one that breaks them
            // is refused.
            Some(ErrorCode::ConstraintViolation) => {
                roll_back(connection);
                if let [only] = self.0.as_mut_slice() {
                    only.fail(Failure::Sqlite(error));
                    self.end(&End::RolledBack(cause));
                    return Ok(());
                }
                self.0.into_iter().try_for_each(|job| Self(vec![job]).commit(connection))
            }
            // Only a part of the transaction is in the log, without the end that makes it one.
            Some(ErrorCode::DiskFull | ErrorCode::DatabaseBusy | ErrorCode::OutOfMemory) => {
                roll_back(connection);
                self.end(&End::RolledBack(cause));
                Ok(())
            }
            _ => {
                roll_back(connection);
                self.end(&End::Unknown(cause.clone()));
                Err(cause)
            }
        }
    }

    /// Runs every member in one transaction. An error is of the transaction, and of no single member.
    fn run(&mut self, connection: &Connection) -> rusqlite::Result<()> {
        execute(connection, BEGIN)?;
        if let [only] = self.0.as_mut_slice() {
            if !only.run(connection) && !connection.is_autocommit() {
                execute(connection, ROLLBACK)?;
                execute(connection, BEGIN)?;
            }
            return still_open(connection);
        }
        for job in &mut self.0 {
            execute(connection, SAVEPOINT)?;
            if !job.run(connection) {
                // Some errors, such as a full disk, end the whole transaction, with the members before.
                still_open(connection)?;
                execute(connection, ROLLBACK_MEMBER)?;
            }
            execute(connection, RELEASE)?;
        }
        Ok(())
    }
}

fn still_open(connection: &Connection) -> rusqlite::Result<()> {
    if connection.is_autocommit() {
        let ended = rusqlite::ffi::Error::new(rusqlite::ffi::SQLITE_FULL);
        return Err(rusqlite::Error::SqliteFailure(ended, None));
    }
    Ok(())
}

fn roll_back(connection: &Connection) {
    if !connection.is_autocommit()
        && let Err(error) = execute(connection, ROLLBACK)
    {
        tracing::error!(cause = %Cause::of(&error), "a transaction was not rolled back");
    }
}

fn execute(connection: &Connection, sql: &'static str) -> rusqlite::Result<()> {
    connection.prepare_cached(sql)?.execute([]).map(drop)
}
