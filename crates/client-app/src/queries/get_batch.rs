use client_domain::Permission;
use jiff::Timestamp;

use crate::batch::aggregate::{Batch, BatchRefusal, Requester};
use crate::batch::id::BatchId;
use crate::batch::piece::BatchProgress;
use crate::batch::state::BatchAction;
use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::batches::BatchPage;
use crate::query::Query;
use crate::query::sealed::Sealed;

/// A batch that the caller sees, and how far it is.
#[derive(Clone, Debug)]
pub struct GetBatch {
    /// The batch.
    pub batch: BatchId,
}

/// A batch, how far it is, and since when.
#[derive(Clone, Debug)]
pub struct BatchReport {
    /// The batch.
    pub batch: Batch,
    /// How far it is.
    pub progress: BatchProgress,
    /// What people do with a batch, and why this caller cannot do it now.
    pub actions: Vec<(BatchAction, Result<(), BatchRefusal>)>,
    /// The time of the answer.
    pub now: Timestamp,
}

impl BatchReport {
    /// How many rows were executed in a second, since it was started or resumed; `None` while it does not run.
    pub fn rows_per_second(&self) -> Option<f64> {
        let (since, before) = self.batch.running?;
        let end = self.batch.ended_at.unwrap_or(self.now);
        let seconds = end.duration_since(since).as_secs_f64();
        let rows = self.progress.executed.total().saturating_sub(before);
        #[expect(clippy::cast_precision_loss, reason = "a rate needs no more digits")]
        let rows = rows as f64;
        (seconds > 0.0).then(|| rows / seconds)
    }

    /// When the last row will have been executed, if it goes on like this.
    pub fn expected_end(&self) -> Option<Timestamp> {
        if self.batch.state.is_final() {
            return None;
        }
        let rate = self.rows_per_second().filter(|rate| *rate > 0.0)?;
        #[expect(clippy::cast_precision_loss, reason = "an estimate needs no more digits")]
        let left = self.progress.rows.saturating_sub(self.progress.executed.total()) as f64;
        let left = jiff::SignedDuration::try_from_secs_f64(left / rate).ok()?;
        self.now.checked_add(left).ok()
    }
}

impl Sealed for GetBatch {}

impl Query for GetBatch {
    const PERMISSION: Option<Permission> = Some(Permission::Batches);
    type Answer = BatchReport;

    async fn answer(self, clients: &Clients, caller: &Caller, now: Timestamp) -> Result<BatchReport, Error> {
        let (batch, progress) = clients.seen_progress(caller, &self.batch).await?;
        let confirmation = clients.batch_office()?.rules.confirmation;
        let after = |action| batch.after(action, Requester::Person(caller), confirmation, now).map(drop);
        let actions = BatchAction::OF_PEOPLE.into_iter().map(|action| (action, after(action))).collect();
        Ok(BatchReport { batch, progress, actions, now })
    }
}

/// The batches that the caller sees, newest first.
#[derive(Clone, Debug)]
pub struct GetBatches {
    /// Only the caller's own.
    pub mine: bool,
    /// Only those after this one.
    pub after: Option<(Timestamp, BatchId)>,
    /// The maximum number.
    pub limit: usize,
}

impl Sealed for GetBatches {}

impl Query for GetBatches {
    const PERMISSION: Option<Permission> = Some(Permission::Batches);
    type Answer = Vec<Batch>;

    async fn answer(self, clients: &Clients, caller: &Caller, _now: Timestamp) -> Result<Vec<Batch>, Error> {
        let Self { mine, after, limit } = self;
        let only_own = mine || !caller.may(Permission::BatchesConfirm);
        let uploader = only_own.then(|| caller.actor.id.clone());
        let page = BatchPage { uploader, after, limit };
        clients.batch_office()?.batches.batches(&page).await.map_err(Error::of_query)
    }
}
