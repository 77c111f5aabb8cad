//! Serving: which adapter goes where.

use std::net::SocketAddr;
use std::sync::Arc;

use adapter_http::auth::{KeySource, Refresh, TokenVerifier};
use adapter_http::{Api, Metrics, Server};
use client_app::Clients;
use client_app::ports::Clock as _;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::cli::{ServeArgs, Switch};
use crate::development::Welcome;
use crate::relay_task::{self, RelayTask};
use crate::settings::{self, SettingsError, said};
use crate::storage::Storage;
use crate::sweep::{self, Keep};
use crate::system::{RandomKeys, SystemClock, random_secret};
use crate::{Stop, paper_watch, print, shutdown, telemetry, webhook};

/// Serves until told to stop.
pub(crate) fn run(arguments: &ServeArgs) -> Result<(), Stop> {
    let mut sources = settings::key_sources(&arguments.keys);
    let in_memory = said(arguments.database.place.database_url.as_deref()).is_none();
    if !in_memory && sources.is_empty() {
        return Err(needs_a_key().into());
    }
    let secret = sources.is_empty().then(random_secret);
    if let Some(secret) = &secret {
        sources.push(KeySource::hs256_secret("the development key", secret.as_str()));
    }
    let limits = settings::limits(&arguments.limits)?;
    let directory = settings::directory(&arguments.rules)?;
    let kyc_policy = settings::kyc_policy(&arguments.rules)?;
    let duplicate_quota = settings::duplicate_quota(&arguments.rules)?;
    let documents = settings::documents(&arguments.documents, &arguments.database.place)?;
    let expectations = settings::expectations(&arguments.keys.secret);
    let answer = webhook::timeout(&arguments.webhook)?;
    let webhook = webhook::webhook(&arguments.webhook)?;
    let drain_deadline = limits.drain_deadline;
    telemetry::start(arguments.log_format)?;

    let runtime = Runtime::new().map_err(|error| Stop::Failed(format!("no threads to run on: {error}")))?;
    runtime.block_on(async {
        let clock = Arc::new(|| SystemClock.now());
        let verifier = TokenVerifier::load(sources, expectations.clone(), clock, Refresh::default());
        let verifier = verifier.await.map_err(SettingsError::from)?;
        let metrics = Metrics::install().map_err(|error| Stop::Failed(error.to_string()))?;
        let storage = Storage::open(&arguments.database).await?;
        let contents = match documents {
            Some(documents) => Arc::new(documents),
            None => storage.contents(),
        };
        let clients = Clients::new(storage.clients(), Arc::new(SystemClock), Arc::new(RandomKeys))
            .with_branches(Arc::new(directory))
            .with_contents(contents)
            .with_policy(settings::policy(&arguments.rules))
            .with_duplicate_quota(duplicate_quota)
            .with_kyc_policy(kyc_policy);
        let api = Api {
            operations: Arc::new(clients.clone()),
            verifier,
            limits,
            description: adapter_http::description(),
            metrics,
        };
        let listener = listen(arguments.listen).await?;
        let address = listener.local_addr().map_err(|error| Stop::Failed(error.to_string()))?;
        let stop = shutdown::on_signal().map_err(|error| Stop::Failed(format!("no signals: {error}")))?;
        tracing::info!(%address, "listening");
        if let Some(secret) = &secret {
            let welcome = Welcome { address, secret, addressing: expectations, now: SystemClock.now() };
            print(&welcome.text()?);
        }
        let (outcomes, delivered) = (arguments.database.keep_outcomes, arguments.database.keep_delivered);
        sweep::start(&storage, Keep { outcomes, delivered }, &stop);
        paper_watch::start(&clients, &stop);
        if webhook.is_some() {
            relay_task::watch(storage.outbox(), &stop);
        }
        let webhook = webhook.filter(|_| arguments.relay == Switch::On);
        let relay = webhook.map(|webhook| RelayTask::start(storage.outbox(), webhook, answer, &stop));
        // Both have the same time to come to their end.
        let relayed = async {
            stop.cancelled().await;
            if let Some(relay) = relay {
                relay.finish(drain_deadline).await;
            }
        };
        let (report, ()) = tokio::join!(Server::new(api).serve(listener, stop.clone()), relayed);
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

async fn listen(address: SocketAddr) -> Result<TcpListener, Stop> {
    let listener = TcpListener::bind(address).await;
    listener.map_err(|error| Stop::Failed(format!("--listen: cannot listen on {address}: {error}")))
}

/// A key that is made for one run is of no use to clients that outlive it.
fn needs_a_key() -> SettingsError {
    SettingsError(
        "a database needs a key that signs tokens: give --jwks, --jwt-public-key or, for development, \
         --jwt-hs256-secret"
            .to_owned(),
    )
}
