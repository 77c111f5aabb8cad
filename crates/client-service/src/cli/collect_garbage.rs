//! `client-service collect-garbage`: one round of garbage collection of files.

use std::sync::Arc;
use std::time::Duration;

use clap::Args;
use client_app::ports::Clock as _;
use client_app::{Clients, GarbageRules};
use jiff::{SignedDuration, Timestamp};

use crate::config::documents::DocumentArgs;
use crate::config::duration::duration_or_zero;
use crate::config::log::LogFormat;
use crate::config::storage_location::StorageArgs;
use crate::exit::ExitError;
use crate::system::{RandomKeys, SystemClock};
use crate::wiring::documents;
use crate::wiring::storage::Storage;
use crate::{runtime, telemetry};

#[derive(Args, Debug)]
pub(crate) struct CollectGarbageArgs {
    #[command(flatten)]
    storage: StorageArgs,

    #[command(flatten)]
    documents: DocumentArgs,

    /// How long a file must have had no document before it is moved to the trash: a number and s, m, h or d. A value
    /// below --request-timeout is safe only while nothing is uploaded
    #[arg(long, value_name = "DURATION", default_value = "24h")]
    older_than: String,

    /// How long a file must have been in the trash before it is deleted
    #[arg(long, value_name = "DURATION", default_value = "30d")]
    trashed_for: String,

    /// First list all files to find those that neither a document nor the queue names: files of a release without a
    /// queue, and files that are newer than a restored database
    #[arg(long)]
    find_untracked: bool,
}

/// Runs one round, and returns a summary of it.
pub(crate) fn run(arguments: &CollectGarbageArgs) -> Result<String, ExitError> {
    let older_than = duration_or_zero("--older-than", &arguments.older_than)?;
    let trashed_for = duration_or_zero("--trashed-for", &arguments.trashed_for)?;
    let storage_location = arguments.storage.storage_location()?;
    telemetry::start(LogFormat::Text)?;
    runtime::run_to_end(runtime::start()?, async {
        let location = documents::open(&arguments.documents.location, &storage_location).await?;
        let storage = Storage::open_existing(&storage_location).await?;
        let contents = documents::contents(location, &storage_location, &storage).await?;
        let clients = Clients::new(storage.clients(), Arc::new(SystemClock), Arc::new(RandomKeys))
            .with_contents(contents, storage.ledger());
        let collected = collect(&clients, arguments, older_than, trashed_for).await;
        storage.close().await;
        collected
    })
}

async fn collect(
    clients: &Clients,
    arguments: &CollectGarbageArgs,
    older_than: Duration,
    trashed_for: Duration,
) -> Result<String, ExitError> {
    let failed = |error: client_app::ports::StoreError| ExitError::Failed(error.to_string());
    let before = |age: Duration| {
        let age = SignedDuration::try_from(age).unwrap_or(SignedDuration::MAX);
        SystemClock.now().checked_sub(age).unwrap_or(Timestamp::MIN)
    };
    clients.compare_clocks().await.map_err(failed)?;
    if !clients.clock_is_right() {
        let sentence = "nothing was collected: the clocks of this machine and of the database differ";
        return Err(ExitError::Failed(sentence.to_owned()));
    }
    let mut summary = String::new();
    if arguments.find_untracked {
        let found = clients.queue_untracked_contents(before(older_than)).await.map_err(failed)?;
        summary = format!("{found} files without a document were found\n");
    }
    let rules = GarbageRules {
        // Computed after the search, so that the files it found count.
        orphaned_before: before(older_than),
        trashed_before: before(trashed_for),
        max_share: arguments.documents.max_orphan_share,
    };
    let round = clients.collect_garbage(&rules).await.map_err(failed)?;
    if let Some(stopped) = round.stopped {
        return Err(ExitError::Failed(format!(
            "nothing was collected: {stopped}; find out why so many files have no document, then raise \
             --max-orphan-share"
        )));
    }
    Ok(format!(
        "{summary}{} files were moved to the trash, {} deleted from it, {} moved back\n",
        round.trashed, round.deleted, round.restored
    ))
}
