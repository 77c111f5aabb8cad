//! `client-service copy`: everything that a data folder holds, into PostgreSQL.

use std::path::Path;
use std::time::Duration;

use adapter_postgres::{Import, ImportSource};
use clap::Args;
use client_app::ports::{ContentLedger as _, KeyGenerator as _, StoreError};

use crate::config::data_folder::DataFolder;
use crate::config::documents::LocationArgs;
use crate::config::error::SettingsError;
use crate::config::log::LogFormat;
use crate::config::secret::Secret;
use crate::config::storage_location::{StorageArgs, StorageLocation};
use crate::config::value::Switch;
use crate::copy::{files, tables};
use crate::exit::ExitError;
use crate::keeping::every_document::{Work, walk};
use crate::system::RandomKeys;
use crate::wiring::documents;
use crate::wiring::storage::{Storage, sqlite};
use crate::{runtime, stdout, telemetry};

#[derive(Args, Debug)]
pub(crate) struct CopyArgs {
    /// The data folder, or the file in it: sqlite:///folder/clients.db; no service runs on it
    #[arg(long, value_name = "FOLDER")]
    from: String,

    /// The PostgreSQL database, postgres://owner@host/name, with a schema that is up to date and nothing else
    #[arg(long, value_name = "URL")]
    to: Option<String>,

    /// The same from a file
    #[arg(long, value_name = "FILE")]
    to_file: Option<String>,

    /// For tests only: accept a server that may lose committed data (fsync off)
    #[arg(long, env = "CLIENTS_ACCEPT_DATA_LOSS", value_enum, default_value_t = Switch::Off)]
    accept_data_loss: Switch,

    /// Where the files are stored for the service on PostgreSQL
    #[command(flatten)]
    documents: LocationArgs,
}

impl CopyArgs {
    fn source(&self) -> Result<DataFolder, SettingsError> {
        if self.from.starts_with("sqlite:") {
            let file = adapter_sqlite::Settings::parse(&self.from);
            let file = file.map_err(|error| SettingsError(format!("--from: {error}")))?;
            return Ok(DataFolder::of_file(file.path()).into_source());
        }
        if self.from.contains("://") {
            let sentence =
                "--from: a copy is made of a data folder: name the folder, or sqlite:///folder/clients.db";
            return Err(SettingsError(sentence.to_owned()));
        }
        Ok(DataFolder::named(Path::new(&self.from)).into_source())
    }

    fn target(&self) -> Result<StorageLocation, SettingsError> {
        let secret = Secret { flag: "--to", value: self.to.as_deref(), file: self.to_file.as_deref() };
        let wrong = |problem: &str| Err(SettingsError(format!("{}: {problem}", secret.source())));
        let Some(url) = secret.read()? else {
            return wrong("give the address of the database, postgres://owner@host/name");
        };
        match StorageArgs::of_url(&url, &secret.source(), self.accept_data_loss, Duration::ZERO)? {
            storage_location @ StorageLocation::Postgres(_) => Ok(storage_location),
            StorageLocation::Memory | StorageLocation::Folder(_) => {
                wrong("a copy goes to PostgreSQL, postgres://owner@host/name; restore makes a data folder")
            }
        }
    }
}

/// Copies the tables, then the files, compares both, and opens the target to services.
pub(crate) fn run(arguments: &CopyArgs) -> Result<String, ExitError> {
    let (folder, storage_location) = (arguments.source()?, arguments.target()?);
    let StorageLocation::Postgres(database) = &storage_location else { return Ok(String::new()) };
    telemetry::start(LogFormat::Text)?;
    runtime::run_to_end(runtime::start()?, async {
        let location = documents::open(&arguments.documents, &storage_location).await?;
        // With the lock of the source: nothing is written to it meanwhile.
        let source = sqlite::open_source(&folder).await?;
        let failed = |error: StoreError| ExitError::Failed(error.to_string());
        let installation = source.installation(&RandomKeys.installation_id()).await.map_err(failed)?;
        let own_files = documents::of_backup(&folder.documents(), &installation).await?;
        let digest = source.digest().await.map_err(failed)?;
        let begun = Import::begin(database, &ImportSource { installation, digest }).await;
        let mut target = begun.map_err(|error| ExitError::Failed(format!("--to: {error}")))?;
        tables::copy(&source, &mut target).await.map_err(not_continued)?;

        let storage = Storage::Postgres(target.store());
        let contents = documents::contents(location, &storage_location, &storage).await?;
        let files = files::copy(&own_files, &*contents).await.map_err(failed)?;
        let trashed = files::copy_trash(&source, &own_files, &*contents).await.map_err(failed)?;
        let found = walk(&*storage.clients(), &*contents, &Work::Verify).await.map_err(failed)?;
        let differences = tables::differences(&source, &mut target).await.map_err(failed)?;
        if !differences.is_empty() {
            return Err(ExitError::Failed(format!(
                "the copy is not what the data folder holds, which has changed since the copy was begun; make the database \
                 anew, and copy again ({})",
                differences.join("; ")
            )));
        }
        if !found.problems.is_empty() {
            stdout::print(&format!("{}\n", found.problems.join("\n")));
            return Err(ExitError::Failed(format!(
                "{} documents have no good file in the copy, which is not opened to a service; put the files back into \
                 the data folder, or give --documents as the service on it has it, and copy again",
                found.problems.len()
            )));
        }
        let next = source.next_number().await.map_err(failed)?;
        target.finish(next).await.map_err(failed)?;
        source.close().await;
        Ok(format!(
            "{} clients, {} documents and {files} files are in the database, and {trashed} files in its trash; no key was \
             copied. Start the service with \
             --database-url now, and none on {} again: both are the same installation\n",
            found.clients,
            found.documents,
            folder.path().display()
        ))
    })
}

/// Rows that are there already but not where they are expected: the folder was written to after a copy was interrupted.
fn not_continued(error: StoreError) -> ExitError {
    match error {
        StoreError::Corrupt { what } => ExitError::Failed(format!(
            "{what}; if the data folder has changed since the copy was begun, make the database anew, and copy again"
        )),
        error => ExitError::Failed(error.to_string()),
    }
}
