//! What waits for people, and who is at it, as rows.

use async_trait::async_trait;
use client_app::ports::{StoreError, WorkClaim, WorkItemId, WorkItems, WorkPage, WorkPosition};
use client_domain::ActorId;
use client_domain::client::{WorkKind, WorkSubject};
use client_domain::value::{BranchKey, ClientKey, EmailAddress};
use jiff::Timestamp;
use rusqlite::Connection;

use crate::columns::Columns;
use crate::error::Failure;
use crate::parameters::{Parameters, to_i64};
use crate::sql::{
    CLAIM_WORK, RELEASE_WORK, REMOVE_ENDED_CLAIMS, WORK_CLAIM, WORK_ITEMS, WORK_ITEMS_OF_BRANCH,
};
use crate::store::SqliteStore;

#[async_trait]
impl WorkItems for SqliteStore {
    async fn waiting(&self, page: &WorkPage) -> Result<Vec<WorkPosition>, StoreError> {
        let page = page.clone();
        self.read(move |connection| {
            let (since, client, id) = match &page.after {
                Some(after) => (after.since, after.item.client.as_str(), after.item.subject.id()),
                // Before every item: an id has no character before the first one.
                None => (Timestamp::UNIX_EPOCH, "", String::new()),
            };
            let parameters = Parameters::new()
                .with(":kind", page.kind.name())
                .with(":since", since)
                .with(":client_key", client)
                .with(":item_id", id)
                .with(":limit", to_i64(page.limit));
            let (parameters, sql) = match &page.branch {
                Some(branch) => (parameters.with(":branch", BranchKey::as_str(branch)), WORK_ITEMS_OF_BRANCH),
                None => (parameters, WORK_ITEMS),
            };
            parameters.rows(connection, ("client_work_item", sql), |columns| position(columns, page.kind))
        })
        .await
    }

    async fn claim_work(&self, claim: &WorkClaim, now: Timestamp) -> Result<Option<WorkClaim>, StoreError> {
        let claim = claim.clone();
        self.write(move |connection| {
            let parameters = of_item(&claim.item)
                .with(":held_by", claim.by.id.as_str())
                .with(":held_by_email", claim.by.email.as_ref().map(EmailAddress::as_str))
                .with(":held_until", claim.until)
                .with(":now", now);
            if parameters.execute(connection, CLAIM_WORK)? > 0 {
                return Ok(None);
            }
            held(connection, &claim.item, now)
        })
        .await
    }

    async fn release_work(
        &self,
        item: &WorkItemId,
        by: &ActorId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let (item, by) = (item.clone(), by.clone());
        self.write(move |connection| {
            let parameters = of_item(&item).with(":held_by", by.as_str()).with(":now", now);
            Ok(parameters.execute(connection, RELEASE_WORK)? > 0)
        })
        .await
    }

    async fn work_claims(&self, items: &[WorkItemId], now: Timestamp) -> Result<Vec<WorkClaim>, StoreError> {
        let items = items.to_vec();
        self.read(move |connection| {
            let held = |item| held(connection, item, now).transpose();
            items.iter().filter_map(held).collect::<Result<Vec<_>, Failure>>()
        })
        .await
    }

    async fn remove_ended_claims(&self, now: Timestamp, limit: usize) -> Result<u64, StoreError> {
        self.write(move |connection| {
            let ended = Parameters::new().with(":now", now).with(":limit", to_i64(limit));
            Ok(ended.execute(connection, REMOVE_ENDED_CLAIMS)? as u64)
        })
        .await
    }
}

fn of_item(item: &WorkItemId) -> Parameters<'_> {
    Parameters::new()
        .with(":client_key", item.client.as_str())
        .with(":kind", item.subject.kind().name())
        .with(":item_id", item.subject.id())
}

/// The claim of an item that has not ended.
fn held(connection: &Connection, item: &WorkItemId, now: Timestamp) -> Result<Option<WorkClaim>, Failure> {
    let parameters = of_item(item).with(":now", now);
    parameters.first(connection, ("client_work_claim", WORK_CLAIM), |columns| {
        Ok::<_, StoreError>(WorkClaim {
            item: item.clone(),
            by: columns.actor("held_by", "held_by_email")?,
            until: columns.moment("held_until")?,
        })
    })
}

fn position(columns: &Columns<'_>, kind: WorkKind) -> Result<WorkPosition, StoreError> {
    let subject = columns.known("item_id", |id: String| WorkSubject::from_stored(kind, &id))?;
    let item = WorkItemId { client: columns.parsed("client_key", ClientKey::parse)?, subject };
    Ok(WorkPosition { since: columns.moment("since")?, item })
}
