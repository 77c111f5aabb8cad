//! A process that delivers events and does nothing else.

use std::sync::Arc;

use adapter_http::{Admin, Metrics};
use client_app::Clients;
use tokio::runtime::Runtime;
use tokio_util::task::AbortOnDropHandle;

use crate::cli::RelayArgs;
use crate::jobs::{self, Supervisor};
use crate::serve::listen;
use crate::settings::{self, SettingsError};
use crate::storage::Storage;
use crate::system::{RandomKeys, SystemClock};
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
        let metrics = Metrics::install().map_err(|error| Stop::Failed(error.to_string()))?;
        let storage = Storage::of_database(&arguments.place).await?;
        let admin = match arguments.admin_listen {
            Some(address) => Some(listen("--admin-listen", &address.to_string(), &[address]).await?),
            None => None,
        };
        let stop = shutdown::on_signal().map_err(|error| Stop::Failed(format!("no signals: {error}")))?;
        let jobs = Supervisor::new(stop.clone());
        let clients = Clients::new(storage.clients(), Arc::new(SystemClock), Arc::new(RandomKeys))
            .with_check(jobs.health());
        if let Some(listener) = &admin {
            let address = listener.local_addr().map_err(|error| Stop::Failed(error.to_string()))?;
            tracing::info!(%address, "answering operators");
        }
        // To the very end, as for a service: whoever asks while deliveries are finished is told that it stops.
        let _answering = admin.map(|listener| {
            let admin = Admin::new(Arc::new(clients.clone()), metrics.clone(), stop.clone());
            AbortOnDropHandle::new(tokio::spawn(admin.answer(listener)))
        });
        jobs::upkeep_metrics(&jobs, &metrics);
        jobs::compare_clocks(&jobs, &clients);
        jobs::watch_backlog(&jobs, storage.outbox());
        jobs::deliver(&jobs, &clients, storage.outbox(), webhook, answer);
        stop.cancelled().await;
        jobs.finish(drain_deadline).await;
        storage.close().await;
        tracing::info!("stopped");
        Ok(())
    })
}
