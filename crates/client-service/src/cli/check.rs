//! `client-service check`: whether the data is whole. It reads only, also beside a running service.

use clap::Args;
use client_app::ports::{Clock as _, StoreError};
use jiff::{SignedDuration, Timestamp};

use crate::config::documents::LocationArgs;
use crate::config::log::LogFormat;
use crate::config::storage_location::{StorageArgs, StorageLocation};
use crate::exit::ExitError;
use crate::keeping::every_document::{Work, walk};
use crate::keeping::untracked;
use crate::system::SystemClock;
use crate::wiring::storage::{Storage, schema};
use crate::wiring::{data_folder, documents};
use crate::{runtime, stdout, telemetry};

/// A file without a document that is younger than this may belong to a request in progress.
const IN_PROGRESS: SignedDuration = SignedDuration::from_hours(1);

#[derive(Args, Debug)]
pub(crate) struct CheckArgs {
    #[command(flatten)]
    storage: StorageArgs,

    #[command(flatten)]
    documents: LocationArgs,
}

/// Checks everything, prints what was found, and fails if something is wrong.
pub(crate) fn run(arguments: &CheckArgs) -> Result<String, ExitError> {
    let storage_location = arguments.storage.storage_location()?;
    telemetry::start(LogFormat::Text)?;
    runtime::run_to_end(runtime::start()?, async {
        if let StorageLocation::Folder(folder) = &storage_location {
            data_folder::refuse_unfinished_backup(folder)?;
        }
        let location = documents::open(&arguments.documents, &storage_location).await?;
        let damage = schema::find_damage(&storage_location).await?;
        if !damage.is_empty() {
            return Err(refused("the database", &damage));
        }
        let storage = Storage::open_reading(&storage_location).await?;
        let contents = documents::contents(location, &storage_location, &storage).await?;
        let (clients, ledger) = (storage.clients(), storage.ledger());
        let failed = |error: StoreError| ExitError::Failed(error.to_string());
        let found = walk(&*clients, &*contents, &Work::Verify).await.map_err(failed)?;
        let before = SystemClock.now().checked_sub(IN_PROGRESS).unwrap_or(Timestamp::MIN);
        let untracked = untracked::count(&*clients, &*ledger, &*contents, before).await.map_err(failed)?;
        storage.close().await;
        if !found.problems.is_empty() {
            return Err(refused("the clients and their documents", &found.problems));
        }
        let database = match storage_location {
            StorageLocation::Folder(_) => "the database is whole\n",
            StorageLocation::Memory | StorageLocation::Postgres(_) => "",
        };
        let files = match untracked {
            0 => String::new(),
            count => format!(
                "{count} files are named by no document; client-service collect-garbage --find-untracked queues them\n"
            ),
        };
        Ok(format!(
            "{database}{} clients can be read\n{} documents have the files that were submitted\n{files}",
            found.clients, found.documents
        ))
    })
}

/// Prints the findings, one on each line, and returns the error.
fn refused(what: &str, findings: &[String]) -> ExitError {
    let mut lines = findings.join("\n");
    lines.push('\n');
    stdout::print(&lines);
    let count = findings.len();
    ExitError::Failed(format!("{count} findings in {what}; restore what is damaged from a backup"))
}
