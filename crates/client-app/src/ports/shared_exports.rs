//! The same for the log of exports.

use std::sync::Arc;

use async_trait::async_trait;

use crate::export::record::ExportRecord;
use crate::ports::error::StoreError;
use crate::ports::export_log::{ExportLog, ExportPage};

#[async_trait]
impl<T: ExportLog + ?Sized> ExportLog for Arc<T> {
    async fn begin_export(&self, record: &ExportRecord) -> Result<(), StoreError> {
        (**self).begin_export(record).await
    }

    async fn end_export(&self, record: &ExportRecord) -> Result<bool, StoreError> {
        (**self).end_export(record).await
    }

    async fn exports(&self, page: &ExportPage) -> Result<Vec<ExportRecord>, StoreError> {
        (**self).exports(page).await
    }
}
