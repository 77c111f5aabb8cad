//! Shutdown: announce it, let begun requests end, cancel the rest at the drain deadline.

use std::time::Duration;

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

use crate::server::accept::Acceptor;
use crate::state::AppState;

/// How long cancelled connections and operations may take to end.
const CANCEL_GRACE: Duration = Duration::from_millis(250);

/// How serving ended.
///
/// ```
/// use adapter_http::ServeReport;
///
/// let report = ServeReport { accepted: 3, ..ServeReport::default() };
/// assert_eq!((report.connections_cut, report.operations_cut), (0, 0), "everything was answered");
/// ```
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ServeReport {
    /// How many connections were accepted.
    pub accepted: u64,
    /// How many connections had an unanswered request at the drain deadline and were closed.
    pub connections_cut: usize,
    /// How many commands and queries were still running at the drain deadline and were cancelled.
    pub operations_cut: usize,
}

/// Waits for the shutdown, lets `/readyz` fail and each response close its connection from then on, and ends after
/// [`drain_notice`](crate::Limits::drain_notice).
pub(super) async fn announced(state: &AppState, shutdown: &CancellationToken) {
    shutdown.cancelled().await;
    state.probes.draining.cancel();
    sleep(state.limits.drain_notice).await;
}

/// Closes idle connections, waits for begun requests and running operations, and cancels the rest after
/// [`drain_deadline`](crate::Limits::drain_deadline).
pub(super) async fn drain(state: &AppState, acceptor: &Acceptor, report: &mut ServeReport) {
    acceptor.stopping.closing.cancel();
    acceptor.connections.close();
    let drained = async {
        acceptor.connections.wait().await;
        state.operations.wait_until_done().await;
    };
    if timeout(state.limits.drain_deadline, drained).await.is_ok() {
        return;
    }
    report.connections_cut = acceptor.connections.len();
    report.operations_cut = state.operations.count();
    state.operations.cancellation().cancel();
    // The callers of cancelled operations get an error response, if they read it immediately.
    let _ = timeout(CANCEL_GRACE, acceptor.connections.wait()).await;
    acceptor.abort.cancel();
    // An operation that blocks its thread cannot be cancelled; the end of the process ends it.
    let _ = timeout(CANCEL_GRACE, state.operations.wait_until_done()).await;
    tracing::warn!(
        connections = report.connections_cut,
        operations = report.operations_cut,
        "connections and operations cancelled at the drain deadline"
    );
}
