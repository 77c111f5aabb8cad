use async_trait::async_trait;
use client_app::ports::{StoreError, WorkClaim, WorkItemId, WorkItems, WorkPage, WorkPosition};
use client_domain::ActorId;
use jiff::Timestamp;

use crate::faults::Operation;
use crate::store::MemoryStore;
use crate::tables::Tables;

impl Tables {
    fn held(&self, item: &WorkItemId, now: Timestamp) -> Option<&WorkClaim> {
        self.work_claims.get(item).filter(|claim| now < claim.until)
    }

    fn claim_work(&mut self, claim: &WorkClaim, now: Timestamp) -> Option<WorkClaim> {
        let other = self.held(&claim.item, now).filter(|held| held.by.id != claim.by.id).cloned();
        if other.is_none() {
            self.work_claims.insert_mut(claim.item.clone(), claim.clone());
        }
        other
    }

    fn release_work(&mut self, item: &WorkItemId, by: &ActorId, now: Timestamp) -> bool {
        let is_own = self.held(item, now).is_some_and(|claim| claim.by.id == *by);
        is_own && self.work_claims.remove_mut(item)
    }

    fn remove_ended_claims(&mut self, now: Timestamp, limit: usize) -> u64 {
        let ended = self.work_claims.iter().filter(|(_, claim)| claim.until <= now).take(limit);
        let ended: Vec<_> = ended.map(|(item, _)| item.clone()).collect();
        for item in &ended {
            self.work_claims.remove_mut(item);
        }
        ended.len() as u64
    }
}

#[async_trait]
impl WorkItems for MemoryStore {
    async fn waiting(&self, page: &WorkPage) -> Result<Vec<WorkPosition>, StoreError> {
        let (tables, page) = (self.answer(Operation::WorkItems, || Ok(self.snapshot())).await?, page.clone());
        // It reads every client, so it runs on a thread of its own, as a search does.
        let found =
            tokio::task::spawn_blocking(move || page.of(tables.clients.values().map(|row| &row.client)));
        found.await.map_err(|failed| StoreError::Unavailable(Some(failed.into())))
    }

    async fn claim_work(&self, claim: &WorkClaim, now: Timestamp) -> Result<Option<WorkClaim>, StoreError> {
        self.change_work(|tables| tables.claim_work(claim, now)).await
    }

    async fn release_work(
        &self,
        item: &WorkItemId,
        by: &ActorId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.change_work(|tables| tables.release_work(item, by, now)).await
    }

    async fn work_claims(&self, items: &[WorkItemId], now: Timestamp) -> Result<Vec<WorkClaim>, StoreError> {
        self.answer(Operation::WorkItems, || {
            let tables = self.snapshot();
            Ok(items.iter().filter_map(|item| tables.held(item, now).cloned()).collect())
        })
        .await
    }

    async fn remove_ended_claims(&self, now: Timestamp, limit: usize) -> Result<u64, StoreError> {
        self.change_work(|tables| tables.remove_ended_claims(now, limit)).await
    }
}

impl MemoryStore {
    async fn change_work<T: Send>(
        &self,
        change: impl FnOnce(&mut Tables) -> T + Send,
    ) -> Result<T, StoreError> {
        self.answer(Operation::WorkItems, || Ok(self.change(change))).await
    }
}
