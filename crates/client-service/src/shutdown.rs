//! The signals that stop the program: SIGTERM from a supervisor, Ctrl-C from a person.

use std::io;
use std::process;

use futures_util::future::select_all;
use tokio::signal::unix::{SignalKind, signal};
use tokio_util::sync::CancellationToken;

use crate::exit::ExitError;

const FIRST_PROCESS: u32 = 1;

/// A token that is cancelled at the first signal. At the second signal the process ends immediately.
pub(crate) fn on_signal() -> Result<CancellationToken, ExitError> {
    watch().map_err(|error| failed(&error))
}

/// Does `start` unless the first signal comes before it is done: what has been started is then dropped.
pub(crate) async fn unless_stopped<T>(
    stop: &CancellationToken,
    start: impl Future<Output = Result<T, ExitError>>,
) -> Result<Option<T>, ExitError> {
    let started = stop.run_until_cancelled(start).await;
    if started.is_none() {
        tracing::info!("stopped before the start was finished");
    }
    started.transpose()
}

/// Has the signals end the process that would end any other one: process 1, as in a container, has no handling by default, so
/// a command in it would go on.
pub(crate) fn end_first_process() -> Result<(), ExitError> {
    if process::id() != FIRST_PROCESS {
        return Ok(());
    }
    let ending = [SignalKind::hangup(), SignalKind::interrupt(), SignalKind::quit(), SignalKind::terminate()];
    let received = ending.map(|kind| signal(kind).map(|signal| (signal, kind.as_raw_value())));
    let received = received.into_iter().collect::<io::Result<Vec<_>>>().map_err(|error| failed(&error))?;
    tokio::spawn(async move {
        let each = received.into_iter().map(|(mut signal, number)| {
            Box::pin(async move {
                signal.recv().await;
                number
            })
        });
        let (number, ..) = select_all(each).await;
        // The code that a shell gives to a process that a signal has ended.
        process::exit(128 + number);
    });
    Ok(())
}

fn failed(error: &io::Error) -> ExitError {
    ExitError::Failed(format!("signals cannot be received: {error}"))
}

fn watch() -> io::Result<CancellationToken> {
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
        process::exit(1);
    });
    Ok(shutdown)
}
