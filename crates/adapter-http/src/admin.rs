//! The listener for operators: health, readiness and metrics, apart from the callers'.

use std::fmt;
use std::sync::Arc;

use client_wire::Operations;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::health::Probes;
use crate::phase::{CurrentPhase, Phase};
use crate::server::ACCEPT_BACKOFF;
use crate::{Limits, Metrics, connection, router};

/// Connections of probes and scrapers; more wait.
const MAX_CONNECTIONS: usize = 64;

/// Health, readiness and metrics of a process that answers no callers.
pub struct Admin {
    probes: Arc<Probes>,
}

impl Admin {
    /// Answers whether `operations` is ready until `stopping` is cancelled; from then on it is not.
    pub fn new(operations: Arc<dyn Operations>, metrics: Metrics, stopping: CancellationToken) -> Self {
        Self { probes: Arc::new(Probes::new(operations, metrics, stopping)) }
    }

    /// Answers `/healthz`, `/readyz` and `/metrics` on this listener until the future is dropped.
    pub async fn answer(self, listener: TcpListener) {
        answer(listener, self.probes, Limits::default()).await;
    }
}

impl fmt::Debug for Admin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Admin").finish_non_exhaustive()
    }
}

/// Answers on this listener until the future is dropped. Nothing that callers do takes a place or a permit from it.
pub(crate) async fn answer(listener: TcpListener, probes: Arc<Probes>, limits: Limits) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let router = router::admin(probes);
    let limits = Arc::new(limits);
    // Dropped with this future, which closes what is still open.
    let closing = CancellationToken::new();
    let _close = closing.clone().drop_guard();
    while let Ok(place) = places.clone().acquire_owned().await {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(ACCEPT_BACKOFF).await;
            continue;
        };
        let (router, limits, closing) = (router.clone(), limits.clone(), closing.clone());
        tokio::spawn(async move {
            let _place = place;
            let phase = CurrentPhase::new(Phase::Header(Instant::now()));
            connection::answer(stream, router, &limits, phase, closing).await;
        });
    }
}
