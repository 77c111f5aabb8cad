//! Clients in PostgreSQL: the limits of the settings, the schema, the connections.

use adapter_postgres::{PostgresStore, Settings, StartError};

use crate::config::database::DatabaseArgs;
use crate::config::value::Switch;
use crate::exit::ExitError;

/// Opens the database for the service, after its schema was migrated if the settings say so. A database that is only read is
/// not migrated.
pub(super) async fn open(
    database: &Settings,
    arguments: &DatabaseArgs,
    read_only: bool,
) -> Result<PostgresStore, ExitError> {
    let mut database = if read_only { database.clone().for_reading() } else { database.clone() };
    let (all, searches) = arguments.connections()?;
    database.max_connections = all;
    database.search_connections = searches.or(database.search_connections);
    let wrong = |error: StartError| {
        // docs/postgresql.md recommends a role that does not own the schema.
        let hint = match error {
            StartError::Migration(_) => {
                "; for a role that may not change the schema, run client-service migrate as the owner and then \
                 serve with --migrate off"
            }
            _ => "",
        };
        ExitError::Failed(format!("--database-url: {error}{hint}"))
    };
    if arguments.migrate == Switch::On && !read_only {
        adapter_postgres::migrate(&database).await.map_err(wrong)?;
    }
    PostgresStore::open(&database).await.map_err(wrong)
}

/// Opens the database for a command that uses it as it is.
pub(super) async fn open_existing(database: &Settings) -> Result<PostgresStore, ExitError> {
    let store = PostgresStore::open(database).await;
    store.map_err(|error| ExitError::Failed(format!("--database-url: {error}")))
}

/// The version of the schema and the one that this program needs; 0 where there is none.
pub(super) async fn schema_versions(database: &Settings) -> Result<(i64, i64), ExitError> {
    let versions = adapter_postgres::schema_versions(database).await;
    versions.map_err(|error| ExitError::Failed(format!("--database-url: {error}")))
}

/// Brings the schema up to date, and answers the versions before and after.
pub(super) async fn migrate(database: &Settings) -> Result<(i64, i64), ExitError> {
    let (before, _) = schema_versions(database).await?;
    let migrated = adapter_postgres::migrate(database).await;
    migrated.map_err(|error| ExitError::Failed(format!("--database-url: {error}")))?;
    let (after, _) = schema_versions(database).await?;
    Ok((before, after))
}
