//! `client-service restore`: a data folder from a backup.

use std::fs::OpenOptions;
use std::io;
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::PathBuf;

use clap::Args;
use client_app::ports::{KeyGenerator as _, StoreError};

use super::backup::not_a_folder;
use crate::config::data_folder::DataFolder;
use crate::config::documents::LocationArgs;
use crate::config::log::LogFormat;
use crate::config::storage_location::{StorageArgs, StorageLocation};
use crate::exit::ExitError;
use crate::keeping::backup_record::BackupRecord;
use crate::keeping::every_document::{Found, Work, walk};
use crate::system::RandomKeys;
use crate::wiring::storage::{Storage, schema, sqlite};
use crate::wiring::{data_folder, documents};
use crate::{runtime, stdout, telemetry};

#[derive(Args, Debug)]
pub(crate) struct RestoreArgs {
    /// The folder of the backup
    #[arg(long, value_name = "FOLDER")]
    from: PathBuf,

    #[command(flatten)]
    storage: StorageArgs,

    #[command(flatten)]
    documents: LocationArgs,
}

/// Copies the database and its files into a folder that is empty or does not exist, and verifies both.
pub(crate) fn run(arguments: &RestoreArgs) -> Result<String, ExitError> {
    let storage_location = arguments.storage.storage_location()?;
    let StorageLocation::Folder(target) = &storage_location else {
        return Err(not_a_folder(&storage_location).into());
    };
    let backup = DataFolder::named(&arguments.from);
    telemetry::start(LogFormat::Text)?;
    runtime::run_to_end(runtime::start()?, async {
        let record = BackupRecord::read(&backup.backup_record()).ok_or_else(|| {
            ExitError::Failed(format!(
                "--from: {} is no whole backup: its backup.json is missing, unfinished or cannot be read",
                backup.path().display()
            ))
        })?;
        let source = StorageLocation::Folder(backup.clone());
        if let Some(first) = schema::find_damage(&source).await?.first() {
            return Err(ExitError::Failed(format!("--from: the database of the backup is damaged: {first}")));
        }
        data_folder::refuse_inside((target.flag(), target.path()), ("the backup", backup.path()))?;
        if let Some(files) = arguments.documents.local_folder() {
            data_folder::refuse_inside(("--documents", files), ("the backup", backup.path()))?;
        }
        let location = documents::open(&arguments.documents, &storage_location).await?;
        data_folder::make_empty(target)?;
        let unfinished = target.unfinished_restore();
        let on_marker =
            |error: io::Error| ExitError::Failed(format!("{}: {}", unfinished.display(), error.kind()));
        OpenOptions::new().write(true).create_new(true).mode(0o600).open(&unfinished).map_err(on_marker)?;

        sqlite::copy(&backup, target).await?;
        let storage = Storage::open_restored(target).await?;
        let contents = documents::contents(location, &storage_location, &storage).await?;
        let failed = |error: StoreError| ExitError::Failed(error.to_string());
        let installation =
            storage.ledger().installation(&RandomKeys.installation_id()).await.map_err(failed)?;
        let files = documents::of_backup(&backup.documents(), &installation).await?;
        let found = walk(&*storage.clients(), &files, &Work::CopyTo(&*contents)).await.map_err(failed)?;
        storage.close().await;
        let summary = compared(&record, &found, target)?;
        std::fs::remove_file(&unfinished).map_err(on_marker)?;
        Ok(summary)
    })
}

/// What was restored, if it is what the backup had when it was made.
fn compared(record: &BackupRecord, found: &Found, target: &DataFolder) -> Result<String, ExitError> {
    let Found { clients, documents, problems } = found;
    let summary = format!(
        "{clients} clients and {documents} documents of {} are in {}\nno key was in the backup: a service without keys makes \
         a new one, and older tokens are refused\n",
        record.made_at,
        target.path().display()
    );
    if (problems.len(), *clients, *documents) == (record.problems.len(), record.clients, record.documents) {
        return Ok(summary);
    }
    stdout::print(&format!("{summary}{}\n", problems.join("\n")));
    Err(ExitError::Failed(format!(
        "the backup is not what its backup.json says: {} findings, and {} were known when it was made; no service starts on {}: \
         restore another backup, or read in docs/data-folder.md how to use what is left",
        problems.len(),
        record.problems.len(),
        target.path().display()
    )))
}
