//! The accept loop.

use std::io::{self, ErrorKind};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::{TcpListener, TcpStream};
use tokio::time::{Instant, sleep, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;

use crate::metrics::GaugeGuard;
use crate::server::connection::{self, Stopping};
use crate::server::connection_state::{ConnectionState, StateCell};
use crate::server::open_connections::{ConnectionPermit, OpenConnections};
use crate::server::refused_connections::RefusedConnections;
use crate::state::AppState;
use crate::tls::Tls;

/// How long to wait before the next accept after an error of this process, such as too many open files.
pub(super) const ACCEPT_BACKOFF: Duration = Duration::from_millis(100);

/// How long connections may be taken from the backlog of a listener that closes, where more and more of them arrive.
const LAST_ACCEPT: Duration = Duration::from_millis(500);

/// Accepts connections and serves each in its own task.
pub(super) struct Acceptor {
    router: Router,
    state: Arc<AppState>,
    tls: Option<Tls>,
    open: Arc<OpenConnections>,
    /// The tasks of all open connections.
    pub(super) connections: TaskTracker,
    /// How far the stop is, for all connections.
    pub(super) stopping: Stopping,
    /// Cancelled when connections are closed whatever they do.
    pub(super) abort: CancellationToken,
}

impl Acceptor {
    pub(super) fn new(router: Router, state: Arc<AppState>, tls: Option<Tls>) -> Self {
        let limits = &state.limits;
        let open = OpenConnections::new(limits.max_connections, limits.max_connections_per_address);
        let announced = state.probes.draining.clone();
        Self {
            router,
            state,
            tls,
            open,
            connections: TaskTracker::new(),
            stopping: Stopping { announced, closing: CancellationToken::new() },
            abort: CancellationToken::new(),
        }
    }

    /// Accepts until the future is dropped, never more connections at a time than the limits allow.
    ///
    /// Where no permit is free, one connection waits here and all others in the backlog of the listener, where they
    /// cost this process neither memory nor a file descriptor.
    pub(super) async fn accept(&self, listener: &TcpListener, accepted: &mut u64) {
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
            let state = opened();
            let Some(permit) = self.open.admit(peer.ip(), state.clone()).await else {
                // A response in the clear is none to a caller who waits for a handshake.
                let stream = self.tls.is_none().then_some(stream);
                refused.refuse(stream, peer.ip());
                continue;
            };
            *accepted += 1;
            self.start(stream, state, permit);
        }
    }

    /// Accepts what the system has already accepted in its backlog, and closes the listener: the callers of these connections
    /// take them for open, and may have sent a request.
    pub(super) async fn accept_last(&self, listener: TcpListener, accepted: &mut u64) {
        let end = Instant::now() + LAST_ACCEPT;
        let Ok(listener) = listener.into_std() else { return };
        while Instant::now() < end {
            let (stream, peer) = match listener.accept() {
                Ok(accepted) => accepted,
                Err(error) if is_of_one_connection(&error) => continue,
                // The backlog is empty.
                Err(_) => return,
            };
            let stream = stream.set_nonblocking(true).and_then(|()| TcpStream::from_std(stream));
            let state = opened();
            // Where no connection is free in time there is nothing but to close this one.
            let permit = timeout_at(end, self.open.admit(peer.ip(), state.clone())).await;
            if let (Ok(stream), Ok(Some(permit))) = (stream, permit) {
                *accepted += 1;
                self.start(stream, state, permit);
            }
        }
    }

    /// Serves a connection in a task of its own.
    fn start(&self, stream: TcpStream, state: StateCell, permit: ConnectionPermit) {
        let (router, app, tls) = (self.router.clone(), self.state.clone(), self.tls.clone());
        let (stopping, abort) = (self.stopping.clone(), self.abort.clone());
        self.connections.spawn(async move {
            let _open = GaugeGuard::connection();
            let served = connection::serve(stream, tls.as_ref(), router, &app.limits, state, stopping);
            tokio::select! {
                () = served => {}
                () = permit.close.cancelled() => {}
                () = abort.cancelled() => {}
            }
        });
    }
}

/// The state of a connection on which nothing was sent yet.
fn opened() -> StateCell {
    StateCell::new(ConnectionState::ReadingHeader(Instant::now()))
}

/// Whether one connection failed before it was accepted, which says nothing about the next one.
fn is_of_one_connection(error: &io::Error) -> bool {
    matches!(
        error.kind(),
        ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset | ErrorKind::ConnectionRefused
    )
}
