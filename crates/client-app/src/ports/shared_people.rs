//! The same for the ports of people at work: sessions, the work queue and saved views.

use std::sync::Arc;

use async_trait::async_trait;
use client_domain::ActorId;
use jiff::Timestamp;

use crate::ports::error::StoreError;
use crate::ports::saved_views::{SavedView, SavedViews, ViewBounds, ViewId, ViewSaving};
use crate::ports::sessions::{ProviderLogout, Session, SessionId, SessionMoment, Sessions};
use crate::ports::work_items::{WorkClaim, WorkItemId, WorkItems, WorkPage, WorkPosition};

#[async_trait]
impl<T: Sessions + ?Sized> Sessions for Arc<T> {
    async fn open_session(&self, session: &Session) -> Result<(), StoreError> {
        (**self).open_session(session).await
    }

    async fn find_session(&self, id: &SessionId, at: SessionMoment) -> Result<Option<Session>, StoreError> {
        (**self).find_session(id, at).await
    }

    async fn touch_session(&self, id: &SessionId, at: SessionMoment) -> Result<bool, StoreError> {
        (**self).touch_session(id, at).await
    }

    async fn end_session(&self, id: &SessionId) -> Result<bool, StoreError> {
        (**self).end_session(id).await
    }

    async fn end_sessions_of(&self, actor: &ActorId) -> Result<u64, StoreError> {
        (**self).end_sessions_of(actor).await
    }

    async fn end_provider_sessions(&self, logout: &ProviderLogout) -> Result<u64, StoreError> {
        (**self).end_provider_sessions(logout).await
    }

    async fn remove_ended(&self, at: SessionMoment, limit: usize) -> Result<u64, StoreError> {
        (**self).remove_ended(at, limit).await
    }
}

#[async_trait]
impl<T: WorkItems + ?Sized> WorkItems for Arc<T> {
    async fn waiting(&self, page: &WorkPage) -> Result<Vec<WorkPosition>, StoreError> {
        (**self).waiting(page).await
    }

    async fn claim_work(&self, claim: &WorkClaim, now: Timestamp) -> Result<Option<WorkClaim>, StoreError> {
        (**self).claim_work(claim, now).await
    }

    async fn release_work(
        &self,
        item: &WorkItemId,
        by: &ActorId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        (**self).release_work(item, by, now).await
    }

    async fn work_claims(&self, items: &[WorkItemId], now: Timestamp) -> Result<Vec<WorkClaim>, StoreError> {
        (**self).work_claims(items, now).await
    }

    async fn remove_ended_claims(&self, now: Timestamp, limit: usize) -> Result<u64, StoreError> {
        (**self).remove_ended_claims(now, limit).await
    }
}

#[async_trait]
impl<T: SavedViews + ?Sized> SavedViews for Arc<T> {
    async fn save_view(&self, view: &SavedView, bounds: ViewBounds) -> Result<ViewSaving, StoreError> {
        (**self).save_view(view, bounds).await
    }

    async fn delete_view(&self, id: &ViewId, only_shared: bool) -> Result<bool, StoreError> {
        (**self).delete_view(id, only_shared).await
    }

    async fn views_of(&self, actor: &ActorId) -> Result<Vec<SavedView>, StoreError> {
        (**self).views_of(actor).await
    }
}
