//! Serving: which adapter goes where.

use std::net::SocketAddr;
use std::sync::Arc;

use adapter_http::auth::{KeySource, Refresh, TokenVerifier};
use adapter_http::{Api, Metrics, Server};
use adapter_inmem::MemoryStore;
use client_app::Clients;
use client_app::ports::Clock as _;
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use crate::cli::ServeArgs;
use crate::development::Welcome;
use crate::settings::{self, SettingsError, said};
use crate::system::{RandomKeys, SystemClock, random_secret};
use crate::{Stop, print, shutdown, telemetry};

/// Serves until told to stop.
pub(crate) fn run(arguments: &ServeArgs) -> Result<(), Stop> {
    let mut sources = settings::key_sources(&arguments.keys);
    let secret = if said(arguments.database_url.as_deref()).is_some() {
        refuse_database(&sources)?;
        None
    } else {
        sources.is_empty().then(random_secret)
    };
    if let Some(secret) = &secret {
        sources.push(KeySource::hs256_secret("the development key", secret.as_str()));
    }
    let limits = settings::limits(&arguments.limits)?;
    let directory = settings::directory(&arguments.rules)?;
    let expectations = settings::expectations(&arguments.keys.secret);
    telemetry::start(arguments.log_format)?;

    let runtime = Runtime::new().map_err(|error| Stop::Failed(format!("no threads to run on: {error}")))?;
    runtime.block_on(async {
        let clock = Arc::new(|| SystemClock.now());
        let verifier = TokenVerifier::load(sources, expectations.clone(), clock, Refresh::default());
        let verifier = verifier.await.map_err(SettingsError::from)?;
        let metrics = Metrics::install().map_err(|error| Stop::Failed(error.to_string()))?;
        let clients = Clients::new(Arc::new(MemoryStore::new()), Arc::new(SystemClock), Arc::new(RandomKeys))
            .with_branches(Arc::new(directory))
            .with_policy(settings::policy(&arguments.rules));
        let api = Api {
            operations: Arc::new(clients),
            verifier,
            limits,
            description: adapter_http::description(),
            metrics,
        };
        let listener = listen(arguments.listen).await?;
        let address = listener.local_addr().map_err(|error| Stop::Failed(error.to_string()))?;
        let stop = shutdown::on_signal().map_err(|error| Stop::Failed(format!("no signals: {error}")))?;
        tracing::info!(%address, "listening");
        tracing::warn!("clients are kept in memory and gone when the service stops");
        if let Some(secret) = &secret {
            let welcome = Welcome { address, secret, addressing: expectations, now: SystemClock.now() };
            print(&welcome.text()?);
        }
        let report = Server::new(api).serve(listener, stop).await;
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

/// A database needs real keys, and the adapter for it, which this version does not have yet.
fn refuse_database(sources: &[KeySource]) -> Result<(), SettingsError> {
    Err(SettingsError(if sources.is_empty() {
        "a database needs a key that signs tokens: give --jwks, --jwt-public-key or, for development, \
         --jwt-hs256-secret"
            .to_owned()
    } else {
        "--database-url: this version keeps clients in memory only; leave the database out".to_owned()
    }))
}
