//! `client-service relay`: a process that delivers events and does nothing else.

use std::collections::BTreeSet;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use adapter_http::{Admin, Metrics};
use clap::Args;
use client_app::Clients;
use client_app::relay::RelaySettings;
use tokio_util::task::AbortOnDropHandle;

use crate::config::error::SettingsError;
use crate::config::log::LogFormat;
use crate::config::reading::Reading;
use crate::config::reloaded::{FixedFiles, RELOADED};
use crate::config::secret::SecretFile;
use crate::config::storage_location::{StorageArgs, StorageLocation};
use crate::config::traces::TraceArgs;
use crate::config::unsafe_settings::UnsafeSetting;
use crate::config::webhook::{self as webhook_settings, WebhookArgs};
use crate::config::{limits, traces, unsafe_settings, webhook_receiver};
use crate::exit::ExitError;
use crate::jobs::supervisor::Supervisor;
use crate::jobs::{backlog, clock, delivery, metrics, secret_files};
use crate::reload::{Hangups, Refused, Reloaded};
use crate::system::{RandomKeys, SystemClock};
use crate::wiring::listener::listen_admin;
use crate::wiring::storage::Storage;
use crate::wiring::webhook::{self, WebhookPorts, Webhooks, webhooks};
use crate::{runtime, shutdown, telemetry};

#[derive(Args, Clone, Debug)]
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

/// Everything that the settings say before something outside of the program is asked.
struct Settled {
    webhooks: Webhooks,
    delivery: RelaySettings,
    drain_deadline: Duration,
    storage_location: StorageLocation,
}

impl Settled {
    fn of(arguments: &RelayArgs) -> Result<Self, SettingsError> {
        traces::traces(&arguments.traces)?;
        Ok(Self {
            webhooks: receivers(&arguments.webhook)?,
            delivery: webhook_settings::delivery(&arguments.webhook)?,
            drain_deadline: limits::drain_deadline(arguments.drain_deadline)?,
            storage_location: arguments.storage.storage_location()?,
        })
    }
}

/// Delivers events until a signal stops the process. `command` is the whole command line, which knows every variable.
pub(crate) fn run(reading: Reading<RelayArgs>, command: &clap::Command) -> Result<(), ExitError> {
    let arguments = &reading.arguments;
    let Settled { webhooks, delivery: delivery_settings, drain_deadline, storage_location } =
        Settled::of(arguments)?;
    let ports = webhook::ports(webhooks);
    let runtime = runtime::start_until_stopped()?;
    let telemetry = telemetry::with_traces(arguments.log_format, &arguments.traces, runtime.handle())?;
    runtime::run_to_end(runtime, async {
        let reading = Arc::new(reading);
        let arguments = &reading.arguments;
        let hangups = Hangups::receive()?;
        let stop = shutdown::on_signal()?;
        let recorder = Metrics::install().map_err(|error| ExitError::Failed(error.to_string()))?;
        telemetry.describe();
        let opening = Storage::open_existing(&storage_location);
        let Some(storage) = shutdown::unless_stopped(&stop, opening).await? else { return Ok(()) };
        let admin = listen_admin(arguments.admin_listen)?;
        let jobs = Supervisor::new(stop.clone());
        let clients = Clients::new(storage.clients(), Arc::new(SystemClock), Arc::new(RandomKeys))
            .with_check(jobs.health());
        unsafe_settings::report(&arguments.unsafe_settings(), command);
        reading.effective.report();
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
        backlog::measure(&jobs, storage.outbox(), ports.keys().cloned().collect());
        delivery::deliver(&jobs, &clients, &storage.outbox(), &ports, &delivery_settings).await;
        let in_force = Arc::new(Mutex::new(arguments.clone()));
        let fixed = Arc::new(FixedFiles::read(arguments.secret_files()));
        let watched = in_force.clone();
        secret_files::measure(&jobs, move || lock(&watched).secret_files());
        let reload_from = reading.clone();
        hangups.follow(stop.clone(), move || {
            let (reading, ports) = (reload_from.clone(), ports.clone());
            let (in_force, fixed) = (in_force.clone(), fixed.clone());
            async move { reload(&reading, &ports, &in_force, &fixed) }
        });
        stop.cancelled().await;
        jobs.finish(drain_deadline).await;
        storage.close().await;
        telemetry.finish().await;
        tracing::info!("stopped");
        Ok(())
    })
}

impl RelayArgs {
    /// The files that hold secrets.
    fn secret_files(&self) -> Vec<SecretFile> {
        let database = ("database-url-file", self.storage.database_url_file.as_deref());
        let files = self.webhook.files().into_iter().chain([database]);
        let files = files.filter_map(|(setting, file)| SecretFile::named(setting, file));
        files.chain(webhook_receiver::files(&self.webhook)).collect()
    }

    fn unsafe_settings(&self) -> Vec<UnsafeSetting> {
        unsafe_settings::of_relay(&self.webhook, &self.storage, self.secret_files())
    }
}

fn receivers(arguments: &WebhookArgs) -> Result<Webhooks, SettingsError> {
    let webhooks = webhooks(arguments)?;
    if webhooks.is_empty() {
        let missing = "there is no webhook to deliver to: give --webhook or CLIENTS_WEBHOOK";
        return Err(SettingsError(missing.to_owned()));
    }
    Ok(webhooks)
}

fn lock(in_force: &Mutex<RelayArgs>) -> MutexGuard<'_, RelayArgs> {
    in_force.lock().unwrap_or_else(PoisonError::into_inner)
}

/// Takes over the addresses, secrets and types of the webhooks as they are now. `in_force` are the settings in use.
fn reload(
    reading: &Reading<RelayArgs>,
    ports: &WebhookPorts,
    in_force: &Mutex<RelayArgs>,
    fixed: &FixedFiles,
) -> Reloaded {
    let (newer, effective) = (reading.again)().map_err(|why| Refused { why, file: None })?;
    let settings = reading.arguments.webhook.reloaded(&newer.webhook);
    let webhooks = receivers(&settings).map_err(|why| Refused::of(why, settings.files()))?;
    webhook::check_names(ports, &webhooks).map_err(|why| Refused::of(why, settings.files()))?;
    // What waits for the next start must not make that one fail.
    Settled::of(&newer).map_err(|why| Refused::of(why, newer.webhook.files()))?;
    webhook::replace(ports, webhooks);
    let mut used = lock(in_force);
    let before = used.unsafe_settings();
    used.webhook = settings;
    unsafe_settings::report_change(&before, &used.unsafe_settings());
    drop(used);
    let changed = reading.effective.changed(&effective).filter(|flag| !RELOADED.contains(flag));
    let files = FixedFiles::read(newer.secret_files());
    let changed: BTreeSet<_> = changed.chain(fixed.changed(&files)).collect();
    Ok(changed.into_iter().map(|flag| format!("--{flag}")).collect())
}
