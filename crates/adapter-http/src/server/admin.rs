//! The listener for operators: health, readiness and metrics, apart from the API.

use std::fmt;
use std::sync::Arc;

use client_wire::Operations;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::health::Probes;
use crate::limits::Limits;
use crate::metrics::Metrics;
use crate::router;
use crate::server::accept::ACCEPT_BACKOFF;
use crate::server::connection::{self, Stopping};
use crate::server::connection_state::{ConnectionState, StateCell};

/// Connections of probes and scrapers; more wait in the backlog.
const MAX_CONNECTIONS: usize = 64;

/// Health, readiness and metrics of a process that serves no API, such as the relay of events.
pub struct Admin {
    probes: Arc<Probes>,
}

impl Admin {
    /// `/readyz` says whether `operations` is ready, until `stopping` is cancelled; from then on it fails.
    pub fn new(operations: Arc<dyn Operations>, metrics: Metrics, stopping: CancellationToken) -> Self {
        Self { probes: Arc::new(Probes::new(operations, metrics, stopping)) }
    }

    /// Answers `/healthz`, `/readyz` and `/metrics` on this listener until the future is dropped, within the
    /// [default limits](Limits::default).
    pub async fn answer(self, listener: TcpListener) {
        serve(listener, self.probes, Limits::default()).await;
    }
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin").finish_non_exhaustive()
    }
}

/// Serves this listener until the future is dropped. It shares no permit with the API, so callers cannot block it.
pub(super) async fn serve(listener: TcpListener, probes: Arc<Probes>, limits: Limits) {
    let permits = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let router = router::admin(probes);
    let limits = Arc::new(limits);
    // Dropped with this future, which closes the open connections.
    let stopping = Stopping::default();
    let _close = stopping.closing.clone().drop_guard();
    while let Ok(permit) = permits.clone().acquire_owned().await {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(ACCEPT_BACKOFF).await;
            continue;
        };
        let (router, limits, stopping) = (router.clone(), limits.clone(), stopping.clone());
        tokio::spawn(async move {
            let _permit = permit;
            let state = StateCell::new(ConnectionState::ReadingHeader(Instant::now()));
            connection::serve(stream, None, router, &limits, state, stopping).await;
        });
    }
}
