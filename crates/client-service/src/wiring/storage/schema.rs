//! The schema of the clients, its migration, and damage in what holds it.

use super::{postgres, sqlite};
use crate::config::storage_location::{StorageLocation, nothing_is_kept};
use crate::exit::ExitError;

/// The version of the schema and the one that this program needs; 0 where there is none.
pub(crate) async fn versions(storage_location: &StorageLocation) -> Result<(i64, i64), ExitError> {
    match storage_location {
        StorageLocation::Memory => Err(nothing_is_kept().into()),
        StorageLocation::Folder(folder) => sqlite::schema_versions(folder).await,
        StorageLocation::Postgres(database) => postgres::schema_versions(database).await,
    }
}

/// Brings the schema up to date, and answers the versions before and after.
pub(crate) async fn migrate(storage_location: &StorageLocation) -> Result<(i64, i64), ExitError> {
    match storage_location {
        StorageLocation::Memory => Err(nothing_is_kept().into()),
        StorageLocation::Folder(folder) => sqlite::migrate(folder).await,
        StorageLocation::Postgres(database) => postgres::migrate(database).await,
    }
}

/// Sentences about damage in the file of the clients. PostgreSQL has programs of its own for this.
pub(crate) async fn find_damage(storage_location: &StorageLocation) -> Result<Vec<String>, ExitError> {
    match storage_location {
        StorageLocation::Folder(folder) => sqlite::find_damage(folder).await,
        StorageLocation::Memory | StorageLocation::Postgres(_) => Ok(Vec::new()),
    }
}
