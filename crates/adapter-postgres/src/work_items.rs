//! What waits for people, and who is at it, as rows.

use async_trait::async_trait;
use client_app::ports::{StoreError, WorkClaim, WorkItemId, WorkItems, WorkPage, WorkPosition};
use client_domain::ActorId;
use client_domain::client::{WorkKind, WorkSubject};
use client_domain::value::{BranchKey, ClientKey, EmailAddress};
use jiff::Timestamp;
use sqlx::postgres::PgRow;

use crate::error::Cause;
use crate::pool::Share;
use crate::rows::columns::Columns;
use crate::rows::convert::to_i64;
use crate::sql::{
    CLAIM_WORK, RELEASE_WORK, REMOVE_ENDED_CLAIMS, Statement, WORK_CLAIMS, WORK_ITEMS, WORK_ITEMS_OF_BRANCH,
};
use crate::store::PostgresStore;
use crate::time::ToSql as _;

/// How often a claim is tried whose holder releases it in between.
const ATTEMPTS: usize = 3;

#[async_trait]
impl WorkItems for PostgresStore {
    async fn waiting(&self, page: &WorkPage) -> Result<Vec<WorkPosition>, StoreError> {
        let (since, client, id) = match &page.after {
            Some(after) => (after.since, after.item.client.as_str(), after.item.subject.id()),
            // Before every item: an id has no character before the first one.
            None => (Timestamp::UNIX_EPOCH, "", String::new()),
        };
        let statement = || {
            let sql = if page.branch.is_some() { WORK_ITEMS_OF_BRANCH } else { WORK_ITEMS };
            let of_kind = sqlx::query(sql).bind(page.kind.name()).bind(since.to_sql()).bind(client);
            let bound = of_kind.bind(id.clone()).bind(to_i64(page.limit));
            match &page.branch {
                Some(branch) => bound.bind(BranchKey::as_str(branch)),
                None => bound,
            }
        };
        let rows = self.read(Share::KeyReads, statement).await?;
        rows.iter().map(|row| position(row, page.kind)).collect()
    }

    async fn claim_work(&self, claim: &WorkClaim, now: Timestamp) -> Result<Option<WorkClaim>, StoreError> {
        let WorkClaim { item, by, until } = claim;
        for _ in 0..ATTEMPTS {
            let statement = || {
                of_item(CLAIM_WORK, item)
                    .bind(by.id.as_str())
                    .bind(by.email.as_ref().map(EmailAddress::as_str))
                    .bind(until.to_sql())
                    .bind(now.to_sql())
            };
            if !self.write_idempotent(statement).await?.is_empty() {
                return Ok(None);
            }
            let held = self.work_claims(std::slice::from_ref(item), now).await?.pop();
            if let Some(held) = held.filter(|held| held.by.id != by.id) {
                return Ok(Some(held));
            }
        }
        Err(StoreError::Unavailable(Some(Box::new(Cause::new("a claim that others take and release")))))
    }

    async fn release_work(
        &self,
        item: &WorkItemId,
        by: &ActorId,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        Ok(self.execute(of_item(RELEASE_WORK, item).bind(by.as_str()).bind(now.to_sql())).await? > 0)
    }

    async fn work_claims(&self, items: &[WorkItemId], now: Timestamp) -> Result<Vec<WorkClaim>, StoreError> {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let clients: Vec<_> = items.iter().map(|item| item.client.as_str()).collect();
        let kinds: Vec<_> = items.iter().map(|item| item.subject.kind().name()).collect();
        let ids: Vec<_> = items.iter().map(|item| item.subject.id()).collect();
        let statement = || {
            let of_items = sqlx::query(WORK_CLAIMS).bind(clients.clone()).bind(kinds.clone());
            of_items.bind(ids.clone()).bind(now.to_sql())
        };
        self.read(Share::KeyReads, statement).await?.iter().map(claim).collect()
    }

    async fn remove_ended_claims(&self, now: Timestamp, limit: usize) -> Result<u64, StoreError> {
        self.execute(sqlx::query(REMOVE_ENDED_CLAIMS).bind(now.to_sql()).bind(to_i64(limit))).await
    }
}

fn of_item<'q>(statement: &'static str, item: &'q WorkItemId) -> Statement<'q> {
    let of_client = sqlx::query(statement).bind(item.client.as_str());
    of_client.bind(item.subject.kind().name()).bind(item.subject.id())
}

fn position(row: &PgRow, kind: WorkKind) -> Result<WorkPosition, StoreError> {
    let columns = Columns { row, table: "client_work_item" };
    Ok(WorkPosition { since: columns.moment("since")?, item: item(&columns, kind)? })
}

fn claim(row: &PgRow) -> Result<WorkClaim, StoreError> {
    let columns = Columns { row, table: "client_work_claim" };
    let kind = columns.known("kind", WorkKind::parse)?;
    Ok(WorkClaim {
        item: item(&columns, kind)?,
        by: columns.actor("held_by", "held_by_email")?,
        until: columns.moment("held_until")?,
    })
}

fn item(columns: &Columns<'_>, kind: WorkKind) -> Result<WorkItemId, StoreError> {
    let subject = columns.known("item_id", |id: &str| WorkSubject::from_stored(kind, id))?;
    Ok(WorkItemId { client: columns.parsed("client_key", ClientKey::parse)?, subject })
}
