//! When to stop: SIGTERM from whoever runs the service, Ctrl-C from a person.

use std::time::Duration;

use tokio::runtime::Runtime;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

/// How long threads may take to end after everything else has.
const THREADS_GRACE: Duration = Duration::from_millis(250);

/// Runs to the end of `work`, and not longer: what blocks a thread, such as a file on a disk that does not answer, cannot
/// be cut and would keep the process alive behind its last word.
pub(crate) fn run_to_end<T>(runtime: Runtime, work: impl Future<Output = T>) -> T {
    let outcome = runtime.block_on(work);
    runtime.shutdown_timeout(THREADS_GRACE);
    outcome
}

/// A token that is cancelled at the first signal. At the second the process ends at once.
pub(crate) fn on_signal() -> std::io::Result<CancellationToken> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
    let mut hangup = signal(SignalKind::hangup())?;
    tokio::spawn(async move {
        while hangup.recv().await.is_some() {
            tracing::warn!("SIGHUP is ignored: settings are read at the start, and keys by themselves");
        }
    });
    let shutdown = CancellationToken::new();
    let cancelled = shutdown.clone();
    tokio::spawn(async move {
        let mut next = async || {
            tokio::select! {
                _ = terminate.recv() => "SIGTERM",
                _ = interrupt.recv() => "SIGINT",
            }
        };
        let first = next().await;
        tracing::info!(signal = first, "stopping");
        cancelled.cancel();
        let second = next().await;
        tracing::warn!(signal = second, "stopping at once");
        std::process::exit(1);
    });
    Ok(shutdown)
}
