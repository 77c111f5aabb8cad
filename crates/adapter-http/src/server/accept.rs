//! The accept loop.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::time::{Instant, sleep};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::metrics::GaugeGuard;
use crate::server::connection;
use crate::server::connection_state::{ConnectionState, StateCell};
use crate::server::open_connections::OpenConnections;
use crate::server::refused_connections::RefusedConnections;
use crate::state::AppState;
use crate::tls::Tls;

/// How long to wait before the next accept after an error of this process, such as too many open files.
pub(super) const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

/// Accepts connections and serves each in its own task.
pub(super) struct Acceptor {
    router: Router,
    state: Arc<AppState>,
    tls: Option<Tls>,
    /// The tasks of all open connections.
    pub(super) connections: TaskTracker,
    /// Cancelled when connections take no more requests.
    pub(super) closing: CancellationToken,
    /// Cancelled when connections are closed whatever they do.
    pub(super) abort: CancellationToken,
}

impl Acceptor {
    pub(super) fn new(router: Router, state: Arc<AppState>, tls: Option<Tls>) -> Self {
        Self {
            router,
            state,
            tls,
            connections: TaskTracker::new(),
            closing: CancellationToken::new(),
            abort: CancellationToken::new(),
        }
    }

    /// Accepts until the future is dropped, never more connections at a time than the limits allow.
    ///
    /// Where no permit is free, one connection waits here and all others in the backlog of the listener, where they
    /// cost this process neither memory nor a file descriptor.
    pub(super) async fn accept(&self, listener: &TcpListener, accepted: &mut u64) {
        let limits = &self.state.limits;
        let open = OpenConnections::new(limits.max_connections, limits.max_connections_per_address);
        let mut refused = RefusedConnections::new().await;
        loop {
            let (stream, peer) = match listener.accept().await {
                Ok(accepted) => accepted,
                Err(error) => {
                    if !is_of_one_connection(&error) {
                        // Out of file descriptors or memory: an immediate retry would only burn the CPU.
                        tracing::warn!(%error, "no connection accepted; trying again");
                        sleep(ACCEPT_BACKOFF).await;
                    }
                    continue;
                }
            };
            let state = StateCell::new(ConnectionState::ReadingHeader(Instant::now()));
            let Some(permit) = open.admit(peer.ip(), state.clone()).await else {
                // A response in the clear is none to a caller who waits for a handshake.
                let stream = self.tls.is_none().then_some(stream);
                refused.refuse(stream, peer.ip());
                continue;
            };
            *accepted += 1;
            let (router, app, tls) = (self.router.clone(), self.state.clone(), self.tls.clone());
            let (closing, abort) = (self.closing.clone(), self.abort.clone());
            self.connections.spawn(async move {
                let _open = GaugeGuard::connection();
                let served = connection::serve(stream, tls.as_ref(), router, &app.limits, state, closing);
                tokio::select! {
                    () = served => {}
                    () = permit.close.cancelled() => {}
                    () = abort.cancelled() => {}
                }
            });
        }
    }
}

/// Whether one connection failed before it was accepted, which says nothing about the next one.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused
    )
}
