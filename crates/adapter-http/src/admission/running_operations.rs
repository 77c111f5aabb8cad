//! The operations that run, each in its own task.

use std::sync::Arc;

use client_wire::spec::OperationKind;
use client_wire::{Code, Failure, Item, Operations};
use futures_util::future::BoxFuture;
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::envelope::failure_of;
use crate::middleware::panic::catch_panic;

/// Which threads an operation runs on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum ThreadPool {
    /// The async workers, for operations that compute less than a millisecond between two waits.
    Async,
    /// The blocking threads, for a file: to decode, decompress, hash and inspect it would block an async worker.
    Blocking,
}

/// The operations that were started and have not ended.
///
/// An operation runs in its own task, so that a caller who hangs up does not stop a command half-way, nor leave a
/// database connection in the middle of a statement. Its permit belongs to the task: it counts until the operation ends.
pub(crate) struct RunningOperations {
    operations: Arc<dyn Operations>,
    tasks: TaskTracker,
    cancellation: CancellationToken,
}

impl RunningOperations {
    pub(crate) fn new(operations: Arc<dyn Operations>) -> Self {
        Self { operations, tasks: TaskTracker::new(), cancellation: CancellationToken::new() }
    }

    /// The application.
    pub(crate) fn application(&self) -> Arc<dyn Operations> {
        self.operations.clone()
    }

    /// The name of an operation, if there is one of this name.
    pub(crate) fn known_name(&self, name: &str) -> Option<&'static str> {
        self.operations.known_name(name)
    }

    /// Starts an operation and waits for its outcome until `deadline`; it runs on after that. It holds its own permit.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        kind: OperationKind,
        pool: ThreadPool,
        deadline: Instant,
        // Boxed, because every layer of a task moves the one inside of it.
        operation: BoxFuture<'static, Result<T, Failure>>,
    ) -> Result<T, Failure> {
        let (sender, receiver) = oneshot::channel();
        let cancellation = self.cancellation.clone();
        let task = async move {
            let Some(outcome) = cancellation.run_until_cancelled(catch_panic(operation)).await else {
                return;
            };
            let outcome = outcome.unwrap_or_else(|_| Err(failure_of(Code::Internal)));
            if let Err(outcome) = sender.send(outcome) {
                log_undelivered(&outcome);
            }
        };
        let task = task.in_current_span();
        match pool {
            ThreadPool::Async => drop(self.tasks.spawn(task)),
            ThreadPool::Blocking => drop(self.tasks.spawn_blocking(|| Handle::current().block_on(task))),
        }
        match timeout_at(deadline, receiver).await {
            Ok(Ok(outcome)) => outcome,
            // Cancelled at the drain deadline, or still running.
            Ok(Err(_)) | Err(_) => Err(not_finished(kind)),
        }
    }

    /// Starts what an operation leaves to do, such as the rest of a file. It ends by itself on the cancellation.
    pub(crate) fn track(&self, rest: impl Future<Output = ()> + Send + 'static) {
        self.tasks.spawn(rest);
    }

    /// Waits until every started operation has ended.
    pub(crate) async fn wait_until_done(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// How many operations run.
    pub(crate) fn count(&self) -> usize {
        self.tasks.len()
    }

    /// Cancels the operations that run, when it is cancelled or its guard is dropped.
    pub(crate) const fn cancellation(&self) -> &CancellationToken {
        &self.cancellation
    }
}

fn not_finished(kind: OperationKind) -> Failure {
    match kind {
        OperationKind::Query => failure_of(Code::RequestTimeout),
        OperationKind::Command => Failure::of(Item::new(
            Code::OutcomeUnknown,
            "The command did not finish in time and may still take effect. If you sent an Idempotency-Key, \
             repeat it with the same key; otherwise check the client first.",
        )),
    }
}

fn log_undelivered<T>(outcome: &Result<T, Failure>) {
    match outcome {
        Ok(_) => tracing::info!("operation done after its caller hung up or its deadline passed"),
        Err(failure) => {
            let (status, codes) = (failure.status.http(), failure.codes());
            tracing::warn!(
                status,
                ?codes,
                "operation failed after its caller hung up or its deadline passed"
            );
        }
    }
}
