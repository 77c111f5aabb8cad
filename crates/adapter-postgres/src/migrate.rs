//! The schema, embedded in the program, and how it is brought up to date.

mod progress;
mod steps;

use std::time::{Duration, Instant};

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::PgConnection;
use sqlx::{Connection as _, Row as _, SqlSafeStr as _};

use self::steps::{How, MIGRATIONS};
use crate::error::Cause;
use crate::first_connection;
use crate::server_check;
use crate::session::{Pooling, Session};
use crate::settings::{Settings, StartError};
use crate::sql::{MIGRATION_LOCK_HOLDER, SCHEMA_VERSION};

/// The version of the last migration, which this program needs.
pub(crate) const fn needed() -> i64 {
    match MIGRATIONS.last() {
        Some((version, ..)) => *version,
        None => 0,
    }
}

/// The number of the advisory lock, "clients" in ASCII. The instance that migrates this database holds it.
pub(crate) const LOCK: i64 = 0x0063_6c69_656e_7473;
const LOCK_PAUSE: Duration = Duration::from_millis(50);
/// The time between two lines of the log about the wait for the lock.
const REPORT_INTERVAL: Duration = Duration::from_secs(5);
const POOLED: &str = "a pooler in front of the database lends its connections for one transaction, and a migration needs a \
    session; give client-service migrate the address of the server itself, and serve with --migrate off";
const TRY_LOCK: &str = "SELECT pg_try_advisory_lock($1)";
/// Building an index may take longer than a statement of the service.
const NO_TIME_LIMIT: &str = "SET statement_timeout = 0";
const BACKEND: &str = "SELECT pg_backend_pid()";
const IS_RECORDED: &str = "SELECT to_regclass('_sqlx_migrations') IS NOT NULL";
/// Whether `pg_trgm` is installed, or will be by the second migration.
const HAS_LETTERS: &str = "SELECT EXISTS (SELECT FROM pg_extension WHERE extname = 'pg_trgm')
    OR (to_regclass('client') IS NULL AND EXISTS (SELECT FROM pg_available_extensions WHERE name = 'pg_trgm'))";
/// In place of an index that this server cannot build.
const NOTHING: &str = "SELECT";
const IS_INVALID: &str =
    "SELECT EXISTS (SELECT 1 FROM pg_index WHERE indexrelid = to_regclass($1) AND NOT indisvalid)";

/// Brings the schema up to date. A schema that is up to date is left alone.
///
/// Any number of instances may do this at the same time: one migrates, the others wait and then find nothing to do. The
/// role must own the schema; the role of the service need not.
///
/// # Errors
///
/// [`StartError::Unreachable`], [`StartError::Unfit`] on a cluster of Citus, [`StartError::MigrationLocked`] where another instance has held the lock for longer than
/// [`Settings::migration_timeout`], or [`StartError::Migration`].
pub async fn migrate(settings: &Settings) -> Result<(), StartError> {
    let unreachable = |error: sqlx::Error| settings.unreachable(&Cause::of(&error));
    let Session { link: mut connection, pooling, .. } = first_connection::connect(settings).await?;
    if pooling == Pooling::Transaction {
        return Err(StartError::Migration(POOLED.to_owned()));
    }
    if let Some(refusal) = server_check::refuse_clusters(&mut connection).await.map_err(unreachable)? {
        return Err(refusal);
    }
    sqlx::query(NO_TIME_LIMIT).execute(&mut connection).await.map_err(unreachable)?;
    // It polls instead of waiting in the server: a connection that waits there holds a snapshot, and an index that is built
    // concurrently waits for every snapshot.
    let deadline = Instant::now() + settings.migration_timeout;
    let mut next_report = Instant::now();
    while !try_lock(&mut connection).await.map_err(unreachable)? {
        let now = Instant::now();
        if now < next_report.min(deadline) {
            tokio::time::sleep(LOCK_PAUSE).await;
            continue;
        }
        let holder = holder(&mut connection).await.map_err(unreachable)?;
        if now >= deadline {
            return Err(StartError::MigrationLocked(holder));
        }
        tracing::warn!("the start waits for the lock of the migrations: {holder}");
        next_report = now + REPORT_INTERVAL;
        tokio::time::sleep(LOCK_PAUSE).await;
    }
    let outcome = run(&mut connection, settings).await;
    // The end of the connection releases the lock, also where the migration failed.
    let _closed = connection.close().await;
    outcome
}

/// The version of the schema, 0 where there is none, and the one that this program needs. It changes nothing.
///
/// # Errors
///
/// [`StartError::Unreachable`], also where the role may not read the version.
pub async fn schema_versions(settings: &Settings) -> Result<(i64, i64), StartError> {
    let unreachable = |error: sqlx::Error| settings.unreachable(&Cause::of(&error));
    let mut connection = first_connection::connect(settings).await?.link;
    let recorded: bool =
        sqlx::query_scalar(IS_RECORDED).fetch_one(&mut connection).await.map_err(unreachable)?;
    let version = if recorded {
        sqlx::query_scalar(SCHEMA_VERSION).fetch_one(&mut connection).await.map_err(unreachable)?
    } else {
        0
    };
    let _closed = connection.close().await;
    Ok((version, needed()))
}

/// Who holds the lock, in words.
async fn holder(connection: &mut PgConnection) -> Result<String, sqlx::Error> {
    let row = sqlx::query(MIGRATION_LOCK_HOLDER).bind(LOCK).fetch_optional(connection).await?;
    let Some(row) = row else { return Ok("it has just been released".to_owned()) };
    let (pid, program): (i32, String) = (row.try_get("pid")?, row.try_get("program")?);
    Ok(format!("process {pid} of the server holds it, for a program that calls itself {program:?}"))
}

async fn try_lock(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(TRY_LOCK).bind(LOCK).fetch_one(connection).await
}

async fn run(connection: &mut PgConnection, settings: &Settings) -> Result<(), StartError> {
    let failed = |error: sqlx::Error| StartError::Migration(Cause::of(&error).to_string());
    drop_invalid_indexes(connection).await.map_err(failed)?;
    let has_letters: bool =
        sqlx::query_scalar(HAS_LETTERS).fetch_one(&mut *connection).await.map_err(failed)?;
    let migrations = MIGRATIONS.iter().map(|(version, description, sql, how)| {
        let no_transaction = !matches!(how, How::Whole);
        let text = (*sql).into_sql_str();
        let whole =
            Migration::new(*version, (*description).into(), MigrationType::Simple, text, no_transaction);
        // The checksum stays that of the file.
        let is_left_out = matches!(how, How::Letters(_)) && !has_letters;
        if is_left_out { Migration { sql: NOTHING.into_sql_str(), ..whole } } else { whole }
    });
    let mut migrator = Migrator::with_migrations(migrations.collect());
    // This function holds the lock. A newer instance may have migrated before: its additions do not disturb an older one.
    migrator.set_locking(false).set_ignore_missing(true);
    let backend: i32 = sqlx::query_scalar(BACKEND).fetch_one(&mut *connection).await.map_err(failed)?;
    let migrating = migrator.run_direct(None, connection, false);
    let outcome = progress::reported(settings, backend, migrating).await;
    outcome.map_err(|error| match &error {
        sqlx::migrate::MigrateError::Execute(error)
        | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => failed_to_run(error),
        other => StartError::Migration(other.to_string()),
    })
}

fn failed_to_run(error: &sqlx::Error) -> StartError {
    StartError::Migration(Cause::of(error).to_string())
}

/// Drops what earlier attempts have left of indexes: the server uses an invalid index for nothing and keeps it up to date.
async fn drop_invalid_indexes(connection: &mut PgConnection) -> Result<(), sqlx::Error> {
    for (.., how) in MIGRATIONS {
        let (How::Index(name) | How::Letters(name)) = how else { continue };
        let invalid: bool = sqlx::query_scalar(IS_INVALID).bind(*name).fetch_one(&mut *connection).await?;
        if invalid {
            tracing::warn!(index = name, "the index of a failed migration is dropped and built again");
            let drop = format!("DROP INDEX CONCURRENTLY IF EXISTS {name}");
            sqlx::raw_sql(sqlx::AssertSqlSafe(drop)).execute(&mut *connection).await?;
        }
    }
    Ok(())
}
