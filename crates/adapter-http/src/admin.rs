//! The listener for operators: health, readiness and metrics, apart from the callers'.

use std::sync::Arc;

use tokio::net::TcpListener;
use tokio::sync::{Semaphore, watch};
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;

use crate::api::Shared;
use crate::phase::Phase;
use crate::server::ACCEPT_BACKOFF;
use crate::{connection, router};

/// Connections of probes and scrapers; more wait.
const MAX_CONNECTIONS: usize = 64;

/// Answers on this listener until the future is dropped. Nothing that callers do takes a place or a permit from it.
pub(crate) async fn answer(listener: TcpListener, shared: Arc<Shared>) {
    let places = Arc::new(Semaphore::new(MAX_CONNECTIONS));
    let router = router::admin(shared.clone());
    // Dropped with this future, which closes what is still open.
    let closing = CancellationToken::new();
    let _close = closing.clone().drop_guard();
    while let Ok(place) = places.clone().acquire_owned().await {
        let Ok((stream, _)) = listener.accept().await else {
            sleep(ACCEPT_BACKOFF).await;
            continue;
        };
        let (router, shared, closing) = (router.clone(), shared.clone(), closing.clone());
        tokio::spawn(async move {
            let _place = place;
            let phases = watch::channel(Phase::Header(Instant::now()));
            connection::answer(stream, router, &shared.limits, phases, closing).await;
        });
    }
}
