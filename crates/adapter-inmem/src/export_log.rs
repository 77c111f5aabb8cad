use std::sync::Arc;

use async_trait::async_trait;
use client_app::export::ExportRecord;
use client_app::ports::{ExportLog, ExportPage, StoreError};

use crate::faults::Operation;
use crate::store::MemoryStore;
use crate::tables::Tables;

impl Tables {
    fn begin_export(&mut self, record: &ExportRecord) {
        if !self.exports.contains_key(&record.id) {
            self.exports.insert_mut(record.id.clone(), Arc::new(record.clone()));
        }
    }

    fn end_export(&mut self, record: &ExportRecord) -> bool {
        let runs = self.exports.get(&record.id).is_some_and(|stored| stored.end.is_none());
        if runs {
            self.exports.insert_mut(record.id.clone(), Arc::new(record.clone()));
        }
        runs
    }
}

#[async_trait]
impl ExportLog for MemoryStore {
    async fn begin_export(&self, record: &ExportRecord) -> Result<(), StoreError> {
        self.answer(Operation::Exports, || {
            self.change(|tables| tables.begin_export(record));
            Ok(())
        })
        .await
    }

    async fn end_export(&self, record: &ExportRecord) -> Result<bool, StoreError> {
        self.answer(Operation::Exports, || Ok(self.change(|tables| tables.end_export(record)))).await
    }

    async fn exports(&self, page: &ExportPage) -> Result<Vec<ExportRecord>, StoreError> {
        self.answer(Operation::Exports, || {
            let tables = self.snapshot();
            let mut found: Vec<_> =
                tables.exports.values().filter(|record| page.holds(record)).map(Arc::clone).collect();
            found.sort_unstable_by(|one, other| (other.begun_at, &other.id).cmp(&(one.begun_at, &one.id)));
            found.truncate(page.limit);
            Ok(found.iter().map(|record| ExportRecord::clone(record)).collect())
        })
        .await
    }
}
