//! The log of exports, as rows.

use async_trait::async_trait;
use client_app::export::ExportRecord;
use client_app::ports::{ExportLog, ExportPage, StoreError};
use client_domain::ActorId;

use crate::columns::Columns;
use crate::parameters::{Parameters, to_i64};
use crate::sql::{BEGIN_EXPORT, COPIED_EXPORTS, END_EXPORT, EXPORTS};
use crate::store::SqliteStore;

const TABLE: &str = "client_export";

#[async_trait]
impl ExportLog for SqliteStore {
    async fn begin_export(&self, record: &ExportRecord) -> Result<(), StoreError> {
        let record = record.clone();
        self.write(move |connection| {
            let parameters = Parameters::new()
                .with(":export_id", record.id.as_str())
                .with(":exporter", record.by.id.as_str())
                .with(":begun_at", record.begun_at)
                .with(":ended_at", record.end.map(|end| end.at))
                .with(":details", record.to_json());
            parameters.execute(connection, BEGIN_EXPORT)?;
            Ok(())
        })
        .await
    }

    async fn end_export(&self, record: &ExportRecord) -> Result<bool, StoreError> {
        let record = record.clone();
        self.write(move |connection| {
            let parameters = Parameters::new()
                .with(":export_id", record.id.as_str())
                .with(":ended_at", record.end.map(|end| end.at))
                .with(":details", record.to_json());
            Ok(parameters.execute(connection, END_EXPORT)? > 0)
        })
        .await
    }

    async fn exports(&self, page: &ExportPage) -> Result<Vec<ExportRecord>, StoreError> {
        let page = page.clone();
        self.read(move |connection| {
            let (at, id) = page.after.as_ref().map(|(at, id)| (*at, id.as_str())).unzip();
            let parameters = Parameters::new()
                .with(":exporter", page.by.as_ref().map(ActorId::as_str))
                .with(":begun_at", at)
                .with(":export_id", id)
                .with(":limit", to_i64(page.limit));
            parameters.rows(connection, (TABLE, EXPORTS), record)
        })
        .await
    }
}

impl SqliteStore {
    /// Up to `limit` exports after this one, for a copy to another store.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as a read.
    pub async fn exports_after(
        &self,
        after: Option<&ExportRecord>,
        limit: usize,
    ) -> Result<Vec<ExportRecord>, StoreError> {
        let after = after.map(|record| record.id.clone());
        self.read(move |connection| {
            let id = after.as_ref().map_or("", |id| id.as_str());
            let page = Parameters::new().with(":export_id", id).with(":limit", to_i64(limit));
            page.rows(connection, (TABLE, COPIED_EXPORTS), record)
        })
        .await
    }
}

fn record(columns: &Columns<'_>) -> Result<ExportRecord, StoreError> {
    columns.known("details", |text: String| ExportRecord::from_json(&text))
}
