//! `client-service serve`: wires the adapters and serves the API.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use adapter_http::{Api, CorsOrigins, Limits, Metrics, RequestLog, ServeReport, Server, Tls};
use client_app::ports::{Clock as _, ReceiverName};
use client_app::relay::RelaySettings;
use client_app::{Clients, DuplicateQuota};
use client_domain::BankCalendar;
use client_domain::kyc::KycPolicy;
use phone_numbering::WorldNumbering;
use tokio::net::TcpListener;

use crate::config::database::Retention;
use crate::config::error::SettingsError;
use crate::config::reading::Reading;
use crate::config::service::ServeArgs;
use crate::config::storage_location::StorageLocation;
use crate::config::value::Switch;
use crate::config::{limits, listen, log, port, rules, tokens, unsafe_settings, webhook};
use crate::exit::ExitError;
use crate::first_screen::Quickstart;
use crate::jobs::supervisor::Supervisor;
use crate::jobs::{
    self as background, backlog, batches, clock, delivery, garbage, keys, metrics, normal_forms, population,
    replication, retention, secret_files,
};
use crate::reload::Hangups;
use crate::system::{RandomKeys, SystemClock};
use crate::wiring::auth::Keys;
use crate::wiring::console::{self, Entrance};
use crate::wiring::development_key::DevelopmentKey;
use crate::wiring::listener::{self, listen_admin};
use crate::wiring::live_settings::{InForce, LivePorts, LiveService, LiveValues, ServiceReload};
use crate::wiring::opening::{Opened, Opening};
use crate::wiring::replicas::replicated;
use crate::wiring::storage::{self, Storage};
use crate::wiring::test_controls;
use crate::{runtime, shutdown, stdout, telemetry};

/// Everything that the settings say before something outside of the program is asked.
struct Settled {
    storage_location: StorageLocation,
    opening: Opening,
    limits: Limits,
    ports: LivePorts,
    kyc_policy: KycPolicy,
    calendar: BankCalendar,
    numbering: WorldNumbering,
    duplicate_quota: DuplicateQuota,
    retention: Retention,
    addresses: Vec<SocketAddr>,
    delivery: RelaySettings,
    request_log: RequestLog,
    cors: Option<CorsOrigins>,
}

impl Settled {
    fn of(arguments: &ServeArgs) -> Result<Self, SettingsError> {
        let storage_location = arguments.storage_location()?;
        let confirmed_commits = arguments.database.confirmed_commits(&storage_location)?;
        // Also beside a data folder, which has no use for them: it may be the next start that names a server.
        arguments.database.connections()?;
        let console = console::settings(arguments)?;
        let keys = Keys::of(&arguments.keys, &storage_location, console.has_provider())?;
        let limits = limits::limits(&arguments.limits)?;
        let (ports, kyc_policy) = LivePorts::of(LiveValues::read(arguments)?);
        let addresses = listen::listen(&arguments.listen)?;
        if let Some(why) = keys.this_machine_only().or(console.this_machine_only()) {
            listen::this_machine_only(&addresses, why)?;
        }
        if arguments.test_controls == Switch::On {
            listen::this_machine_only(&addresses, test_controls::THIS_MACHINE_ONLY)?;
        }
        Ok(Self {
            storage_location,
            opening: Opening { keys, console, confirmed_commits },
            limits,
            ports,
            kyc_policy,
            calendar: rules::calendar(&arguments.rules)?,
            numbering: rules::numbering(&arguments.rules)?,
            duplicate_quota: rules::duplicate_quota(&arguments.rules)?,
            retention: arguments.database.retention()?,
            addresses,
            delivery: webhook::delivery(&arguments.webhook)?,
            request_log: log::request_log(&arguments.log)?,
            cors: port::cors(&arguments.port)?,
        })
    }
}

/// Serves the API until a signal stops the process. `command` is the whole command line, which knows every variable.
pub(crate) fn run(reading: Reading<ServeArgs>, command: &clap::Command) -> Result<(), ExitError> {
    let settled = Settled::of(&reading.arguments)?;
    let replica_settings =
        reading.arguments.replicas.settings(&reading.arguments.database, &settled.storage_location)?;
    let Settled { storage_location, ports, kyc_policy, limits, .. } = settled;
    let drain_deadline = limits.drain_deadline;
    let needs_a_standby = reading.arguments.database.storage.require_synchronous_standby == Switch::On;
    let runtime = runtime::start_until_stopped()?;
    let (format, traces) = (reading.arguments.log.log_format, &reading.arguments.traces);
    let telemetry = telemetry::with_traces(format, traces, runtime.handle())?;

    runtime::run_to_end(runtime, async {
        let arguments = &reading.arguments;
        let hangups = Hangups::receive()?;
        let stop = shutdown::on_signal()?;
        let recorder = Metrics::install().map_err(|error| ExitError::Failed(error.to_string()))?;
        telemetry.describe();
        let opening = Box::pin(settled.opening.open(arguments, &storage_location));
        let Some(opened) = shutdown::unless_stopped(&stop, opening).await? else { return Ok(()) };
        let Opened { storage, contents, confirming, verifier, development, entrance } = opened;
        // After everything that can refuse the start: a refusal is one sentence, without warnings before it.
        storage::report(&storage_location);
        unsafe_settings::report(&unsafe_settings::of_service(arguments, &kyc_policy), command);
        let jobs = Supervisor::new(stop.clone());
        let test_clock = test_controls::clock(arguments.test_controls);
        let clock = test_clock.clone().map_or_else(test_controls::machine, |clock| Arc::new(clock));
        let clients = Clients::new(storage.clients(), clock, Arc::new(RandomKeys))
            .with_accounts(ports.accounts.clone())
            .with_branches(ports.branches.clone())
            .with_contents(contents, storage.ledger())
            .with_back_office(storage.back_office(&arguments.rules).with_jobs(jobs.health()))
            .with_batches(storage.batches(), arguments.batches.rules(&settled.retention))
            .with_exports(storage.export_log(), arguments.exports.rules())
            .with_policy(rules::policy(&arguments.rules, &arguments.ledger))
            .with_calendar(settled.calendar)
            .with_numbering(Arc::new(settled.numbering))
            .with_duplicate_quota(settled.duplicate_quota)
            .with_kyc_policy(kyc_policy)
            .with_check(jobs.health())
            .with_check(verifier.clone());
        let (clients, replicas) =
            replicated(clients, &replica_settings, &storage, &arguments.database).await?;
        let clients = replication::watched(clients, &jobs, confirming, needs_a_standby);
        let api = Api {
            operations: Arc::new(clients.clone()),
            verifier: verifier.clone(),
            limits,
            description: client_wire::description(),
            metrics: recorder.clone(),
        };
        let listener = listener::listen("--listen", &arguments.listen, &settled.addresses)?;
        let admin = listen_admin(arguments.admin_listen)?;
        let address = listener.local_addr().map_err(|error| ExitError::Failed(error.to_string()))?;
        let base = format!("{}://{address}", if ports.tls.is_some() { "https" } else { "http" });
        tracing::info!(%address, tls = ports.tls.is_some(), "listening");
        reading.effective.report();
        if let Some(key) = &development {
            let longest = tokens::max_lifetime(&arguments.keys)?;
            print_first_screen(key, &base, &storage_location, entrance.as_ref(), longest)?;
        }
        keys::refresh(&jobs, &verifier);
        metrics::upkeep(&jobs, &recorder);
        let in_force = InForce::new(arguments);
        watch(&jobs, &storage, &clients, &in_force, ports.webhooks.keys().cloned().collect());
        work(&jobs, &storage, &clients, arguments, settled.retention);
        if delivers(arguments) && !ports.webhooks.is_empty() {
            delivery::deliver(&jobs, &clients, &storage.outbox(), &ports.webhooks, &settled.delivery).await;
        }
        let tls = ports.tls.clone();
        let service = LiveService {
            clients: clients.clone(),
            ports,
            verifier,
            is_development: development.is_some(),
            provider: entrance.as_ref().and_then(Entrance::claims),
            storage_location: storage_location.clone(),
            addresses: settled.addresses,
        };
        let server = Server::new(api).with_request_log(settled.request_log);
        let server = with_ports(server, tls, settled.cors, admin);
        let server = test_controls::offer(server, &clients, &storage, test_clock);
        let server = console::offer(server, &storage, &jobs, entrance, &base);
        let reload = Arc::new(ServiceReload::new(reading, in_force, service));
        hangups.follow(stop.clone(), move || reload.clone().round());
        // The jobs and the server drain at the same time, so that one deadline holds for both.
        let finished = async {
            stop.cancelled().await;
            jobs.finish(drain_deadline).await;
        };
        let (report, ()) = tokio::join!(server.serve(listener, stop.clone()), finished);
        replicas.close().await;
        storage.close().await;
        telemetry.finish().await;
        log_end(&report);
        Ok(())
    })
}

/// Prints what a user who has configured nothing can do. It holds tokens, so it does not get into the log.
fn print_first_screen(
    key: &DevelopmentKey,
    base: &str,
    storage_location: &StorageLocation,
    entrance: Option<&Entrance>,
    longest: Duration,
) -> Result<(), ExitError> {
    let quickstart = Quickstart {
        base: base.to_owned(),
        key,
        storage_location,
        now: SystemClock.now(),
        longest,
        console: entrance.map(|entrance| entrance.address(base)),
    };
    stdout::print(&quickstart.text()?);
    Ok(())
}

fn log_end(report: &ServeReport) {
    let ServeReport { accepted, connections_cut, operations_cut, .. } = report;
    tracing::info!(accepted, connections_cut, operations_cut, "stopped");
}

/// The server with what its ports speak, and whom they answer.
fn with_ports(
    server: Server,
    tls: Option<Tls>,
    cors: Option<CorsOrigins>,
    admin: Option<TcpListener>,
) -> Server {
    let server = tls.into_iter().fold(server, Server::with_tls);
    let server = cors.into_iter().fold(server, Server::with_cors);
    admin.into_iter().fold(server, Server::with_admin)
}

/// Starts the jobs that measure.
fn watch(
    jobs: &Supervisor,
    storage: &Storage,
    clients: &Clients,
    in_force: &InForce,
    receivers: Vec<ReceiverName>,
) {
    let (storage, clients) = by_the_clock(storage, clients);
    backlog::measure(jobs, storage.outbox(), receivers);
    population::measure(jobs, &storage, clients.calendar());
    let files = in_force.clone();
    secret_files::measure(jobs, move || files.arguments().secret_files());
    clock::compare(jobs, &clients);
}

/// Whether this process delivers events, if there is a webhook.
fn delivers(arguments: &ServeArgs) -> bool {
    arguments.relay == Switch::On && arguments.replicas.read_only == Switch::Off
}

/// Starts the jobs that change or delete what is due; none of them where the service only reads.
fn work(
    jobs: &Supervisor,
    storage: &Storage,
    clients: &Clients,
    arguments: &ServeArgs,
    retention_periods: Retention,
) {
    if arguments.replicas.read_only == Switch::On {
        return;
    }
    // These are commands of callers.
    batches::execute(jobs, clients);
    let (storage, clients) = by_the_clock(storage, clients);
    retention::enforce(jobs, &storage, &clients, retention_periods);
    normal_forms::recompute(jobs, &storage);
    background::follow_the_calendar(jobs, &clients);
    garbage::collect(jobs, &clients, arguments.documents.max_orphan_share);
}

/// The storage and the use cases of jobs that no caller has caused.
fn by_the_clock(storage: &Storage, clients: &Clients) -> (Storage, Clients) {
    let storage = storage.for_jobs();
    let clients = clients.clone().with_store(storage.clients());
    (storage, clients)
}
