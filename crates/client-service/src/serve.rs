//! Serving: which adapter goes where.

use std::net::SocketAddr;
use std::sync::Arc;

use adapter_http::auth::{Expectations, KeySource, Refresh, TokenVerifier};
use adapter_http::{Api, Metrics, Server};
use client_app::Clients;
use client_app::ports::Clock as _;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::cli::{ServeArgs, Switch};
use crate::development::Welcome;
use crate::jobs::{self, Supervisor};
use crate::settings::{self, SettingsError};
use crate::storage::Storage;
use crate::system::{RandomKeys, SystemClock, random_secret};
use crate::{Stop, directory, documents, print, shutdown, telemetry, unsafe_settings, webhook};

/// Serves until told to stop.
pub(crate) fn run(arguments: &ServeArgs) -> Result<(), Stop> {
    let beside_database = settings::has_database(&arguments.database.place);
    let mut sources = settings::key_sources(&arguments.keys, beside_database)?;
    if beside_database && sources.is_empty() {
        return Err(needs_a_key().into());
    }
    let secret = sources.is_empty().then(random_secret);
    if let Some(secret) = &secret {
        sources.push(KeySource::hs256_secret("the development key", secret.as_str()));
    }
    let limits = settings::limits(&arguments.limits)?;
    let directory = directory::directory(&arguments.rules)?;
    let kyc_policy = settings::kyc_policy(&arguments.rules)?;
    let duplicate_quota = settings::duplicate_quota(&arguments.rules)?;
    let addressing = settings::expectations(&arguments.keys.secret);
    let max_lifetime = Some(settings::max_lifetime(&arguments.keys)?);
    let expectations = Expectations { max_lifetime, ..addressing };
    let retention = settings::retention(&arguments.database)?;
    let addresses = settings::listen(&arguments.listen)?;
    let answer = webhook::timeout(&arguments.webhook)?;
    let webhook = webhook::webhook(&arguments.webhook)?;
    let drain_deadline = limits.drain_deadline;
    telemetry::start(arguments.log_format)?;

    let runtime = Runtime::new().map_err(|error| Stop::Failed(format!("no threads to run on: {error}")))?;
    shutdown::run_to_end(runtime, async {
        let clock = Arc::new(|| SystemClock.now());
        let verifier = TokenVerifier::load(sources, expectations.clone(), clock, Refresh::default());
        let verifier = Arc::new(verifier.await.map_err(SettingsError::from)?);
        let metrics = Metrics::install().map_err(|error| Stop::Failed(error.to_string()))?;
        let has_database = settings::has_database(&arguments.database.place);
        let place = documents::open(&arguments.documents, has_database).await?;
        let storage = Storage::open(&arguments.database).await?;
        let contents = documents::contents(place, &storage).await?;
        // Behind everything that refuses the start, so that a refusal is one sentence.
        unsafe_settings::report(arguments);
        unsafe_settings::report_unknown_variables();
        let stop = shutdown::on_signal().map_err(|error| Stop::Failed(format!("no signals: {error}")))?;
        let jobs = Supervisor::new(stop.clone());
        let clients = Clients::new(storage.clients(), Arc::new(SystemClock), Arc::new(RandomKeys))
            .with_branches(Arc::new(directory))
            .with_contents(contents, storage.ledger())
            .with_policy(settings::policy(&arguments.rules))
            .with_duplicate_quota(duplicate_quota)
            .with_kyc_policy(kyc_policy)
            .with_check(jobs.health())
            .with_check(verifier.clone());
        let api = Api {
            operations: Arc::new(clients.clone()),
            verifier: verifier.clone(),
            limits,
            description: client_wire::description(),
            metrics: metrics.clone(),
        };
        let listener = listen("--listen", &arguments.listen, &addresses).await?;
        let admin = match arguments.admin_listen {
            Some(address) => Some(listen("--admin-listen", &address.to_string(), &[address]).await?),
            None => None,
        };
        let address = listener.local_addr().map_err(|error| Stop::Failed(error.to_string()))?;
        tracing::info!(%address, "listening");
        if let Some(secret) = &secret {
            let welcome = Welcome { address, secret, addressing: expectations, now: SystemClock.now() };
            print(&welcome.text()?);
        }
        jobs::refresh_keys(&jobs, &verifier);
        jobs::upkeep_metrics(&jobs, &metrics);
        jobs::compare_clocks(&jobs, &clients);
        jobs::enforce_retention(&jobs, &storage, &clients, retention);
        jobs::watch_expiry(&jobs, &clients);
        jobs::collect_contents(&jobs, &clients, arguments.documents.max_orphan_share);
        if let Some(webhook) = webhook {
            jobs::watch_backlog(&jobs, storage.outbox());
            if arguments.relay == Switch::On {
                jobs::deliver(&jobs, &clients, storage.outbox(), webhook, answer);
            }
        }
        // Both have the same time to come to their end.
        let finished = async {
            stop.cancelled().await;
            jobs.finish(drain_deadline).await;
        };
        let server = Server::new(api);
        let server = match admin {
            Some(admin) => server.with_admin(admin),
            None => server,
        };
        let (report, ()) = tokio::join!(server.serve(listener, stop.clone()), finished);
        storage.close().await;
        tracing::info!(
            accepted = report.accepted,
            connections_cut = report.connections_cut,
            operations_cut = report.operations_cut,
            "stopped"
        );
        Ok(())
    })
}

/// A listener on one of these addresses, which `setting` has named.
pub(crate) async fn listen(setting: &str, name: &str, addresses: &[SocketAddr]) -> Result<TcpListener, Stop> {
    let listener = TcpListener::bind(addresses).await;
    listener.map_err(|error| Stop::Failed(format!("{setting}: cannot listen on {name}: {error}")))
}

/// A key that is made for one run is of no use to clients that outlive it.
fn needs_a_key() -> SettingsError {
    SettingsError(
        "beside a database the service needs keys that verify tokens: give --jwks or --jwt-public-key or, for \
         development, --jwt-hs256-secret with --development on"
            .to_owned(),
    )
}
