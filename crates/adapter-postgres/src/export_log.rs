//! The log of exports, as rows.

use async_trait::async_trait;
use client_app::export::ExportRecord;
use client_app::ports::{ExportLog, ExportPage, StoreError};
use client_domain::ActorId;
use sqlx::postgres::PgRow;

use crate::pool::Share;
use crate::rows::columns::Columns;
use crate::rows::convert::to_i64;
use crate::sql::{COPY_EXPORTS, END_EXPORT, EXPORTS, START_EXPORT, Statement};
use crate::store::PostgresStore;
use crate::time::ToSql as _;

#[async_trait]
impl ExportLog for PostgresStore {
    async fn begin_export(&self, record: &ExportRecord) -> Result<(), StoreError> {
        let details = record.to_json();
        let statement = || {
            sqlx::query(START_EXPORT)
                .bind(record.id.as_str())
                .bind(record.by.id.as_str())
                .bind(record.begun_at.to_sql())
                .bind(record.end.map(|end| end.at.to_sql()))
                .bind(details.as_str())
        };
        self.write_idempotent(statement).await.map(drop)
    }

    async fn end_export(&self, record: &ExportRecord) -> Result<bool, StoreError> {
        let details = record.to_json();
        let statement = || {
            sqlx::query(END_EXPORT)
                .bind(record.id.as_str())
                .bind(record.end.map(|end| end.at.to_sql()))
                .bind(details.as_str())
        };
        Ok(!self.write_once(statement).await?.is_empty())
    }

    async fn exports(&self, page: &ExportPage) -> Result<Vec<ExportRecord>, StoreError> {
        let (at, id) = page.after.as_ref().map(|(at, id)| (at.to_sql(), id.as_str())).unzip();
        let statement = || {
            let of_exporter = sqlx::query(EXPORTS).bind(page.by.as_ref().map(ActorId::as_str));
            of_exporter.bind(at).bind(id).bind(to_i64(page.limit))
        };
        self.read(Share::KeyReads, statement).await?.iter().map(record).collect()
    }
}

/// Binds exports of a copy.
pub(crate) fn bind_all(records: &[ExportRecord]) -> Statement<'_> {
    sqlx::query(COPY_EXPORTS)
        .bind(records.iter().map(|record| record.id.as_str()).collect::<Vec<_>>())
        .bind(records.iter().map(|record| record.by.id.as_str()).collect::<Vec<_>>())
        .bind(records.iter().map(|record| record.begun_at.to_sql()).collect::<Vec<_>>())
        .bind(records.iter().map(|record| record.end.map(|end| end.at.to_sql())).collect::<Vec<_>>())
        .bind(records.iter().map(ExportRecord::to_json).collect::<Vec<_>>())
}

fn record(row: &PgRow) -> Result<ExportRecord, StoreError> {
    let columns = Columns { row, table: "client_export" };
    columns.known("details", |text: &str| ExportRecord::from_json(text))
}
