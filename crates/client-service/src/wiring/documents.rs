//! The storage of files of documents: opened, and claimed for the database of this service.

use std::fmt::Display;
use std::path::Path;
use std::sync::Arc;

use adapter_object_store::{FolderContents, OpenLocation};
use client_app::ports::{ContentLocation, DocumentContents, InstallationId, KeyGenerator as _, StoreError};
use client_app::{LocationRefusal, claim_location};

use super::storage::Storage;
use crate::config::documents::LocationArgs;
use crate::config::error::SettingsError;
use crate::config::storage_location::StorageLocation;
use crate::config::value::{Switch, non_empty, refuse_without};
use crate::exit::ExitError;
use crate::system::RandomKeys;

/// Opens the location of `--documents`, if it is set.
pub(crate) async fn open(
    arguments: &LocationArgs,
    storage_location: &StorageLocation,
) -> Result<Option<Arc<dyn ContentLocation>>, SettingsError> {
    let Some(location) = named(arguments, Some(storage_location))? else {
        return Ok(None);
    };
    let plain_http = arguments.documents_plain_http == Switch::On;
    let opened = adapter_object_store::open_location(location, variables(), plain_http).await;
    let OpenLocation { contents, warning } =
        opened.map_err(|error| SettingsError(format!("--documents: {error}")))?;
    if let Some(warning) = warning {
        tracing::warn!("--documents: {warning}");
    }
    Ok(Some(contents))
}

/// Whether the location of `--documents` can be opened, as far as this machine alone can tell; and if the clients have a place
/// that is known, whether the two fit.
pub(crate) fn check(
    arguments: &LocationArgs,
    storage_location: Option<&StorageLocation>,
) -> Result<(), SettingsError> {
    let Some(location) = named(arguments, storage_location)? else {
        return Ok(());
    };
    let plain_http = arguments.documents_plain_http == Switch::On;
    let checked = adapter_object_store::check_location(location, variables(), plain_http);
    checked.map_err(|error| SettingsError(format!("--documents: {error}")))
}

fn named<'a>(
    arguments: &'a LocationArgs,
    storage_location: Option<&StorageLocation>,
) -> Result<Option<&'a str>, SettingsError> {
    let location = non_empty(arguments.documents.as_deref());
    // A store in memory starts empty, so garbage collection would take every file of an earlier run for an orphan.
    if location.is_some() && matches!(storage_location, Some(StorageLocation::Memory)) {
        let sentence = "--documents: files outlive clients that are stored in memory, so it cannot be given together with \
            --in-memory; remove one of them";
        return Err(SettingsError(sentence.to_owned()));
    }
    if location.is_none() {
        let settings = [("--documents-plain-http", arguments.documents_plain_http == Switch::On)];
        refuse_without("--documents", &settings)?;
    }
    Ok(location)
}

#[expect(clippy::disallowed_methods, reason = "the standard variables of S3 have no flags")]
fn variables() -> Vec<(String, String)> {
    std::env::vars().collect()
}

/// Refuses a location with the files of a database that is missing, before an empty one takes its place.
pub(crate) async fn refuse_lost_database(
    location: Option<&Arc<dyn ContentLocation>>,
    storage_location: &StorageLocation,
) -> Result<(), ExitError> {
    let (Some(location), StorageLocation::Folder(folder)) = (location, storage_location) else {
        return Ok(());
    };
    let failed = |error: StoreError| ExitError::Failed(format!("--documents: {error}"));
    if folder.database().exists() || location.installation().await.map_err(failed)?.is_none() {
        return Ok(());
    }
    Err(ExitError::Failed(format!(
        "--documents: the files there belong to a database, and {} does not exist; put it back, or name a location that no \
         service has used",
        folder.database().display()
    )))
}

/// The files of this storage: at `location`, if it belongs to this database; in the data folder; or beside the clients.
pub(crate) async fn contents(
    location: Option<Arc<dyn ContentLocation>>,
    storage_location: &StorageLocation,
    storage: &Storage,
) -> Result<Arc<dyn DocumentContents>, ExitError> {
    let (location, named_by) = match (location, storage_location) {
        (Some(location), _) => (location, "--documents".to_owned()),
        (None, StorageLocation::Folder(folder)) => in_folder(&folder.documents())?,
        (None, StorageLocation::Memory | StorageLocation::Postgres(_)) => return Ok(storage.contents()),
    };
    let fresh = RandomKeys.installation_id();
    let claimed = claim_location(&*storage.clients(), &*storage.ledger(), &*location, &fresh).await;
    claimed.map_err(|refusal| ExitError::Failed(format!("{named_by}: {refusal}")))?;
    Ok(location)
}

/// The files of a backup, which belong to the same installation as its database.
pub(crate) async fn of_backup(
    folder: &Path,
    installation: &InstallationId,
) -> Result<FolderContents, ExitError> {
    let failed = |error: &dyn Display| ExitError::Failed(format!("{}: {error}", folder.display()));
    let contents = FolderContents::open(folder).map_err(|error| failed(&error))?;
    let owner = contents.claim(installation).await.map_err(|error| failed(&error))?;
    if owner == *installation { Ok(contents) } else { Err(failed(&LocationRefusal::AnotherInstallation)) }
}

/// The files of a data folder, and how an error names them.
fn in_folder(folder: &Path) -> Result<(Arc<dyn ContentLocation>, String), ExitError> {
    let name = folder.display().to_string();
    let opened = FolderContents::open(folder);
    let contents = opened.map_err(|error| ExitError::Failed(format!("{name}: {error}")))?;
    Ok((Arc::new(contents), name))
}
