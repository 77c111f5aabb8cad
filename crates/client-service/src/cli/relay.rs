//! `client-service relay`: a process that delivers events and does nothing else.

use std::net::SocketAddr;
use std::sync::Arc;

use adapter_http::{Admin, Metrics};
use clap::Args;
use client_app::Clients;
use tokio_util::task::AbortOnDropHandle;

use crate::config::effective::EffectiveSettings;
use crate::config::error::SettingsError;
use crate::config::limits;
use crate::config::log::LogFormat;
use crate::config::storage_location::StorageArgs;
use crate::config::traces::TraceArgs;
use crate::config::webhook::WebhookArgs;
use crate::exit::ExitError;
use crate::jobs::supervisor::Supervisor;
use crate::jobs::{backlog, clock, delivery, metrics};
use crate::system::{RandomKeys, SystemClock};
use crate::wiring::listener::listen_admin;
use crate::wiring::storage::Storage;
use crate::wiring::webhook::webhook;
use crate::{runtime, shutdown, telemetry};

#[derive(Args, Debug)]
pub(crate) struct RelayArgs {
    #[command(flatten)]
    webhook: WebhookArgs,

    #[command(flatten)]
    storage: StorageArgs,

    /// The address for health, readiness and metrics
    #[arg(long, env = "CLIENTS_ADMIN_LISTEN", value_name = "ADDRESS:PORT")]
    admin_listen: Option<SocketAddr>,

    /// Seconds that deliveries in progress may take to finish at the stop
    #[arg(long, env = "CLIENTS_DRAIN_DEADLINE", value_name = "SECONDS", default_value_t = 10)]
    drain_deadline: u64,

    /// The format of the log on standard error; RUST_LOG sets its level (info by default)
    #[arg(long, env = "CLIENTS_LOG_FORMAT", value_enum, default_value_t = LogFormat::Text)]
    log_format: LogFormat,

    #[command(flatten)]
    traces: TraceArgs,
}

/// Delivers events until a signal stops the process.
pub(crate) fn run(arguments: &RelayArgs, settings: &EffectiveSettings) -> Result<(), ExitError> {
    let (webhook, timeout) = webhook(&arguments.webhook)?.ok_or_else(|| {
        SettingsError("there is no webhook to deliver to: give --webhook or CLIENTS_WEBHOOK".to_owned())
    })?;
    let drain_deadline = limits::drain_deadline(arguments.drain_deadline)?;
    let storage_location = arguments.storage.storage_location()?;
    let runtime = runtime::start()?;
    let telemetry = telemetry::with_traces(arguments.log_format, &arguments.traces, runtime.handle())?;
    runtime::run_to_end(runtime, async {
        let recorder = Metrics::install().map_err(|error| ExitError::Failed(error.to_string()))?;
        telemetry.describe();
        let storage = Storage::open_existing(&storage_location).await?;
        let admin = listen_admin(arguments.admin_listen).await?;
        let stop = shutdown::on_signal()?;
        let jobs = Supervisor::new(stop.clone());
        let clients = Clients::new(storage.clients(), Arc::new(SystemClock), Arc::new(RandomKeys))
            .with_check(jobs.health());
        settings.report();
        if let Some(listener) = &admin {
            let address = listener.local_addr().map_err(|error| ExitError::Failed(error.to_string()))?;
            tracing::info!(%address, "answering health, readiness and metrics");
        }
        // It answers until the last delivery has finished, so that a probe in the meantime reports the stop.
        let _answering = admin.map(|listener| {
            let admin = Admin::new(Arc::new(clients.clone()), recorder.clone(), stop.clone());
            AbortOnDropHandle::new(tokio::spawn(admin.answer(listener)))
        });
        metrics::upkeep(&jobs, &recorder);
        clock::compare(&jobs, &clients);
        backlog::measure(&jobs, storage.outbox(), true);
        delivery::deliver(&jobs, &clients, storage.outbox(), webhook, timeout);
        stop.cancelled().await;
        jobs.finish(drain_deadline).await;
        storage.close().await;
        telemetry.finish().await;
        tracing::info!("stopped");
        Ok(())
    })
}
