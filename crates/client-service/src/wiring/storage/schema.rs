//! The schema of the clients, its migration, and damage in what holds it.

use super::{postgres, sqlite};
use crate::config::place::{Place, nothing_is_kept};
use crate::exit::ExitError;

/// The version of the schema and the one that this program needs; 0 where there is none.
pub(crate) async fn versions(place: &Place) -> Result<(i64, i64), ExitError> {
    match place {
        Place::Memory => Err(nothing_is_kept().into()),
        Place::Folder(folder) => sqlite::schema_versions(folder).await,
        Place::Postgres(database) => postgres::schema_versions(database).await,
    }
}

/// Brings the schema up to date, and answers the versions before and after.
pub(crate) async fn migrate(place: &Place) -> Result<(i64, i64), ExitError> {
    match place {
        Place::Memory => Err(nothing_is_kept().into()),
        Place::Folder(folder) => sqlite::migrate(folder).await,
        Place::Postgres(database) => postgres::migrate(database).await,
    }
}

/// Sentences about damage in the file of the clients. PostgreSQL has programs of its own for this.
pub(crate) async fn find_damage(place: &Place) -> Result<Vec<String>, ExitError> {
    match place {
        Place::Folder(folder) => sqlite::find_damage(folder).await,
        Place::Memory | Place::Postgres(_) => Ok(Vec::new()),
    }
}
