//! A page of the lines of all histories, or of the history of one client.

use client_app::ports::{ActivityPage, ActivityPosition, HistoryEntry, HistoryPage, StoreError};
use client_domain::ActorId;
use client_domain::EventKind;
use client_domain::value::{BranchKey, ClientKey, Version};

use crate::error::DbError;
use crate::pool::{Pool, Share};
use crate::rows::columns::Columns;
use crate::rows::convert::to_i64;
use crate::rows::history;
use crate::sql::{ACTIVITY, ACTIVITY_OF_BRANCH, CLIENTS_OF_BRANCH, HISTORY, Statement};
use crate::time::ToSql as _;

/// From this number of clients the lines of a branch are looked for among those of all clients: one in this many lines, or
/// more, is of it where the bank has a million clients.
const LARGE_BRANCH: i64 = 5_000;

/// The lines of the page.
pub(crate) async fn page(pool: &Pool, page: &ActivityPage) -> Result<Vec<HistoryEntry>, StoreError> {
    let is_of_few = match &page.filter.branch {
        Some(branch) => !is_large(pool, branch).await?,
        None => false,
    };
    let text = if is_of_few { ACTIVITY_OF_BRANCH } else { ACTIVITY };
    let rows = pool.read(Share::Searches, || bind(text, page)).await.map_err(DbError::of_read)?;
    rows.iter()
        .map(|row| {
            let key = Columns { row, table: "client_history" }.parsed("client_key", ClientKey::parse)?;
            history::read(row, &key)
        })
        .collect()
}

/// The lines of one client.
pub(crate) async fn of_client(
    pool: &Pool,
    key: &ClientKey,
    page: HistoryPage,
) -> Result<Vec<HistoryEntry>, StoreError> {
    let version = |version: Option<Version>| version.map(|version| version.get().cast_signed());
    let statement = || {
        sqlx::query(HISTORY)
            .bind(key.as_str())
            .bind(version(page.before))
            .bind(version(page.after))
            .bind(to_i64(page.limit))
            .bind(page.with_values)
            .bind(page.events.iter().map(|kind| kind.name()).collect::<Vec<_>>())
    };
    let rows = pool.read(Share::KeyReads, statement).await.map_err(DbError::of_read)?;
    rows.iter().map(|row| history::read(row, key)).collect()
}

async fn is_large(pool: &Pool, branch: &BranchKey) -> Result<bool, StoreError> {
    let statement = || sqlx::query(CLIENTS_OF_BRANCH).bind(branch.as_str()).bind(LARGE_BRANCH);
    let rows = pool.read(Share::KeyReads, statement).await.map_err(DbError::of_read)?;
    rows.first().map_or(Ok(false), |row| Columns { row, table: "client" }.get("is_large"))
}

/// Binds the page. The statement is planned each time: a plan for all values could use none of the indexes.
fn bind<'q>(text: &'static str, page: &'q ActivityPage) -> Statement<'q> {
    let ActivityPage { filter, before, limit } = page;
    let before = before.as_ref();
    sqlx::query(text)
        .bind(filter.actor.as_ref().map(ActorId::as_str))
        .bind(filter.event.map(EventKind::name))
        .bind(filter.from.map(|at| at.to_sql()))
        .bind(filter.until.map(|at| at.to_sql()))
        .bind(before.map(|position: &ActivityPosition| position.at.to_sql()))
        .bind(before.map(|position| position.client.as_str()))
        .bind(before.map(|position| position.version.get().cast_signed()))
        .bind(to_i64(*limit))
        .bind(filter.branch.as_ref().map(BranchKey::as_str))
        .persistent(false)
}
