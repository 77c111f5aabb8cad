//! The accept loop, and its end.

use std::fmt;
use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::api::{Api, Shared};
use crate::open_connections::OpenConnections;
use crate::phase::{CurrentPhase, Phase};
use crate::refused_connections::RefusedConnections;
use crate::telemetry::Counted;
use crate::{admin, connection, router};

/// How long to wait before the next accept after one that failed for want of something.
pub(crate) const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);
/// How long what was cut may take to let go.
const CUT_GRACE: Duration = Duration::from_millis(250);

/// The Clients API, ready to be served.
pub struct Server {
    shared: Arc<Shared>,
    admin: Option<TcpListener>,
}

/// How serving ended.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServeReport {
    /// Connections that were accepted.
    pub accepted: u64,
    /// Connections whose request was not answered when the drain deadline was over.
    pub connections_cut: usize,
    /// Commands and queries stopped before they were done, for the same reason.
    pub operations_cut: usize,
}

impl Server {
    /// A server of `api`.
    pub fn new(api: Api) -> Self {
        Self { shared: Arc::new(Shared::new(api)), admin: None }
    }

    /// Answers `/healthz`, `/readyz` and `/metrics` on this listener as well, whatever happens on the other one, and to
    /// the very end. `/metrics` is then answered nowhere else.
    #[must_use]
    pub fn with_admin(mut self, listener: TcpListener) -> Self {
        self.admin = Some(listener);
        self
    }

    /// The bare router: everything but the limits on connections and the shutdown.
    pub fn router(&self) -> Router {
        router::router(self.shared.clone(), self.admin.is_none())
    }

    /// Answers requests on `listener` until `shutdown` is cancelled and what has begun is finished or the
    /// drain deadline is over.
    ///
    /// The way down: `/readyz` turns red; after [`drain_notice`](crate::Limits::drain_notice) the listener is
    /// closed, idle connections as well; requests that have begun are answered; commands whose callers have
    /// gone are waited for; after [`drain_deadline`](crate::Limits::drain_deadline) the rest is cut.
    pub async fn serve(mut self, listener: TcpListener, shutdown: CancellationToken) -> ServeReport {
        let connections = Connections {
            router: self.router(),
            shared: self.shared.clone(),
            open: TaskTracker::new(),
            closing: CancellationToken::new(),
            cut: CancellationToken::new(),
        };
        // Also when the future of this function is dropped, nothing it started stays behind.
        let _cut_connections = connections.cut.clone().drop_guard();
        let _cut_operations = self.shared.work.cut().clone().drop_guard();
        let _end_upkeep = self.shared.probes.draining.clone().drop_guard();
        let ended = CancellationToken::new();
        let _end_admin = ended.clone().drop_guard();
        if let Some(admin) = self.admin.take() {
            let (probes, limits) = (self.shared.probes.clone(), self.shared.limits.clone());
            tokio::spawn(
                async move { ended.run_until_cancelled(admin::answer(admin, probes, limits)).await },
            );
        }
        let mut report = ServeReport::default();
        tokio::select! {
            () = connections.accept(&listener, &mut report.accepted) => {}
            () = self.notice(&shutdown) => {}
        }
        drop(listener);
        connections.closing.cancel();
        connections.open.close();
        let drained = async {
            connections.open.wait().await;
            self.shared.work.finished().await;
        };
        if timeout(self.shared.limits.drain_deadline, drained).await.is_err() {
            report.connections_cut = connections.open.len();
            report.operations_cut = self.shared.work.unfinished();
            self.shared.work.cut().cancel();
            // Callers of what was stopped are told so, as long as they take the answer at once.
            let _ = timeout(CUT_GRACE, connections.open.wait()).await;
            connections.cut.cancel();
            // What blocks its thread cannot be cut; the end of the process will see to it.
            let _ = timeout(CUT_GRACE, self.shared.work.finished()).await;
            tracing::warn!(
                connections = report.connections_cut,
                operations = report.operations_cut,
                "cut at the drain deadline"
            );
        }
        report
    }

    /// Ends `drain_notice` after the shutdown began.
    async fn notice(&self, shutdown: &CancellationToken) {
        shutdown.cancelled().await;
        self.shared.probes.draining.cancel();
        sleep(self.shared.limits.drain_notice).await;
    }
}

impl fmt::Debug for Server {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Server").field("limits", &self.shared.limits).finish_non_exhaustive()
    }
}

struct Connections {
    router: Router,
    shared: Arc<Shared>,
    open: TaskTracker,
    /// No new requests any more.
    closing: CancellationToken,
    /// Nothing any more.
    cut: CancellationToken,
}

impl Connections {
    /// Accepts for ever, never more than the caps at a time.
    ///
    /// Where no place can be had, one connection waits here and all others in the backlog of the listener, where they
    /// cost this process neither memory nor a file descriptor.
    async fn accept(&self, listener: &TcpListener, accepted: &mut u64) {
        let limits = &self.shared.limits;
        let connections = OpenConnections::new(limits.max_connections, limits.max_connections_per_address);
        let mut refused = RefusedConnections::new().await;
        loop {
            let (stream, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    if !is_the_callers(&error) {
                        // Out of file descriptors or memory: trying again at once would only burn the CPU.
                        tracing::warn!(%error, "no connection accepted; trying again");
                        sleep(ACCEPT_BACKOFF).await;
                    }
                    continue;
                }
            };
            let phase = CurrentPhase::new(Phase::Header(Instant::now()));
            let Some(place) = connections.admit(peer.ip(), phase.clone()).await else {
                refused.refuse(stream, peer.ip());
                continue;
            };
            *accepted += 1;
            let (router, shared) = (self.router.clone(), self.shared.clone());
            let (closing, cut) = (self.closing.clone(), self.cut.clone());
            self.open.spawn(async move {
                let _counted = Counted::connection();
                let answer = connection::answer(stream, router, &shared.limits, phase, closing);
                tokio::select! {
                    () = answer => {}
                    () = place.close.cancelled() => {}
                    () = cut.cancelled() => {}
                }
            });
        }
    }
}

/// Whether one caller's connection failed before it was accepted, which says nothing about the next.
fn is_the_callers(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused
    )
}
