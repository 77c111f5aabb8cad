use async_trait::async_trait;
use client_app::ports::{StoreError, WorkClaim, WorkItemId, WorkItems, WorkPage, WorkPosition};
use client_domain::ActorId;
use jiff::Timestamp;

use super::maps::Maps;
use super::storage::{MapStorage, Method};
use super::store::MapStore;

#[async_trait]
impl<S: MapStorage> WorkItems for MapStore<S> {
    async fn waiting(&self, page: &WorkPage) -> Result<Vec<WorkPosition>, StoreError> {
        self.read(Method::Waiting, |maps| page.of(maps.clients.values())).await
    }

    async fn claim_work(&self, claim: &WorkClaim, now: Timestamp) -> Result<Option<WorkClaim>, StoreError> {
        self.write(Method::ClaimWork, |maps| {
            let other = maps.held(&claim.item, now).filter(|held| held.by.id != claim.by.id).cloned();
            if other.is_none() {
                maps.work_claims.insert(claim.item.clone(), claim.clone());
            }
            other
        })
        .await
    }

    async fn release_work(
        &self,
        item: &WorkItemId,
        by: &ActorId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        self.write(Method::ReleaseWork, |maps| {
            let is_own = maps.held(item, now).is_some_and(|claim| claim.by.id == *by);
            is_own && maps.work_claims.remove(item).is_some()
        })
        .await
    }

    async fn work_claims(&self, items: &[WorkItemId], now: Timestamp) -> Result<Vec<WorkClaim>, StoreError> {
        self.read(Method::WorkClaims, |maps| {
            items.iter().filter_map(|item| maps.held(item, now).cloned()).collect()
        })
        .await
    }

    async fn remove_ended_claims(&self, now: Timestamp, limit: usize) -> Result<u64, StoreError> {
        self.write(Method::RemoveEndedClaims, |maps| {
            let ended = maps.work_claims.values().filter(|claim| claim.until <= now).take(limit);
            let ended: Vec<_> = ended.map(|claim| claim.item.clone()).collect();
            maps.work_claims.retain(|item, _| !ended.contains(item));
            ended.len() as u64
        })
        .await
    }
}

impl Maps {
    fn held(&self, item: &WorkItemId, now: Timestamp) -> Option<&WorkClaim> {
        self.work_claims.get(item).filter(|claim| now < claim.until)
    }
}
