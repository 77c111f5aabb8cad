//! Clients in the SQLite file of a data folder.

use std::time::Duration;

use adapter_sqlite::{Settings, SqliteStore, StartError};

use crate::config::data_folder::{DataFolder, Naming};
use crate::config::value::Switch;
use crate::exit::ExitError;
use crate::wiring::data_folder;

/// How long one read of a copy may take.
const COPY_TIMEOUT: Duration = Duration::from_mins(10);

/// Opens the file for the service. Makes the folder and the file where there are none, and migrates the schema if the
/// settings say so.
pub(super) async fn open(folder: &DataFolder, migrate: Switch) -> Result<SqliteStore, ExitError> {
    data_folder::make(folder)?;
    let settings = Settings::at(folder.database());
    let opened = match migrate {
        Switch::On => SqliteStore::open_migrated(&settings).await,
        Switch::Off => SqliteStore::open(&settings).await,
    };
    opened.map_err(|error| failed(folder, &error))
}

/// Opens the file for a command that uses it as it is. A running service has the file for itself, so the command is refused
/// beside it.
pub(super) async fn open_existing(folder: &DataFolder) -> Result<SqliteStore, ExitError> {
    data_folder::find(folder)?;
    SqliteStore::open(&Settings::at(folder.database())).await.map_err(|error| failed(folder, &error))
}

/// Opens the file as the source of a copy, which reads and counts more at a time than a request may.
pub(crate) async fn open_source(folder: &DataFolder) -> Result<SqliteStore, ExitError> {
    data_folder::find(folder)?;
    let mut settings = Settings::at(folder.database());
    settings.read_timeout = COPY_TIMEOUT;
    SqliteStore::open(&settings).await.map_err(|error| failed(folder, &error))
}

/// Opens the file for reading, also beside a running service.
pub(super) async fn open_reading(folder: &DataFolder) -> Result<SqliteStore, ExitError> {
    data_folder::refuse_unfinished_backup(folder)?;
    open_copied(folder).await
}

/// The same for the database of a backup that is being made.
pub(super) async fn open_copied(folder: &DataFolder) -> Result<SqliteStore, ExitError> {
    data_folder::find_readable(folder)?;
    SqliteStore::open_read_only(&Settings::at(folder.database()))
        .await
        .map_err(|error| failed(folder, &error))
}

/// Sentences about damage in the file. Reads only, also beside a running service.
pub(super) async fn find_damage(folder: &DataFolder) -> Result<Vec<String>, ExitError> {
    data_folder::find_readable(folder)?;
    adapter_sqlite::find_damage(&Settings::at(folder.database()))
        .await
        .map_err(|error| failed(folder, &error))
}

/// Copies the database into another folder, as it is at one moment.
pub(crate) async fn copy(from: &DataFolder, to: &DataFolder) -> Result<(), ExitError> {
    let copied = adapter_sqlite::copy(&Settings::at(from.database()), to.database()).await;
    copied.map_err(|error| failed(from, &error))
}

/// Opens the database of a restored folder, after its schema was migrated.
pub(super) async fn open_restored(folder: &DataFolder) -> Result<SqliteStore, ExitError> {
    let settings = Settings::at(folder.database());
    SqliteStore::open_migrated(&settings).await.map_err(|error| failed(folder, &error))
}

/// The version of the schema and the one that this program needs; 0 where there is no database.
pub(super) async fn schema_versions(folder: &DataFolder) -> Result<(i64, i64), ExitError> {
    let versions = adapter_sqlite::schema_versions(&Settings::at(folder.database())).await;
    versions.map_err(|error| failed(folder, &error))
}

/// Brings the schema up to date, and answers the versions before and after. A folder that no setting names is not made: the address of the database may be what lacks.
pub(super) async fn migrate(folder: &DataFolder) -> Result<(i64, i64), ExitError> {
    match folder.naming() {
        Naming::Default | Naming::Source => data_folder::find(folder)?,
        Naming::Folder | Naming::File => data_folder::make(folder)?,
    }
    let migrated = adapter_sqlite::migrate(&Settings::at(folder.database())).await;
    migrated.map_err(|error| failed(folder, &error))
}

fn failed(folder: &DataFolder, error: &StartError) -> ExitError {
    ExitError::Failed(format!("{}: {error}", folder.flag()))
}
