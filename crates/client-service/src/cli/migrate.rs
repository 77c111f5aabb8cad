//! `client-service migrate`: migrates the schema, where the service itself does not.

use std::time::Duration;

use clap::Args;

use crate::config::log::LogFormat;
use crate::config::storage_location::{StorageArgs, StorageLocation};
use crate::exit::ExitError;
use crate::wiring::documents;
use crate::wiring::storage::{Storage, schema};
use crate::{runtime, telemetry};

/// How often what was left out is tried again: a client that is written at that moment is free soon.
const ROUNDS: u32 = 5;
/// The rest between two of these.
const REST: Duration = Duration::from_secs(1);
/// After how many clients the progress is logged.
const REPORTED_CLIENTS: u64 = 30_000;

#[derive(Args, Debug)]
pub(crate) struct MigrateArgs {
    #[command(flatten)]
    storage: StorageArgs,

    /// Only say what would be done
    #[arg(long)]
    dry_run: bool,
}

/// Migrates the schema, recomputes what the release before has stored, and says what was done.
pub(crate) fn run(arguments: &MigrateArgs) -> Result<String, ExitError> {
    let storage_location = arguments.storage.storage_location()?;
    telemetry::start(LogFormat::Text)?;
    runtime::run_to_end(runtime::start()?, async {
        if arguments.dry_run {
            let (now, needed) = schema::versions(&storage_location).await?;
            return Ok(sentence(now, needed, "would be"));
        }
        let (before, after) = schema::migrate(&storage_location).await?;
        recompute(&storage_location).await?;
        Ok(sentence(before, after, "was"))
    })
}

/// What is done with a schema. One that is newer than the program needs is left alone.
fn sentence(before: i64, after: i64, is: &str) -> String {
    if before >= after {
        return format!("the schema is at {before}, and nothing has to be done\n");
    }
    format!("the schema {is} brought from {before} to {after}\n")
}

async fn recompute(storage_location: &StorageLocation) -> Result<(), ExitError> {
    let storage = Storage::open_existing(storage_location).await?;
    // The files of a data folder belong to its database from the first moment.
    documents::contents(None, storage_location, &storage).await?;
    for round in 1..=ROUNDS {
        let done = storage.recompute(|progress| {
            if progress.clients % REPORTED_CLIENTS < progress.batch {
                tracing::info!(clients = progress.clients, "normal forms are being recomputed");
            }
        });
        let failed = |error| {
            let sentence = "the schema is up to date, and normal forms are not all recomputed; run this again, or leave it to \
                the service";
            ExitError::Failed(format!("{sentence}: {error}"))
        };
        let done = done.await.map_err(failed)?;
        done.log();
        if done.left_out == 0 || round == ROUNDS {
            break;
        }
        tokio::time::sleep(REST).await;
    }
    storage.close().await;
    Ok(())
}
