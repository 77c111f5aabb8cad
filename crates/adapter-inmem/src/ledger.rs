use std::ops::Bound;

use async_trait::async_trait;
use client_app::ports::{ContentLedger, InstallationId, OrphanCandidate, StoreError};
use client_domain::kyc::ContentKey;
use jiff::Timestamp;

use crate::faults::Operation;
use crate::store::MemoryStore;
use crate::tables::{Candidate, Tables};

impl Tables {
    pub(crate) fn queue(&mut self, candidate: OrphanCandidate) {
        if !self.candidates.contains_key(&candidate.key) {
            self.candidates.insert_mut(candidate.key, Candidate { since: candidate.since, trashed: None });
        }
    }

    fn candidates(
        &self,
        after: Option<&ContentKey>,
        limit: usize,
        is_due: impl Fn(&Candidate) -> bool,
    ) -> Vec<ContentKey> {
        let after = after.cloned().map_or(Bound::Unbounded, Bound::Excluded);
        let candidates = self.candidates.range((after, Bound::Unbounded));
        candidates
            .filter(|(_, candidate)| is_due(candidate))
            .map(|(key, _)| key.clone())
            .take(limit)
            .collect()
    }
}

#[async_trait]
impl ContentLedger for MemoryStore {
    async fn queue(&self, candidate: &OrphanCandidate) -> Result<(), StoreError> {
        let candidate = candidate.clone();
        self.answer(Operation::Ledger, || {
            self.change(|tables| tables.queue(candidate));
            Ok(())
        })
        .await
    }

    async fn queued(
        &self,
        before: Timestamp,
        after: Option<&ContentKey>,
        limit: usize,
    ) -> Result<Vec<ContentKey>, StoreError> {
        let is_due = |candidate: &Candidate| candidate.trashed.is_none() && candidate.since < before;
        self.answer(Operation::Ledger, || Ok(self.snapshot().candidates(after, limit, is_due))).await
    }

    async fn trashed(
        &self,
        before: Timestamp,
        after: Option<&ContentKey>,
        limit: usize,
    ) -> Result<Vec<ContentKey>, StoreError> {
        let is_due = |candidate: &Candidate| candidate.trashed.is_some_and(|since| since < before);
        self.answer(Operation::Ledger, || Ok(self.snapshot().candidates(after, limit, is_due))).await
    }

    async fn set_trashed(&self, keys: &[ContentKey], at: Timestamp) -> Result<(), StoreError> {
        let set = |tables: &mut Tables| {
            for key in keys {
                if let Some(Candidate { since, trashed: None }) = tables.candidates.get(key).copied() {
                    tables.candidates.insert_mut(key.clone(), Candidate { since, trashed: Some(at) });
                }
            }
        };
        self.answer(Operation::Ledger, || {
            self.change(set);
            Ok(())
        })
        .await
    }

    async fn dequeue(&self, keys: &[ContentKey]) -> Result<(), StoreError> {
        let dequeue = |tables: &mut Tables| {
            for key in keys {
                tables.candidates.remove_mut(key);
            }
        };
        self.answer(Operation::Ledger, || {
            self.change(dequeue);
            Ok(())
        })
        .await
    }

    async fn documents(&self) -> Result<u64, StoreError> {
        self.answer(Operation::Ledger, || Ok(self.snapshot().documents.size() as u64)).await
    }

    async fn installation(&self, fresh: &InstallationId) -> Result<InstallationId, StoreError> {
        let make = |tables: &mut Tables| tables.installation.get_or_insert_with(|| fresh.clone()).clone();
        self.answer(Operation::Ledger, || Ok(self.change(make))).await
    }
}
