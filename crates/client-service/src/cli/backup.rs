//! `client-service backup`: a copy of a data folder as it is at one moment, made beside a running service.

use std::io;
use std::path::PathBuf;

use clap::Args;
use client_app::ports::{Clock as _, KeyGenerator as _, StoreError};

use crate::config::data_folder::DataFolder;
use crate::config::documents::LocationArgs;
use crate::config::error::SettingsError;
use crate::config::log::LogFormat;
use crate::config::storage_location::{StorageArgs, StorageLocation, nothing_is_kept};
use crate::exit::ExitError;
use crate::keeping::backup_record::{self, BackupRecord};
use crate::keeping::every_document::{Work, walk};
use crate::system::{RandomKeys, SystemClock};
use crate::wiring::storage::{Storage, schema, sqlite};
use crate::wiring::{data_folder, documents};
use crate::{runtime, stdout, telemetry};

#[derive(Args, Debug)]
pub(crate) struct BackupArgs {
    /// The folder of the backup, which is empty or does not exist
    #[arg(long, value_name = "FOLDER")]
    to: PathBuf,

    #[command(flatten)]
    storage: StorageArgs,

    #[command(flatten)]
    documents: LocationArgs,
}

/// Copies the database, then the files that it names, and verifies both. It copies no key.
pub(crate) fn run(arguments: &BackupArgs) -> Result<String, ExitError> {
    let storage_location = arguments.storage.storage_location()?;
    let StorageLocation::Folder(folder) = &storage_location else {
        return Err(not_a_folder(&storage_location).into());
    };
    let target = DataFolder::named(&arguments.to);
    telemetry::start(LogFormat::Text)?;
    runtime::run_to_end(runtime::start()?, async {
        let begun = SystemClock.now();
        data_folder::refuse_inside(("--to", target.path()), ("the data folder", folder.path()))?;
        if let Some(files) = arguments.documents.local_folder() {
            data_folder::refuse_inside(("--to", target.path()), ("the folder of --documents", files))?;
        }
        let location = documents::open(&arguments.documents, &storage_location).await?;
        // Opened first, so that a folder that cannot be backed up leaves nothing behind.
        let storage = Storage::open_reading(&storage_location).await?;
        let contents = documents::contents(location, &storage_location, &storage).await?;
        let failed = |error: StoreError| ExitError::Failed(error.to_string());
        let installation =
            storage.ledger().installation(&RandomKeys.installation_id()).await.map_err(failed)?;
        data_folder::make_empty(&target).map_err(named_by_to)?;
        let record = target.backup_record();
        let on_record =
            |error: io::Error| ExitError::Failed(format!("{}: {}", record.display(), error.kind()));
        backup_record::begin(&record).map_err(on_record)?;
        // The files come after the database: they stay for a day, whatever the service does meanwhile.
        sqlite::copy(folder, &target).await?;
        storage.close().await;

        let copy = StorageLocation::Folder(target.clone());
        let damage = schema::find_damage(&copy).await?;
        if let Some(first) = damage.first() {
            return Err(ExitError::Failed(format!("the copy of the database is damaged: {first}")));
        }
        let files = documents::of_backup(&target.documents(), &installation).await?;
        let copied = Storage::open_copied(&target).await?;
        let found = walk(&*copied.clients(), &*contents, &Work::CopyTo(&files)).await.map_err(failed)?;
        copied.close().await;
        let made = BackupRecord::of(begun, found);
        made.finish(&record).map_err(on_record)?;
        done(&made, &target)
    })
}

fn done(record: &BackupRecord, target: &DataFolder) -> Result<String, ExitError> {
    let BackupRecord { clients, documents, problems, .. } = record;
    let summary = format!("{clients} clients and {documents} documents are in {}\n", target.path().display());
    if problems.is_empty() {
        return Ok(summary);
    }
    stdout::print(&format!("{summary}{}\n", problems.join("\n")));
    Err(ExitError::Failed(format!(
        "the backup is whole except for {} findings in the data folder itself; look for the files in an older backup",
        problems.len()
    )))
}

/// The folder of a backup is named by `--to`.
fn named_by_to(error: ExitError) -> ExitError {
    match error {
        ExitError::Failed(sentence) => ExitError::Failed(sentence.replacen("--data: ", "--to: ", 1)),
        other @ (ExitError::Usage(_) | ExitError::Answered { .. }) => other,
    }
}

/// The refusal where the clients are in no data folder.
pub(super) fn not_a_folder(storage_location: &StorageLocation) -> SettingsError {
    match storage_location {
        StorageLocation::Memory => nothing_is_kept(),
        StorageLocation::Folder(_) | StorageLocation::Postgres(_) => SettingsError(
            "this command is for a data folder; PostgreSQL has pg_dump and pg_restore, see docs/operations.md".to_owned(),
        ),
    }
}
