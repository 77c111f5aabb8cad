//! Batches as people deal with them: announced, confirmed, paused, resumed, stopped. Each may be repeated.

use client_domain::Permission;
use client_domain::kyc::Sha256;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};

use crate::batch::aggregate::{Batch, Requester};
use crate::batch::form::BatchForm;
use crate::batch::id::BatchId;
use crate::batch::state::{BatchAction, BatchState};
use crate::batch::upload::ATTEMPTS;
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::batches::Announcement;
use crate::request::RequestContext;
use crate::request_digest::RequestDigest;
use crate::standalone::StandaloneCommand;
use crate::standalone::sealed::Sealed;

/// Announces a batch, whose file is sent next.
#[derive(Clone, Debug)]
pub struct AnnounceBatch {
    /// How its rows are read.
    pub form: BatchForm,
    /// The digest of its file.
    pub sha256: Sha256,
}

/// A batch as a command leaves it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchMoved {
    /// Its id.
    pub id: String,
    /// The name of its state.
    pub state: String,
}

impl BatchMoved {
    fn of(batch: &Batch) -> Self {
        Self { id: batch.id.as_str().to_owned(), state: batch.state.name().to_owned() }
    }
}

impl Sealed for AnnounceBatch {}

impl StandaloneCommand for AnnounceBatch {
    const NAME: &'static str = "CreateBatchCommand";
    const PERMISSION: Permission = Permission::Batches;
    type Outcome = BatchMoved;

    fn digest(&self, digest: &mut RequestDigest) {
        digest.text(&*self.form.to_json());
        digest.update(&self.sha256.0);
    }

    async fn perform(
        self,
        clients: &Clients,
        context: &RequestContext,
        now: Timestamp,
    ) -> Result<BatchMoved, Error> {
        let caller = &context.caller;
        let id = BatchId::of(&caller.actor.id, context.idempotency_key.as_ref(), &self.sha256, &self.form);
        let batch = Batch {
            id,
            uploader: caller.clone(),
            form: self.form,
            sha256: self.sha256,
            state: BatchState::Announced,
            version: 1,
            upload: None,
            content: None,
            announced_at: now,
            moved_at: now,
            confirmed: None,
            running: None,
            ended_at: None,
        };
        let office = clients.batch_office()?;
        let max = office.rules.max_open;
        let announcement = if context.dry_run {
            office.batches.check_announcement(&batch, max).await.map_err(Error::of_load)?
        } else {
            office.batches.announce_batch(&batch, max).await.map_err(Error::of_commit)?
        };
        match announcement {
            Announcement::Stored(batch) => Ok(BatchMoved::of(&batch)),
            Announcement::Deleted => Err(Error::BatchDeleted),
            Announcement::TooMany => Err(Error::TooManyBatches { max }),
        }
    }
}

macro_rules! actions {
    ($($(#[$doc:meta])* $command:ident = $name:literal, $permission:ident, $action:ident, [$($reached:ident)*];)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $command {
            /// The batch.
            pub batch: BatchId,
        }

        impl Sealed for $command {}

        impl StandaloneCommand for $command {
            const NAME: &'static str = $name;
            const PERMISSION: Permission = Permission::$permission;
            type Outcome = BatchMoved;

            fn digest(&self, digest: &mut RequestDigest) {
                digest.text(self.batch.as_str());
            }

            async fn perform(
                self,
                clients: &Clients,
                context: &RequestContext,
                now: Timestamp,
            ) -> Result<BatchMoved, Error> {
                let is_reached = |state| matches!(state, $(BatchState::$reached)|*);
                clients.move_batch(context, &self.batch, (BatchAction::$action, &is_reached), now).await
            }
        }
    )*};
}

actions! {
    /// Confirms a batch whose rows were checked: its rows are executed from now on.
    ConfirmBatch = "ConfirmBatchCommand", BatchesConfirm, Confirm, [Confirmed Running];
    /// Pauses a batch. The pieces that are being executed are completed.
    PauseBatch = "PauseBatchCommand", Batches, Pause, [Paused];
    /// Lets a paused batch go on.
    ResumeBatch = "ResumeBatchCommand", Batches, Resume, [Confirmed Running];
    /// Stops a batch for good. What was done stays done.
    StopBatch = "StopBatchCommand", Batches, Stop, [Stopping Stopped];
}

impl Clients {
    /// Does an action with a batch. One that is where the action leads to already is left as it is.
    async fn move_batch(
        &self,
        context: &RequestContext,
        id: &BatchId,
        (action, is_reached): (BatchAction, &(dyn Fn(BatchState) -> bool + Sync)),
        now: Timestamp,
    ) -> Result<BatchMoved, Error> {
        let batches = &self.batch_office()?.batches;
        for _ in 0..ATTEMPTS {
            let batch = self.seen_batch(&context.caller, id).await?;
            if is_reached(batch.state) {
                return Ok(BatchMoved::of(&batch));
            }
            let next = batch.after(
                action,
                Requester::Person(&context.caller),
                self.batch_office()?.rules.confirmation,
                now,
            );
            let next = next.map_err(Error::of_batch)?;
            if context.dry_run
                || batches.replace_batch(&next, batch.version).await.map_err(Error::of_commit)?
            {
                return Ok(BatchMoved::of(&next));
            }
        }
        Err(Error::Contended { last: None })
    }
}
