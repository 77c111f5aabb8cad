//! Batches as the use cases reach them.

use std::sync::Arc;

use super::aggregate::{Batch, BatchRefusal, Requester};
use super::id::BatchId;
use super::piece::BatchProgress;
use super::rules::BatchRules;
use super::state::BatchAction;
use crate::batch_office::BatchOffice;
use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::batches::Batches;

impl Clients {
    /// Offers batches, in the storage of the clients. Without it they answer that they are unavailable.
    #[must_use]
    pub fn with_batches(mut self, batches: Arc<dyn Batches>, rules: BatchRules) -> Self {
        self.batch_office = Some(BatchOffice { batches, rules });
        self
    }

    /// The settings of batches, if the program offers them.
    pub fn batch_rules(&self) -> Option<&BatchRules> {
        self.batch_office.as_ref().map(|office| &office.rules)
    }

    pub(crate) fn batch_office(&self) -> Result<&BatchOffice, Error> {
        let missing = || Error::Unavailable { cause: "this program has no batches".to_owned() };
        self.batch_office.as_ref().ok_or_else(missing)
    }

    /// A batch that this caller sees.
    pub(crate) async fn seen_batch(&self, caller: &Caller, id: &BatchId) -> Result<Batch, Error> {
        let found = self.batch_office()?.batches.batch(id).await.map_err(Error::of_query)?;
        found.filter(|batch| batch.is_seen_by(caller)).ok_or(Error::BatchNotFound)
    }

    /// A batch that this caller sees, and how far it is.
    pub(crate) async fn seen_progress(
        &self,
        caller: &Caller,
        id: &BatchId,
    ) -> Result<(Batch, BatchProgress), Error> {
        let found = self.batch_office()?.batches.find_batch(id).await.map_err(Error::of_query)?;
        found.filter(|(batch, _)| batch.is_seen_by(caller)).ok_or(Error::BatchNotFound)
    }

    /// A batch after an action, by the rules of the bank.
    pub(crate) fn after(
        &self,
        batch: &Batch,
        action: BatchAction,
        requester: Requester<'_>,
    ) -> Result<Batch, Error> {
        let confirmation = self.batch_office()?.rules.confirmation;
        batch.after(action, requester, confirmation, self.clock.now()).map_err(Error::of_batch)
    }
}

impl Error {
    /// The error of a refused action with a batch.
    pub fn of_batch(refusal: BatchRefusal) -> Self {
        match refusal {
            BatchRefusal::PermissionMissing(missing) => Self::PermissionMissing(missing),
            refusal => Self::BatchRefused(refusal),
        }
    }
}
