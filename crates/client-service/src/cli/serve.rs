//! `client-service serve`: wires the adapters and serves the API.

use std::sync::Arc;
use std::time::Duration;

use adapter_http::{Api, Metrics, Server};
use adapter_webhook::Webhook;
use client_app::Clients;
use client_app::ports::Clock as _;

use crate::config::database::Retention;
use crate::config::effective::EffectiveSettings;
use crate::config::service::ServeArgs;
use crate::config::value::Switch;
use crate::config::{limits, listen, log, rules, unsafe_settings};
use crate::exit::ExitError;
use crate::first_screen::Quickstart;
use crate::jobs::supervisor::Supervisor;
use crate::jobs::{
    self as background, backlog, clock, delivery, garbage, keys, metrics, normal_forms, population,
    retention, secret_files,
};
use crate::system::{RandomKeys, SystemClock};
use crate::wiring::auth::Keys;
use crate::wiring::console;
use crate::wiring::directory::directory;
use crate::wiring::documents;
use crate::wiring::ledger::accounts;
use crate::wiring::listener::{self, listen_admin};
use crate::wiring::replicas::replicated;
use crate::wiring::storage::{self, Storage};
use crate::wiring::test_controls;
use crate::wiring::webhook::webhook;
use crate::{runtime, shutdown, stdout, telemetry};

/// Serves the API until a signal stops the process. `command` is the whole command line, which knows every variable.
pub(crate) fn run(
    arguments: &ServeArgs,
    command: &clap::Command,
    settings: &EffectiveSettings,
) -> Result<(), ExitError> {
    let storage_location = arguments.storage_location()?;
    let replica_settings = arguments.replicas.settings(&arguments.database, &storage_location)?;
    let console_settings = console::settings(arguments)?;
    let token_keys = Keys::of(&arguments.keys, &storage_location, console_settings.has_provider())?;
    let limits = limits::limits(&arguments.limits)?;
    let directory = directory(&arguments.rules)?;
    let kyc_policy = rules::kyc_policy(&arguments.rules)?;
    let calendar = rules::calendar(&arguments.rules)?;
    let numbering = rules::numbering(&arguments.rules)?;
    let duplicate_quota = rules::duplicate_quota(&arguments.rules)?;
    let retention_periods = arguments.database.retention()?;
    let addresses = listen::listen(&arguments.listen)?;
    if let Some(why) = token_keys.this_machine_only().or(console_settings.this_machine_only()) {
        listen::this_machine_only(&addresses, why)?;
    }
    if arguments.test_controls == Switch::On {
        listen::this_machine_only(&addresses, test_controls::THIS_MACHINE_ONLY)?;
    }
    let accounts = accounts(&arguments.ledger)?;
    let webhook = webhook(&arguments.webhook)?;
    let (drain_deadline, request_log) = (limits.drain_deadline, log::request_log(&arguments.log)?);
    let runtime = runtime::start()?;
    let telemetry = telemetry::with_traces(arguments.log.log_format, &arguments.traces, runtime.handle())?;

    runtime::run_to_end(runtime, async {
        let token_keys = token_keys.load().await?;
        let recorder = Metrics::install().map_err(|error| ExitError::Failed(error.to_string()))?;
        telemetry.describe();
        let location = documents::open(&arguments.documents.location, &storage_location).await?;
        let storage =
            Storage::open(&storage_location, &arguments.database, replica_settings.read_only).await?;
        let contents = documents::contents(location, &storage_location, &storage).await?;
        let (verifier, development) = token_keys.verifier(&storage_location).await?;
        let entrance = console_settings.entrance(development.is_some()).await?;
        // After everything that can refuse the start: a refusal is one sentence, without warnings before it.
        storage::report(&storage_location);
        unsafe_settings::report(arguments, &kyc_policy);
        unsafe_settings::report_unknown_variables(command);
        let stop = shutdown::on_signal()?;
        let jobs = Supervisor::new(stop.clone());
        let test_clock = test_controls::clock(arguments.test_controls);
        let clock = test_clock.clone().map_or_else(test_controls::machine, |clock| Arc::new(clock));
        let clients = Clients::new(storage.clients(), clock, Arc::new(RandomKeys))
            .with_accounts(accounts)
            .with_branches(Arc::new(directory))
            .with_contents(contents, storage.ledger())
            .with_back_office(storage.back_office(&arguments.rules).with_jobs(jobs.health()))
            .with_policy(rules::policy(&arguments.rules, &arguments.ledger))
            .with_calendar(calendar)
            .with_numbering(Arc::new(numbering))
            .with_duplicate_quota(duplicate_quota)
            .with_kyc_policy(kyc_policy)
            .with_check(jobs.health())
            .with_check(verifier.clone());
        let (clients, replicas) =
            replicated(clients, &replica_settings, &storage, &arguments.database).await?;
        let api = Api {
            operations: Arc::new(clients.clone()),
            verifier: verifier.clone(),
            limits,
            description: client_wire::description(),
            metrics: recorder.clone(),
        };
        let listener = listener::listen("--listen", &arguments.listen, &addresses).await?;
        let admin = listen_admin(arguments.admin_listen).await?;
        let address = listener.local_addr().map_err(|error| ExitError::Failed(error.to_string()))?;
        tracing::info!(%address, "listening");
        settings.report();
        if let Some(key) = &development {
            let quickstart = Quickstart {
                address,
                key,
                storage_location: &storage_location,
                now: SystemClock.now(),
                console: entrance.as_ref().map(|entrance| entrance.address(address)),
            };
            stdout::print(&quickstart.text()?);
        }
        keys::refresh(&jobs, &verifier);
        metrics::upkeep(&jobs, &recorder);
        watch(&jobs, &storage, &clients, arguments, webhook.is_some());
        work(&jobs, &storage, &clients, arguments, retention_periods, webhook);
        let server = Server::new(api).with_request_log(request_log);
        let server = admin.into_iter().fold(server, Server::with_admin);
        let server = test_controls::offer(server, &clients, &storage, test_clock);
        let server = console::offer(server, &storage, &jobs, entrance, address);
        // The jobs and the server drain at the same time, so that one deadline holds for both.
        let finished = async {
            stop.cancelled().await;
            jobs.finish(drain_deadline).await;
        };
        let (report, ()) = tokio::join!(server.serve(listener, stop.clone()), finished);
        replicas.close().await;
        storage.close().await;
        telemetry.finish().await;
        tracing::info!(
            accepted = report.accepted,
            connections_cut = report.connections_cut,
            operations_cut = report.operations_cut,
            "stopped"
        );
        Ok(())
    })
}

/// Starts the jobs that measure.
fn watch(jobs: &Supervisor, storage: &Storage, clients: &Clients, arguments: &ServeArgs, has_receiver: bool) {
    backlog::measure(jobs, storage.outbox(), has_receiver);
    population::measure(jobs, storage, clients.calendar());
    secret_files::measure(jobs, arguments.secret_files());
    clock::compare(jobs, clients);
}

/// Starts the jobs that change or delete what is due, and the delivery of events; none of them where the service only reads.
fn work(
    jobs: &Supervisor,
    storage: &Storage,
    clients: &Clients,
    arguments: &ServeArgs,
    retention_periods: Retention,
    webhook: Option<(Webhook, Duration)>,
) {
    if arguments.replicas.read_only == Switch::On {
        return;
    }
    retention::enforce(jobs, storage, clients, retention_periods);
    normal_forms::recompute(jobs, storage);
    background::follow_the_calendar(jobs, clients);
    garbage::collect(jobs, clients, arguments.documents.max_orphan_share);
    if let Some((webhook, timeout)) = webhook.filter(|_| arguments.relay == Switch::On) {
        delivery::deliver(jobs, clients, storage.outbox(), webhook, timeout);
    }
}
