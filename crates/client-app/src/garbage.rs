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

use crate::clients::Clients;
use crate::garbage_round::{GarbageRound, GarbageRules, TooManyOrphans};
use crate::ports::error::StoreError;
use crate::ports::ledger::OrphanCandidate;
use crate::readiness::{Check, CheckName, CheckState};

/// How many contents one step handles.
const BATCH_SIZE: usize = 500;
/// How many orphans one round moves to the trash; the next round continues.
const MAX_ORPHANS: usize = 10_000;
/// Up to this number, orphans are collected whatever their share: in a small installation every share is
/// large.
const ALWAYS_ALLOWED: u64 = 100;

impl Clients {
    /// Moves orphans to the trash, and deletes contents whose time in the trash is over. Several instances
    /// may run it concurrently, and each step is idempotent.
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
        for step in orphans.chunks(BATCH_SIZE) {
            let mut missing = Vec::new();
            for key in step {
                if self.contents.trash(key).await? {
                    round.trashed += 1;
                } else {
                    missing.push(key.clone());
                }
            }
            self.ledger.dequeue(&missing).await?;
            self.ledger.set_trashed(step, now).await?;
        }
        Ok(round)
    }

    /// Queues every content of the place that is older than `made_before` and that no document names, and
    /// returns their number. It lists the whole place. It is for contents from before the queue existed, and
    /// from releases without it.
    pub async fn queue_untracked_contents(&self, made_before: Timestamp) -> Result<u64, StoreError> {
        let (mut queued, mut after) = (0, None);
        loop {
            let keys = self.contents.keys(after.as_ref(), MAX_ORPHANS).await?;
            for step in keys.chunks(BATCH_SIZE) {
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

    /// The orphans of this round, and the number of all orphans. Candidates that documents name are dequeued.
    async fn orphans(&self, before: Timestamp) -> Result<(Vec<ContentKey>, u64), StoreError> {
        let (mut orphans, mut count, mut after) = (Vec::new(), 0, None);
        loop {
            let keys = self.ledger.queued(before, after.as_ref(), BATCH_SIZE).await?;
            let more = keys.len() == BATCH_SIZE;
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

    /// Deletes contents whose time in the trash is over. Contents that a document names are moved back.
    async fn empty_trash(&self, before: Timestamp) -> Result<GarbageRound, StoreError> {
        let (mut round, mut after) = (GarbageRound::default(), None);
        loop {
            let keys = self.ledger.trashed(before, after.as_ref(), BATCH_SIZE).await?;
            let named = self.store.contents_in_use(&keys).await?;
            for key in &keys {
                if named.contains(key) {
                    round.restored += u64::from(self.contents.restore(key).await?);
                } else {
                    self.contents.delete(key).await?;
                    round.deleted += 1;
                }
            }
            self.ledger.dequeue(&keys).await?;
            if keys.len() < BATCH_SIZE {
                return Ok(round);
            }
            after = keys.last().cloned();
        }
    }

    /// Whether files can be stored and read, with a warning if garbage collection has stopped.
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
