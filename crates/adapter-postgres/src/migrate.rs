//! The schema, embedded in the program, and how it is brought up to date.

use std::time::{Duration, Instant};

use sqlx::migrate::{Migration, MigrationType, Migrator};
use sqlx::postgres::PgConnection;
use sqlx::{ConnectOptions as _, Connection as _, SqlSafeStr as _};

use crate::error::Cause;
use crate::pool::connect_options;
use crate::settings::{Settings, StartError};

/// Every migration, in order. A released migration is never edited: the driver compares its checksum.
const MIGRATIONS: &[(i64, &str, &str)] = &[
    (1, "clients", include_str!("../migrations/0001_clients.sql")),
    (2, "search index", include_str!("../migrations/0002_search_index.sql")),
    (3, "delivery", include_str!("../migrations/0003_delivery.sql")),
    (4, "search indexes", include_str!("../migrations/0004_search_indexes.sql")),
    (5, "papers", include_str!("../migrations/0005_papers.sql")),
    (6, "contents", include_str!("../migrations/0006_contents.sql")),
    (7, "contents ledger", include_str!("../migrations/0007_contents_ledger.sql")),
    (8, "makers", include_str!("../migrations/0008_makers.sql")),
    (9, "history agrees", include_str!("../migrations/0009_history_agrees.sql")),
    (10, "expiry notices", include_str!("../migrations/0010_expiry_notices.sql")),
    (11, "outcome client", include_str!("../migrations/0011_outcome_client.sql")),
    (12, "uploaders", include_str!("../migrations/0012_uploaders.sql")),
];

/// The version of the last migration, which this program needs.
pub(crate) const fn needed() -> i64 {
    match MIGRATIONS.last() {
        Some((version, ..)) => *version,
        None => 0,
    }
}

/// The number of the advisory lock, "clients" in ASCII. The instance that migrates this database holds it.
const LOCK: i64 = 0x0063_6c69_656e_7473;
const LOCK_PAUSE: Duration = Duration::from_millis(50);
const TRY_LOCK: &str = "SELECT pg_try_advisory_lock($1)";
/// Building an index may take longer than a statement of the service.
const NO_TIME_LIMIT: &str = "SET statement_timeout = 0";

/// Brings the schema up to date. A schema that is up to date is left alone.
///
/// Any number of instances may do this at once: one migrates, the others wait and then find nothing to do. The role must
/// own the schema; the role of the service need not.
///
/// # Errors
///
/// [`StartError::Unreachable`], [`StartError::MigrationLocked`] where another instance has held the lock for longer than
/// [`Settings::migration_timeout`], or [`StartError::Migration`].
pub async fn migrate(settings: &Settings) -> Result<(), StartError> {
    let unreachable = |error: sqlx::Error| settings.unreachable(&Cause::of(&error));
    let mut connection = connect_options(settings).connect().await.map_err(unreachable)?;
    sqlx::query(NO_TIME_LIMIT).execute(&mut connection).await.map_err(unreachable)?;
    // It polls instead of waiting in the server: a connection that waits there holds a snapshot, and an index that is built
    // concurrently waits for every snapshot.
    let deadline = Instant::now() + settings.migration_timeout;
    while !try_lock(&mut connection).await.map_err(unreachable)? {
        if Instant::now() >= deadline {
            return Err(StartError::MigrationLocked);
        }
        tokio::time::sleep(LOCK_PAUSE).await;
    }
    let outcome = run(&mut connection).await;
    // The end of the connection releases the lock, also where the migration failed.
    let _closed = connection.close().await;
    outcome
}

async fn try_lock(connection: &mut PgConnection) -> Result<bool, sqlx::Error> {
    sqlx::query_scalar(TRY_LOCK).bind(LOCK).fetch_one(connection).await
}

async fn run(connection: &mut PgConnection) -> Result<(), StartError> {
    let migrations = MIGRATIONS.iter().map(|(version, description, sql)| {
        Migration::new(*version, (*description).into(), MigrationType::Simple, (*sql).into_sql_str(), false)
    });
    let mut migrator = Migrator::with_migrations(migrations.collect());
    // This function holds the lock. A newer instance may have migrated before: its additions do not disturb an older one.
    migrator.set_locking(false).set_ignore_missing(true);
    migrator.run_direct(None, connection, false).await.map_err(|error| match &error {
        sqlx::migrate::MigrateError::Execute(error)
        | sqlx::migrate::MigrateError::ExecuteMigration(error, _) => {
            StartError::Migration(Cause::of(error).to_string())
        }
        other => StartError::Migration(other.to_string()),
    })
}
