//! Which contents may be orphans, and which installation this is, as rows.

use async_trait::async_trait;
use client_app::ports::{ContentLedger, InstallationId, OrphanCandidate, StoreError};
use client_domain::kyc::ContentKey;
use jiff::Timestamp;
use jiff_sqlx::ToSqlx as _;

use crate::PostgresStore;
use crate::client_row::Columns;
use crate::pool::{Bound, Share};
use crate::statements::ledger::{
    COUNT_DOCUMENTS, DEQUEUE_CONTENTS, INSTALLATION, MAKE_INSTALLATION, QUEUE_CONTENT, QUEUED_CONTENTS,
    SET_TRASHED, TRASHED_CONTENTS,
};
use crate::store::whole;
use crate::trouble::corrupt;

const TABLE: &str = "client_content_candidate";

/// Each write here may be repeated: done twice, it is done once.
#[async_trait]
impl ContentLedger for PostgresStore {
    async fn queue(&self, candidate: &OrphanCandidate) -> Result<(), StoreError> {
        let OrphanCandidate { key, since } = candidate;
        self.put(|| sqlx::query(QUEUE_CONTENT).bind(key.as_str()).bind(since.to_sqlx())).await.map(drop)
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
        self.put(|| keyed(SET_TRASHED, keys).bind(at.to_sqlx())).await.map(drop)
    }

    async fn dequeue(&self, keys: &[ContentKey]) -> Result<(), StoreError> {
        self.put(|| keyed(DEQUEUE_CONTENTS, keys)).await.map(drop)
    }

    async fn documents(&self) -> Result<u64, StoreError> {
        let rows = self.read(Share::LookUps, || sqlx::query(COUNT_DOCUMENTS)).await?;
        let Some(row) = rows.first() else { return Ok(0) };
        Columns { row, table: "client_document" }.known("documents", |count: i64| u64::try_from(count).ok())
    }

    async fn installation(&self, fresh: &InstallationId) -> Result<InstallationId, StoreError> {
        self.put(|| sqlx::query(MAKE_INSTALLATION).bind(fresh.as_str())).await?;
        let rows = self.read(Share::LookUps, || sqlx::query(INSTALLATION)).await?;
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
            let bound = sqlx::query(statement).bind(before.to_sqlx());
            bound.bind(after.map(ContentKey::as_str)).bind(whole(limit))
        };
        let key = |row| Columns { row, table: TABLE }.parsed("content_key", ContentKey::parse);
        self.read(Share::LookUps, statement).await?.iter().map(key).collect()
    }
}

fn keyed<'q>(statement: &'static str, keys: &[ContentKey]) -> Bound<'q> {
    sqlx::query(statement).bind(keys.iter().map(|key| key.as_str().to_owned()).collect::<Vec<_>>())
}
