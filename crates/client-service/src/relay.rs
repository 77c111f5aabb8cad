//! A process that delivers events and does nothing else.

use tokio::runtime::Runtime;

use crate::cli::RelayArgs;
use crate::jobs::{self, Supervisor};
use crate::settings::{self, SettingsError};
use crate::storage::Storage;
use crate::{Stop, shutdown, telemetry, webhook};

/// Delivers until told to stop.
pub(crate) fn run(arguments: &RelayArgs) -> Result<(), Stop> {
    let answer = webhook::timeout(&arguments.webhook)?;
    let webhook = webhook::webhook(&arguments.webhook)?.ok_or_else(|| {
        SettingsError("there is nobody to deliver to: give --webhook or CLIENTS_WEBHOOK".to_owned())
    })?;
    let drain_deadline = settings::drain_deadline(arguments.drain_deadline)?;
    telemetry::start(arguments.log_format)?;
    let runtime = Runtime::new().map_err(|error| Stop::Failed(format!("no threads to run on: {error}")))?;
    shutdown::run_to_end(runtime, async {
        let storage = Storage::of_database(&arguments.place).await?;
        let stop = shutdown::on_signal().map_err(|error| Stop::Failed(format!("no signals: {error}")))?;
        let jobs = Supervisor::new(stop.clone());
        jobs::deliver(&jobs, storage.outbox(), webhook, answer);
        stop.cancelled().await;
        jobs.finish(drain_deadline).await;
        storage.close().await;
        tracing::info!("stopped");
        Ok(())
    })
}
