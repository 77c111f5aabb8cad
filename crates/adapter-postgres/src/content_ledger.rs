//! The contents that may be orphans, and the id of the installation, as rows.

use crate::time::ToSql as _;
use async_trait::async_trait;
use client_app::ports::{ContentLedger, InstallationId, OrphanCandidate, StoreError};
use client_domain::kyc::ContentKey;
use jiff::Timestamp;

use crate::error::corrupt;
use crate::pool::Share;
use crate::rows::columns::Columns;
use crate::rows::convert::to_i64;
use crate::sql::{
    COUNT_DOCUMENTS, DEQUEUE_CONTENTS, INSTALLATION, MAKE_INSTALLATION, QUEUE_CONTENT, QUEUED_CONTENTS,
    SET_TRASHED, Statement, TRASHED_CONTENTS,
};
use crate::store::PostgresStore;

const TABLE: &str = "client_content_candidate";

/// Each write here is idempotent.
#[async_trait]
impl ContentLedger for PostgresStore {
    async fn queue(&self, candidate: &OrphanCandidate) -> Result<(), StoreError> {
        let OrphanCandidate { key, since } = candidate;
        self.write_idempotent(|| sqlx::query(QUEUE_CONTENT).bind(key.as_str()).bind(since.to_sql()))
            .await
            .map(drop)
    }

    async fn queued(
        &self,
        before: Timestamp,
        after: Option<&ContentKey>,
        limit: usize,
    ) -> Result<Vec<ContentKey>, StoreError> {
        self.candidates(QUEUED_CONTENTS, before, after, limit).await
    }

    async fn trashed(
        &self,
        before: Timestamp,
        after: Option<&ContentKey>,
        limit: usize,
    ) -> Result<Vec<ContentKey>, StoreError> {
        self.candidates(TRASHED_CONTENTS, before, after, limit).await
    }

    async fn set_trashed(&self, keys: &[ContentKey], at: Timestamp) -> Result<(), StoreError> {
        self.write_idempotent(|| of_keys(SET_TRASHED, keys).bind(at.to_sql())).await.map(drop)
    }

    async fn dequeue(&self, keys: &[ContentKey]) -> Result<(), StoreError> {
        self.write_idempotent(|| of_keys(DEQUEUE_CONTENTS, keys)).await.map(drop)
    }

    async fn documents(&self) -> Result<u64, StoreError> {
        let rows = self.read(Share::KeyReads, || sqlx::query(COUNT_DOCUMENTS)).await?;
        let row = rows.first().ok_or_else(|| corrupt("a count of documents without a row"))?;
        Columns { row, table: "client_document" }.known("documents", |count: i64| u64::try_from(count).ok())
    }

    async fn installation(&self, fresh: &InstallationId) -> Result<InstallationId, StoreError> {
        let mut rows = self.read(Share::KeyReads, || sqlx::query(INSTALLATION)).await?;
        // On a standby it is there already.
        if rows.is_empty() {
            self.write_idempotent(|| sqlx::query(MAKE_INSTALLATION).bind(fresh.as_str())).await?;
            rows = self.read(Share::KeyReads, || sqlx::query(INSTALLATION)).await?;
        }
        let row = rows.first().ok_or_else(|| corrupt("an installation without an id"))?;
        Columns { row, table: "client_installation" }.parsed("installation_id", InstallationId::parse)
    }
}

impl PostgresStore {
    async fn candidates(
        &self,
        statement: &'static str,
        before: Timestamp,
        after: Option<&ContentKey>,
        limit: usize,
    ) -> Result<Vec<ContentKey>, StoreError> {
        let statement = || {
            let bound = sqlx::query(statement).bind(before.to_sql());
            bound.bind(after.map(ContentKey::as_str)).bind(to_i64(limit))
        };
        let key = |row| Columns { row, table: TABLE }.parsed("content_key", ContentKey::parse);
        self.read(Share::KeyReads, statement).await?.iter().map(key).collect()
    }
}

fn of_keys<'q>(statement: &'static str, keys: &[ContentKey]) -> Statement<'q> {
    sqlx::query(statement).bind(keys.iter().map(|key| key.as_str().to_owned()).collect::<Vec<_>>())
}
