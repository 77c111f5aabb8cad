//! A process that delivers events and does nothing else.

use std::time::Duration;

use tokio::runtime::Runtime;

use crate::cli::RelayArgs;
use crate::relay_task::RelayTask;
use crate::settings::SettingsError;
use crate::storage::Storage;
use crate::{Stop, shutdown, telemetry, webhook};

/// Delivers until told to stop.
pub(crate) fn run(arguments: &RelayArgs) -> Result<(), Stop> {
    let answer = webhook::timeout(&arguments.webhook)?;
    let webhook = webhook::webhook(&arguments.webhook)?.ok_or_else(|| {
        SettingsError("there is nobody to deliver to: give --webhook or CLIENTS_WEBHOOK".to_owned())
    })?;
    telemetry::start(arguments.log_format)?;
    let runtime = Runtime::new().map_err(|error| Stop::Failed(format!("no threads to run on: {error}")))?;
    runtime.block_on(async {
        let storage = Storage::of_database(&arguments.place).await?;
        let stop = shutdown::on_signal().map_err(|error| Stop::Failed(format!("no signals: {error}")))?;
        let relay = RelayTask::start(storage.outbox(), webhook, answer, &stop);
        stop.cancelled().await;
        relay.finish(Duration::from_secs(arguments.drain_deadline)).await;
        storage.close().await;
        tracing::info!("stopped");
        Ok(())
    })
}
