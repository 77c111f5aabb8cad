//! The signals that stop the program: SIGTERM from a supervisor, Ctrl-C from a person.

use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::exit::ExitError;

/// A token that is cancelled at the first signal. At the second signal the process ends immediately.
pub(crate) fn on_signal() -> Result<CancellationToken, ExitError> {
    watch().map_err(|error| ExitError::Failed(format!("signals cannot be received: {error}")))
}

fn watch() -> std::io::Result<CancellationToken> {
    let mut terminate = signal(SignalKind::terminate())?;
    let mut interrupt = signal(SignalKind::interrupt())?;
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
        tracing::warn!(signal = second, "stopping immediately");
        std::process::exit(1);
    });
    Ok(shutdown)
}
