use async_trait::async_trait;
use client_app::export::ExportRecord;
use client_app::ports::{ExportLog, ExportPage, StoreError};

use super::storage::{MapStorage, Method};
use super::store::MapStore;

#[async_trait]
impl<S: MapStorage> ExportLog for MapStore<S> {
    async fn begin_export(&self, record: &ExportRecord) -> Result<(), StoreError> {
        self.write(Method::BeginExport, |maps| {
            maps.exports.entry(record.id.clone()).or_insert_with(|| record.clone());
        })
        .await
    }

    async fn end_export(&self, record: &ExportRecord) -> Result<bool, StoreError> {
        self.write(Method::EndExport, |maps| {
            let runs = maps.exports.get(&record.id).is_some_and(|stored| stored.end.is_none());
            if runs {
                maps.exports.insert(record.id.clone(), record.clone());
            }
            runs
        })
        .await
    }

    async fn exports(&self, page: &ExportPage) -> Result<Vec<ExportRecord>, StoreError> {
        self.read(Method::Exports, |maps| {
            let mut found: Vec<_> = maps.exports.values().filter(|record| page.holds(record)).collect();
            found.sort_by(|one, other| (other.begun_at, &other.id).cmp(&(one.begun_at, &one.id)));
            found.into_iter().take(page.limit).cloned().collect()
        })
        .await
    }
}
