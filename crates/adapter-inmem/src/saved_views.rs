use std::sync::Arc;

use async_trait::async_trait;
use client_app::ports::{SavedView, SavedViews, StoreError, ViewBounds, ViewId, ViewSaving};
use client_domain::ActorId;

use crate::faults::Operation;
use crate::store::MemoryStore;
use crate::tables::Tables;

impl Tables {
    fn save_view(&mut self, view: &SavedView, bounds: ViewBounds) -> ViewSaving {
        let id = view.id();
        let others = || self.views.iter().filter(|(other, _)| **other != id).map(|(_, other)| other);
        let own = others().filter(|other| other.by.id == view.by.id).count();
        let saved = ViewSaving::of(view, own, others().filter(|other| other.shared).count(), bounds);
        if saved == ViewSaving::Done {
            self.views.insert_mut(id, Arc::new(view.clone()));
        }
        saved
    }

    fn delete_view(&mut self, id: &ViewId, only_shared: bool) -> bool {
        let is_meant = self.views.get(id).is_some_and(|view| view.shared || !only_shared);
        is_meant && self.views.remove_mut(id)
    }
}

#[async_trait]
impl SavedViews for MemoryStore {
    async fn save_view(&self, view: &SavedView, bounds: ViewBounds) -> Result<ViewSaving, StoreError> {
        self.answer(Operation::SavedViews, || Ok(self.change(|tables| tables.save_view(view, bounds)))).await
    }

    async fn delete_view(&self, id: &ViewId, only_shared: bool) -> Result<bool, StoreError> {
        self.answer(Operation::SavedViews, || Ok(self.change(|tables| tables.delete_view(id, only_shared))))
            .await
    }

    async fn views_of(&self, actor: &ActorId) -> Result<Vec<SavedView>, StoreError> {
        self.answer(Operation::SavedViews, || {
            let tables = self.snapshot();
            let seen = tables.views.values().filter(|view| view.is_seen_by(actor));
            Ok(seen.map(|view| SavedView::clone(view)).collect())
        })
        .await
    }
}
