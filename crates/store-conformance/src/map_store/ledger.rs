use async_trait::async_trait;
use client_app::ports::{ContentLedger, InstallationId, OrphanCandidate, StoreError};
use client_domain::kyc::ContentKey;
use jiff::Timestamp;

use super::maps::{Candidate, Maps};
use super::storage::{MapStorage, Method};
use super::store::MapStore;

#[async_trait]
impl<S: MapStorage> ContentLedger for MapStore<S> {
    async fn queue(&self, candidate: &OrphanCandidate) -> Result<(), StoreError> {
        self.write(Method::Queue, |maps| {
            let new = Candidate { since: candidate.since, trashed: None };
            maps.candidates.entry(candidate.key.clone()).or_insert(new);
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
        self.read(Method::Queued, |maps| page(maps, is_due, after, limit)).await
    }

    async fn trashed(
        &self,
        before: Timestamp,
        after: Option<&ContentKey>,
        limit: usize,
    ) -> Result<Vec<ContentKey>, StoreError> {
        let is_due = |candidate: &Candidate| candidate.trashed.is_some_and(|at| at < before);
        self.read(Method::Trashed, |maps| page(maps, is_due, after, limit)).await
    }

    async fn set_trashed(&self, keys: &[ContentKey], at: Timestamp) -> Result<(), StoreError> {
        self.write(Method::SetTrashed, |maps| {
            for key in keys {
                if let Some(candidate) = maps.candidates.get_mut(key) {
                    candidate.trashed.get_or_insert(at);
                }
            }
        })
        .await
    }

    async fn dequeue(&self, keys: &[ContentKey]) -> Result<(), StoreError> {
        self.write(Method::Dequeue, |maps| maps.candidates.retain(|key, _| !keys.contains(key))).await
    }

    async fn documents(&self) -> Result<u64, StoreError> {
        self.read(Method::Documents, |maps| {
            maps.clients.values().map(|client| client.kyc().documents.len() as u64).sum()
        })
        .await
    }

    async fn installation(&self, fresh: &InstallationId) -> Result<InstallationId, StoreError> {
        self.write(Method::Installation, |maps| {
            maps.installation.get_or_insert_with(|| fresh.clone()).clone()
        })
        .await
    }
}

/// The keys of these candidates after `after`, in their order.
fn page(
    maps: &Maps,
    is_due: impl Fn(&Candidate) -> bool,
    after: Option<&ContentKey>,
    limit: usize,
) -> Vec<ContentKey> {
    let due = maps.candidates.iter().filter(|(_, candidate)| is_due(candidate)).map(|(key, _)| key);
    due.filter(|key| after.is_none_or(|after| after < *key)).take(limit).cloned().collect()
}
