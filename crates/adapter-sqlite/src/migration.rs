//! The schema, and how it is brought up to date.

use client_app::CheckState;
use rusqlite::{Connection, TransactionBehavior};

use crate::connection;
use crate::error::Cause;
use crate::settings::{Settings, StartError};

/// The migrations in their order; the number of one is its position, from 1. A released one is never edited.
const MIGRATIONS: &[&str] = &[
    include_str!("../migrations/0001_clients.sql"),
    include_str!("../migrations/0002_birth_dates_with_names.sql"),
];

/// The first version that the statements of this program can read. The later ones differ in indexes alone.
const READABLE: i64 = 1;

/// The id of files of this program, in the header of the file.
const APPLICATION_ID: i64 = 0x636c_6e74;

/// Folded columns and claims hold the normal form 2 of the domain. A release with another one needs a migration that recomputes
/// them: no other program writes to the file, so nothing can be recomputed beside it.
const _: () =
    assert!(client_domain::text::NORMAL_FORM == 2, "another normal form needs a migration of this crate");

/// The schema that this program needs.
fn needed() -> i64 {
    i64::try_from(MIGRATIONS.len()).unwrap_or(i64::MAX)
}

/// Brings the schema of the file up to date, and creates the file if there is none. Returns the versions before and
/// after.
///
/// Each migration is one transaction: a process that dies leaves the schema of the migration before.
///
/// # Errors
///
/// [`StartError::Locked`] while a server has the file open, [`StartError::Unfit`] where the file cannot be used,
/// [`StartError::Schema`] where it is of another program or a newer release, and [`StartError::Migration`].
pub async fn migrate(settings: &Settings) -> Result<(i64, i64), StartError> {
    let path = settings.path().to_owned();
    let work = tokio::task::spawn_blocking(move || {
        let (mut connection, _lock) = connection::writing(&path)?;
        run(&mut connection)
    });
    work.await.unwrap_or_else(|_| Err(StartError::Migration("the migration stopped".to_owned())))
}

/// The version of the schema of the file, and the one that this program needs. Reads only, also while a server has the file
/// open; a file that does not exist is at 0.
///
/// # Errors
///
/// [`StartError::Unfit`] where the file cannot be read, or [`StartError::Schema`] where it is of another program or a newer
/// release.
pub async fn schema_versions(settings: &Settings) -> Result<(i64, i64), StartError> {
    let path = settings.path().to_owned();
    let work = tokio::task::spawn_blocking(move || {
        if !path.exists() {
            return Ok((0, needed()));
        }
        let connection = connection::reading_beside(&path)?;
        let read = Schema::read(&connection);
        let schema = read.map_err(|error| StartError::Unfit(Cause::of(&error).to_string()))?;
        match schema {
            Schema::Foreign | Schema::Newer(_) => Err(StartError::Schema(schema.sentence())),
            Schema::Missing | Schema::Old(_) | Schema::Needed => Ok((schema.version(), needed())),
        }
    });
    work.await.unwrap_or_else(|_| Err(StartError::Unfit("it could not be read".to_owned())))
}

pub(crate) fn run(connection: &mut Connection) -> Result<(i64, i64), StartError> {
    let failed = |error: rusqlite::Error| StartError::Migration(Cause::of(&error).to_string());
    let before = Schema::read(connection).map_err(failed)?;
    match before {
        Schema::Foreign | Schema::Newer(_) => return Err(StartError::Schema(before.sentence())),
        Schema::Missing | Schema::Old(_) | Schema::Needed => {}
    }
    for (number, migration) in (1..).zip(MIGRATIONS).skip_while(|(number, _)| *number <= before.version()) {
        let mut step = || -> rusqlite::Result<()> {
            let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
            transaction.execute_batch(migration)?;
            transaction.pragma_update(None, "user_version", number)?;
            transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
            transaction.commit()
        };
        step_failed(step(), number)?;
    }
    Ok((before.version(), needed()))
}

fn step_failed(step: rusqlite::Result<()>, number: i64) -> Result<(), StartError> {
    step.map_err(|error| {
        tracing::error!(number, ?error, "a migration failed");
        StartError::Migration(format!("migration {number}: {}", Cause::of(&error)))
    })
}

/// What is known of the schema of a file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Schema {
    /// It is the one that this program needs.
    Needed,
    /// The file is empty.
    Missing,
    /// It is at this version, which is older than the one that is needed.
    Old(i64),
    /// A newer release made it.
    Newer(i64),
    /// Another program made the file.
    Foreign,
}

impl Schema {
    /// Reads the version in the header of the file.
    pub(crate) fn read(connection: &Connection) -> rusqlite::Result<Self> {
        let number = |pragma: &str| connection.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
        let (version, application) = (number("user_version")?, number("application_id")?);
        let tables: i64 = connection.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
        Ok(match version {
            0 if tables == 0 && application == 0 => Self::Missing,
            _ if application != APPLICATION_ID => Self::Foreign,
            version if version < needed() => Self::Old(version),
            version if version > needed() => Self::Newer(version),
            _ => Self::Needed,
        })
    }

    fn version(self) -> i64 {
        match self {
            Self::Needed => needed(),
            Self::Missing | Self::Foreign => 0,
            Self::Old(version) | Self::Newer(version) => version,
        }
    }

    fn sentence(self) -> String {
        let needed = needed();
        match self {
            Self::Needed => format!("the schema is at {needed}"),
            Self::Missing => {
                format!("the schema is missing, and this program needs {needed}: run client-service migrate")
            }
            Self::Old(version) => {
                format!(
                    "the schema is at {version}, and this program needs {needed}: run client-service migrate"
                )
            }
            Self::Newer(version) => format!(
                "the schema is at {version}, and this program knows it up to {needed}: run the release that made it, or a newer one"
            ),
            Self::Foreign => "the file is a database of another program".to_owned(),
        }
    }

    /// What the operator sees.
    pub(crate) fn state(self) -> CheckState {
        if self == Self::Needed { CheckState::Ok } else { CheckState::Failed(self.sentence()) }
    }

    /// Refuses a schema that this program cannot read: backups of earlier releases are checked, and folders of theirs are backed up
    /// before they are migrated.
    pub(crate) fn check_readable(connection: &Connection) -> Result<(), StartError> {
        match Self::read(connection) {
            Ok(Self::Old(version)) if version >= READABLE => Ok(()),
            _ => Self::check(connection),
        }
    }

    /// Refuses any schema but the one that is needed.
    pub(crate) fn check(connection: &Connection) -> Result<(), StartError> {
        let schema = Self::read(connection).map_err(|error| {
            StartError::Unfit(format!("the schema cannot be read: {}", Cause::of(&error)))
        })?;
        if schema == Self::Needed { Ok(()) } else { Err(StartError::Schema(schema.sentence())) }
    }
}
