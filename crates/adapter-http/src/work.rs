//! Operations at work, each in a task of its own.

use std::sync::Arc;

use client_wire::{Code, Failure, Item, Operations};
use tokio::runtime::Handle;
use tokio::sync::oneshot;
use tokio::time::{Instant, timeout_at};
use tokio_util::sync::CancellationToken;
use tokio_util::task::TaskTracker;
use tracing::Instrument;

use crate::envelope::refusal;
use crate::panics::caught;
use client_wire::spec::OperationKind;

/// How much a piece of work computes between two waits.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Weight {
    /// Less than a millisecond.
    Light,
    /// A file: decoding, unpacking, hashing and inspecting it take long enough that an async worker must not do it.
    Heavy,
}

/// Everything that was begun and is not yet done.
///
/// An operation runs in a task of its own, so that a caller who hangs up does not stop a command half-way, nor
/// leave a database session in the middle of a statement. Its permit goes with the task: work whose caller has gone
/// still counts.
pub(crate) struct Work {
    operations: Arc<dyn Operations>,
    tasks: TaskTracker,
    cut: CancellationToken,
}

impl Work {
    pub(crate) fn new(operations: Arc<dyn Operations>) -> Self {
        Self { operations, tasks: TaskTracker::new(), cut: CancellationToken::new() }
    }

    /// The application.
    pub(crate) fn operations(&self) -> Arc<dyn Operations> {
        self.operations.clone()
    }

    /// The name of an operation, if there is one of this name.
    pub(crate) fn known_name(&self, name: &str) -> Option<&'static str> {
        self.operations.known_name(name)
    }

    /// Does the work and waits for its outcome until `deadline`; it goes on after that. The work holds its own permit.
    pub(crate) async fn run<T: Send + 'static>(
        &self,
        kind: OperationKind,
        weight: Weight,
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
        let work = work.in_current_span();
        match weight {
            Weight::Light => drop(self.tasks.spawn(work)),
            Weight::Heavy => drop(self.tasks.spawn_blocking(|| Handle::current().block_on(work))),
        }
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

fn unfinished(kind: OperationKind) -> Failure {
    match kind {
        OperationKind::Query => refusal(Code::RequestTimeout),
        OperationKind::Command => Failure::of(Item::new(
            Code::OutcomeUnknown,
            "The command did not finish in time and may still take effect. If you sent an Idempotency-Key, repeat it with \
             the same key; if not, look at the client first.",
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
