use async_trait::async_trait;
use client_app::ports::{SavedView, SavedViews, StoreError, ViewBounds, ViewId, ViewSaving};
use client_domain::ActorId;

use super::storage::{MapStorage, Method};
use super::store::MapStore;

#[async_trait]
impl<S: MapStorage> SavedViews for MapStore<S> {
    async fn save_view(&self, view: &SavedView, bounds: ViewBounds) -> Result<ViewSaving, StoreError> {
        self.write(Method::SaveView, |maps| {
            let others: Vec<_> = maps.views.values().filter(|other| other.id() != view.id()).collect();
            let own = others.iter().filter(|other| other.by.id == view.by.id).count();
            let shared = others.iter().filter(|other| other.shared).count();
            let saved = ViewSaving::of(view, own, shared, bounds);
            if saved == ViewSaving::Done {
                maps.views.insert(view.id(), view.clone());
            }
            saved
        })
        .await
    }

    async fn delete_view(&self, id: &ViewId, only_shared: bool) -> Result<bool, StoreError> {
        self.write(Method::DeleteView, |maps| {
            let is_meant = maps.views.get(id).is_some_and(|view| view.shared || !only_shared);
            is_meant && maps.views.remove(id).is_some()
        })
        .await
    }

    async fn views_of(&self, actor: &ActorId) -> Result<Vec<SavedView>, StoreError> {
        self.read(Method::ViewsOf, |maps| {
            maps.views.values().filter(|view| view.is_seen_by(actor)).cloned().collect()
        })
        .await
    }
}
