//! `client-service receivers`: lists the registered receivers of events, and forgets one.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use client_app::ports::{Outbox, ReceiverName, StoreError};
use serde_json::json;

use crate::config::error::SettingsError;
use crate::config::log::LogFormat;
use crate::config::storage_location::StorageArgs;
use crate::exit::ExitError;
use crate::wiring::storage::Storage;
use crate::{runtime, telemetry};

#[derive(Args, Debug)]
pub(crate) struct ReceiversArgs {
    #[command(flatten)]
    storage: StorageArgs,

    /// What to do; list is the default
    #[command(subcommand)]
    command: Option<ReceiverCommand>,
}

#[derive(Subcommand, Debug)]
enum ReceiverCommand {
    /// Print the receivers other than the default one with their backlogs, one JSON object per line
    List,
    /// Remove a receiver that is no longer configured, and delete every event that waits for it
    Forget {
        /// The receiver, as the list names it
        #[arg(long, value_name = "NAME")]
        receiver: String,
    },
}

/// Runs the command, and returns its result as text.
pub(crate) fn run(arguments: &ReceiversArgs) -> Result<String, ExitError> {
    let forgotten = match &arguments.command {
        None | Some(ReceiverCommand::List) => None,
        Some(ReceiverCommand::Forget { receiver }) => Some(further(receiver)?),
    };
    let storage_location = arguments.storage.storage_location()?;
    telemetry::start(LogFormat::Text)?;
    runtime::run_to_end(runtime::start()?, async {
        let storage = match &forgotten {
            None => Storage::open_reading(&storage_location).await?,
            Some(_) => Storage::open_existing(&storage_location).await?,
        };
        let outbox = storage.outbox();
        let result = match &forgotten {
            None => list(&*outbox).await.map(Ok),
            Some(receiver) => forget(&*outbox, receiver).await,
        };
        storage.close().await;
        result.map_err(|error| ExitError::Failed(error.to_string()))?
    })
}

/// The receiver that `--receiver` names.
pub(super) fn named(receiver: &str) -> Result<ReceiverName, SettingsError> {
    ReceiverName::parse(receiver).map_err(|rule| SettingsError(format!("--receiver {rule}")))
}

/// The same, if it is not the default one.
fn further(receiver: &str) -> Result<ReceiverName, SettingsError> {
    let name = named(receiver)?;
    if name.is_default() {
        return Err(SettingsError("--receiver: the receiver default cannot be forgotten; give the name of another receiver, as client-service receivers list shows it".to_owned()));
    }
    Ok(name)
}

async fn list(outbox: &dyn Outbox) -> Result<String, StoreError> {
    let backlog = outbox.backlog().await?;
    let mut text = String::new();
    for registration in outbox.receivers().await? {
        let waiting = backlog.get(&registration.receiver).copied().unwrap_or_default();
        let line = json!({
            "receiver": registration.receiver.as_str(),
            "types": registration.filter.names(),
            "since": registration.since.to_string(),
            "oldestUndelivered": waiting.oldest.map(|at| at.to_string()),
            "deadLetters": waiting.dead,
        });
        let _infallible = writeln!(text, "{line}");
    }
    Ok(text)
}

async fn forget(
    outbox: &dyn Outbox,
    receiver: &ReceiverName,
) -> Result<Result<String, ExitError>, StoreError> {
    if !outbox.forget(receiver).await? {
        return Ok(Err(ExitError::Failed("--receiver: no receiver with this name is registered; client-service receivers list shows the names".to_owned())));
    }
    tracing::warn!(
        receiver = receiver.as_str(),
        "a receiver was forgotten with everything that waited for it"
    );
    Ok(Ok("forgotten\n".to_owned()))
}
