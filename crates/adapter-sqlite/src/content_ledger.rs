//! The contents that may be orphans, and the id of the installation, as rows.

use async_trait::async_trait;
use client_app::ports::{ContentLedger, InstallationId, OrphanCandidate, StoreError};
use client_domain::kyc::ContentKey;
use jiff::Timestamp;

use crate::error::corrupt;
use crate::parameters::{Parameters, to_i64};
use crate::sql::{
    COUNT_DOCUMENTS, DEQUEUE_CONTENT, INSTALLATION, MAKE_INSTALLATION, QUEUE_CONTENT, QUEUED_CONTENTS,
    SET_TRASHED, TRASHED_CONTENTS,
};
use crate::store::SqliteStore;

const TABLE: &str = "client_content_candidate";

#[async_trait]
impl ContentLedger for SqliteStore {
    async fn queue(&self, candidate: &OrphanCandidate) -> Result<(), StoreError> {
        let OrphanCandidate { key, since } = candidate.clone();
        self.write(move |connection| {
            let parameters = Parameters::new().with(":content_key", key.as_str()).with(":queued_at", since);
            parameters.execute(connection, QUEUE_CONTENT).map(drop)
        })
        .await
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
        let keys = keys.to_vec();
        self.write(move |connection| {
            keys.iter().try_for_each(|key| {
                let parameters = Parameters::new().with(":content_key", key.as_str()).with(":at", at);
                parameters.execute(connection, SET_TRASHED).map(drop)
            })
        })
        .await
    }

    async fn dequeue(&self, keys: &[ContentKey]) -> Result<(), StoreError> {
        let keys = keys.to_vec();
        self.write(move |connection| {
            keys.iter().try_for_each(|key| {
                let parameters = Parameters::new().with(":content_key", key.as_str());
                parameters.execute(connection, DEQUEUE_CONTENT).map(drop)
            })
        })
        .await
    }

    async fn documents(&self) -> Result<u64, StoreError> {
        let count = self.read(|connection| {
            Parameters::new().first(connection, ("client_document", COUNT_DOCUMENTS), |columns| {
                columns.known("documents", |count: i64| u64::try_from(count).ok())
            })
        });
        count.await?.ok_or_else(|| corrupt("a count of documents without a row"))
    }

    async fn installation(&self, fresh: &InstallationId) -> Result<InstallationId, StoreError> {
        // Read first: a store that is open for reading has an installation too.
        let known = self.read(|connection| {
            Parameters::new().first(connection, ("client_installation", INSTALLATION), |columns| {
                columns.parsed("installation_id", InstallationId::parse)
            })
        });
        if let Some(known) = known.await? {
            return Ok(known);
        }
        let fresh = fresh.clone();
        let made = self.write(move |connection| {
            let parameters = Parameters::new().with(":installation_id", fresh.as_str());
            parameters.execute(connection, MAKE_INSTALLATION)?;
            Parameters::new().first(connection, ("client_installation", INSTALLATION), |columns| {
                columns.parsed("installation_id", InstallationId::parse)
            })
        });
        made.await?.ok_or_else(|| corrupt("an installation without an id"))
    }
}

impl SqliteStore {
    async fn candidates(
        &self,
        sql: &'static str,
        before: Timestamp,
        after: Option<&ContentKey>,
        limit: usize,
    ) -> Result<Vec<ContentKey>, StoreError> {
        let after = after.cloned();
        self.read(move |connection| {
            let page = Parameters::new()
                .with(":before", before)
                .with(":after", after.as_ref().map_or("", ContentKey::as_str))
                .with(":limit", to_i64(limit));
            page.rows(connection, (TABLE, sql), |columns| columns.parsed("content_key", ContentKey::parse))
        })
        .await
    }
}
