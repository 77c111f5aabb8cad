//! Operations at work, each in a task of its own.

use std::sync::Arc;

use client_app::{Code, Failure, Item, Operations};
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot};
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::Limits;
use crate::dispatch::Kind;
use crate::envelope::refusal;
use crate::panics::caught;

/// Everything that was begun and is not yet done.
///
/// An operation runs in a task of its own, so that a caller who hangs up does not stop a command half-way, nor
/// leave a database session in the middle of a statement. Its slot goes with the task: work that nobody waits
/// for any more still counts.
pub(crate) struct Work {
    operations: Arc<dyn Operations>,
    slots: Arc<Semaphore>,
    tasks: TaskTracker,
    cut: CancellationToken,
}

impl Work {
    pub(crate) fn new(operations: Arc<dyn Operations>, limits: &Limits) -> Self {
        Self {
            operations,
            slots: Arc::new(Semaphore::new(limits.max_in_flight)),
            tasks: TaskTracker::new(),
            cut: CancellationToken::new(),
        }
    }

    /// A place among the requests in flight, of all connections together.
    pub(crate) fn slot(&self) -> Result<OwnedSemaphorePermit, Failure> {
        self.slots.clone().try_acquire_owned().map_err(|_| refusal(Code::Overloaded))
    }

    /// The application.
    pub(crate) fn operations(&self) -> Arc<dyn Operations> {
        self.operations.clone()
    }

    /// The name of an operation, if there is one of this name.
    pub(crate) fn known_name(&self, name: &str) -> Option<&'static str> {
        self.operations.known_name(name)
    }

    /// Does the work and waits for its outcome until `deadline`; it goes on after that. The work holds its own slot.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        kind: Kind,
        deadline: Instant,
        work: impl Future<Output = Result<T, Failure>> + Send + 'static,
    ) -> Result<T, Failure> {
        let (answer, outcome) = oneshot::channel();
        let cut = self.cut.clone();
        let work = async move {
            let Some(outcome) = cut.run_until_cancelled(caught(work)).await else { return };
            let outcome = outcome.unwrap_or_else(|_| Err(refusal(Code::Internal)));
            if let Err(outcome) = answer.send(outcome) {
                log_undelivered(&outcome);
            }
        };
        self.tasks.spawn(work.in_current_span());
        match timeout_at(deadline, outcome).await {
            Ok(Ok(outcome)) => outcome,
            // Cut by the end of the drain, or still at work.
            Ok(Err(_)) | Err(_) => Err(unfinished(kind)),
        }
    }

    /// Waits for everything that was begun.
    pub(crate) async fn finished(&self) {
        self.tasks.close();
        self.tasks.wait().await;
    }

    /// How much is still at work.
    pub(crate) fn unfinished(&self) -> usize {
        self.tasks.len()
    }

    /// Stops, when it is cancelled or its guard dropped, what is still at work.
    pub(crate) const fn cut(&self) -> &CancellationToken {
        &self.cut
    }
}

fn unfinished(kind: Kind) -> Failure {
    match kind {
        Kind::Query => refusal(Code::RequestTimeout),
        Kind::Command => Failure::of(Item::new(
            Code::OutcomeUnknown,
            "The command is not finished in time and may yet be done; repeat it with the same idempotency key.",
        )),
    }
}

fn log_undelivered<T>(outcome: &Result<T, Failure>) {
    match outcome {
        Ok(_) => tracing::info!("done after its caller was gone or had been answered"),
        Err(failure) => {
            tracing::warn!(status = failure.status.http(), codes = ?failure.codes(), "not done, and nobody waits for the answer");
        }
    }
}
