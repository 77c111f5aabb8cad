//! Garbage collection of the files of documents, for the person who looks after them.

use std::sync::Arc;
use std::time::Duration;

use client_app::ports::Clock as _;
use client_app::{Clients, GarbageRules};
use jiff::{SignedDuration, Timestamp};
use tokio::runtime::Runtime;

use crate::cli::{CollectGarbageArgs, LogFormat};
use crate::span::span_or_zero;
use crate::storage::Storage;
use crate::system::{RandomKeys, SystemClock};
use crate::{Stop, documents, shutdown, telemetry};

/// Runs one round and says what it did.
pub(crate) fn run(arguments: &CollectGarbageArgs) -> Result<String, Stop> {
    let older_than = span_or_zero("--older-than", &arguments.older_than)?;
    let trashed_for = span_or_zero("--trashed-for", &arguments.trashed_for)?;
    telemetry::start(LogFormat::Text)?;
    let runtime = Runtime::new().map_err(|error| Stop::Failed(format!("no threads to run on: {error}")))?;
    shutdown::run_to_end(runtime, async {
        let place = documents::open(&arguments.documents, true).await?;
        let storage = Storage::of_database(&arguments.place).await?;
        let contents = documents::contents(place, &storage).await?;
        let clients = Clients::new(storage.clients(), Arc::new(SystemClock), Arc::new(RandomKeys))
            .with_contents(contents, storage.ledger());
        let done = collect(&clients, arguments, older_than, trashed_for).await;
        storage.close().await;
        done
    })
}

async fn collect(
    clients: &Clients,
    arguments: &CollectGarbageArgs,
    older_than: Duration,
    trashed_for: Duration,
) -> Result<String, Stop> {
    let failed = |error: client_app::ports::StoreError| Stop::Failed(error.to_string());
    let back = |age: Duration| {
        let age = SignedDuration::try_from(age).unwrap_or(SignedDuration::MAX);
        SystemClock.now().checked_sub(age).unwrap_or(Timestamp::MIN)
    };
    clients.compare_clocks().await.map_err(failed)?;
    if !clients.clock_is_right() {
        let sentence = "nothing was collected: the clock of this machine is not that of the database";
        return Err(Stop::Failed(sentence.to_owned()));
    }
    let mut told = String::new();
    if arguments.find_untracked {
        let found = clients.queue_untracked_contents(back(older_than)).await.map_err(failed)?;
        told = format!("{found} files were found that no document names\n");
    }
    let rules = GarbageRules {
        // After the search, so that what it has found counts.
        orphaned_before: back(older_than),
        trashed_before: back(trashed_for),
        max_share: arguments.documents.max_orphan_share,
    };
    let round = clients.collect_garbage(&rules).await.map_err(failed)?;
    if let Some(stopped) = round.stopped {
        return Err(Stop::Failed(format!(
            "nothing was collected: {stopped}; find out why so many files have no document, then allow more with \
             --max-orphan-share"
        )));
    }
    Ok(format!(
        "{told}{} files were moved to the trash, {} deleted from it, {} moved back\n",
        round.trashed, round.deleted, round.restored
    ))
}
