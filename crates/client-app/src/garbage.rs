//! Garbage collection: contents that no document names go to the trash, and from there they are deleted.
//!
//! ```text
//! queued (uploaded, or replaced) ──grace period──> trash ──30 days──> deleted
//!          │                                         │
//!          └── a document names it: dequeued         └── a document names it: restored
//! ```

use std::collections::BTreeSet;
use std::sync::{Mutex, MutexGuard, PoisonError};

use client_domain::kyc::ContentKey;
use jiff::Timestamp;

use crate::ports::{OrphanCandidate, StoreError};
use crate::{Check, CheckName, CheckState, Clients};

/// How many contents are looked at in one step.
const STEP: usize = 500;
/// How many orphans one round takes; the next round takes the rest.
const MAX_ORPHANS: usize = 10_000;
/// So many orphans are collected whatever their share is: in a small place every share is large.
const ALWAYS_ALLOWED: u64 = 100;

/// What one round of garbage collection may take.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct GarbageRules {
    /// Contents that were uploaded or replaced before this moment and that no document names go to the trash. It must lie
    /// further back than any request takes between storing a file and committing: a day is what the service says.
    pub orphaned_before: Timestamp,
    /// Contents that went to the trash before this moment are deleted.
    pub trashed_before: Timestamp,
    /// The greatest share of all known contents, in percent, that one round may take. A round that would take more, and
    /// more than 100 contents, takes nothing: that is no ordinary day, and somebody has to look.
    pub max_share: u8,
}

/// What one round of garbage collection did.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GarbageRound {
    /// How many orphans went to the trash.
    pub trashed: u64,
    /// How many contents were deleted.
    pub deleted: u64,
    /// How many contents were moved back from the trash because a document names them.
    pub restored: u64,
    /// The round would have taken too many, and took nothing.
    pub stopped: Option<TooManyOrphans>,
}

/// Why a round took nothing.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{orphans} of {contents} known contents would be collected, and that is more than the set share")]
pub struct TooManyOrphans {
    /// How many contents would have been taken.
    pub orphans: u64,
    /// How many contents are known: those that documents name, and those that would have been taken.
    pub contents: u64,
}

impl Clients {
    /// Moves orphans to the trash, and deletes what has been there long enough. Several instances may do this at once,
    /// and each step may be done again.
    pub async fn collect_garbage(&self, rules: &GarbageRules) -> Result<GarbageRound, StoreError> {
        let (orphans, count) = self.orphans(rules.orphaned_before).await?;
        if count > ALWAYS_ALLOWED {
            let contents = self.ledger.documents().await?.saturating_add(count);
            if count.saturating_mul(100) > contents.saturating_mul(rules.max_share.into()) {
                let stopped = Some(TooManyOrphans { orphans: count, contents });
                *lock(&self.collection_stopped) = stopped;
                return Ok(GarbageRound { stopped, ..GarbageRound::default() });
            }
        }
        *lock(&self.collection_stopped) = None;
        let mut round = self.empty_trash(rules.trashed_before).await?;
        let now = self.clock.now();
        for step in orphans.chunks(STEP) {
            let mut gone = Vec::new();
            for key in step {
                if self.contents.trash(key).await? {
                    round.trashed += 1;
                } else {
                    gone.push(key.clone());
                }
            }
            self.ledger.dequeue(&gone).await?;
            self.ledger.set_trashed(step, now).await?;
        }
        Ok(round)
    }

    /// Queues every content of the place that was made before this moment and that no document names; how many those
    /// were. This lists the whole place. It is for contents that were stored or replaced before there was a queue, and
    /// for those of a release that knows of none.
    pub async fn queue_untracked_contents(&self, made_before: Timestamp) -> Result<u64, StoreError> {
        let (mut queued, mut after) = (0, None);
        loop {
            let keys = self.contents.keys(after.as_ref(), MAX_ORPHANS).await?;
            for step in keys.chunks(STEP) {
                let old: Vec<_> = step.iter().filter(|key| key.made_at() < made_before).cloned().collect();
                for key in self.unnamed(old).await? {
                    self.ledger.queue(&OrphanCandidate { key, since: made_before }).await?;
                    queued += 1;
                }
            }
            if keys.len() < MAX_ORPHANS {
                return Ok(queued);
            }
            after = keys.last().cloned();
        }
    }

    /// The orphans that one round takes, and how many there are in all. Candidates that documents name are dequeued.
    async fn orphans(&self, before: Timestamp) -> Result<(Vec<ContentKey>, u64), StoreError> {
        let (mut orphans, mut count, mut after) = (Vec::new(), 0, None);
        loop {
            let keys = self.ledger.queued(before, after.as_ref(), STEP).await?;
            let more = keys.len() == STEP;
            after = keys.last().cloned();
            let named = self.dequeue_named(&keys).await?;
            let unnamed: Vec<_> = keys.into_iter().filter(|key| !named.contains(key)).collect();
            count += unnamed.len() as u64;
            orphans.extend(unnamed.into_iter().take(MAX_ORPHANS - orphans.len()));
            if !more {
                return Ok((orphans, count));
            }
        }
    }

    /// Deletes what has been in the trash long enough and that no document names; what one names is moved back.
    async fn empty_trash(&self, before: Timestamp) -> Result<GarbageRound, StoreError> {
        let (mut round, mut after) = (GarbageRound::default(), None);
        loop {
            let keys = self.ledger.trashed(before, after.as_ref(), STEP).await?;
            let named = self.store.contents_in_use(&keys).await?;
            for key in &keys {
                if named.contains(key) {
                    self.contents.restore(key).await?;
                    round.restored += 1;
                } else {
                    self.contents.delete(key).await?;
                    round.deleted += 1;
                }
            }
            self.ledger.dequeue(&keys).await?;
            if keys.len() < STEP {
                return Ok(round);
            }
            after = keys.last().cloned();
        }
    }

    /// Whether files can be stored and read, and whether somebody has to look after garbage collection.
    pub(crate) fn contents_check(&self, answer: Result<(), StoreError>) -> Check {
        let broken = "Files of documents can be neither stored nor read.";
        let check = Check::of(CheckName::Contents, answer, broken);
        match (&check.state, *lock(&self.collection_stopped)) {
            (CheckState::Ok, Some(stopped)) => {
                let warning = format!("Garbage collection took nothing: {stopped}.");
                Check::new(CheckName::Contents, CheckState::Warning(warning))
            }
            _ => check,
        }
    }

    async fn dequeue_named(&self, keys: &[ContentKey]) -> Result<BTreeSet<ContentKey>, StoreError> {
        if keys.is_empty() {
            return Ok(BTreeSet::new());
        }
        let named = self.store.contents_in_use(keys).await?;
        if !named.is_empty() {
            self.ledger.dequeue(&named.iter().cloned().collect::<Vec<_>>()).await?;
        }
        Ok(named)
    }

    async fn unnamed(&self, mut keys: Vec<ContentKey>) -> Result<Vec<ContentKey>, StoreError> {
        if !keys.is_empty() {
            let named = self.store.contents_in_use(&keys).await?;
            keys.retain(|key| !named.contains(key));
        }
        Ok(keys)
    }
}

fn lock(stopped: &Mutex<Option<TooManyOrphans>>) -> MutexGuard<'_, Option<TooManyOrphans>> {
    stopped.lock().unwrap_or_else(PoisonError::into_inner)
}
