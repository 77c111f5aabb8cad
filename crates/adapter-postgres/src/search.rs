//! A search as one statement: the predicate, the order and the page in SQL.
//!
//! The text is built from constants and numbers of rows only, and every other value is bound. As a rule the statement is not
//! prepared, so that the server plans it with its values: without them, it walks the index of the order through all clients
//! to find a rare word. Where the values cannot matter, the plan is cached.
//!
//! From bottom to top; a module uses only those above it in this list:
//!
//! | module | what it does |
//! | --- | --- |
//! | [`builder`] | the text of a statement and its values |
//! | [`mod@column`], [`mod@text_column`] | the columns of a property |
//! | [`keyset`] | where a page begins |
//! | [`kyc`], [`kyc_status`], [`text_condition`], [`former_name`], [`condition`] | a predicate as a condition |
//! | [`kyc_renewal`] | the statuses that these conditions read |
//! | [`plan_cache`] | which searches are planned once |
//! | [`covered`] | which searches an index answers alone |
//! | [`indexed`] | which predicates an index answers |
//! | [`newest`] | which searches look among the newest clients first |
//! | [`count_statement`], [`mod@count`] | counts in groups |

mod builder;
mod column;
mod condition;
mod count;
mod count_statement;
mod covered;
mod current;
mod former_name;
mod indexed;
mod keyset;
mod kyc;
mod kyc_renewal;
mod kyc_status;
mod newest;
mod plan_cache;
mod text_column;
mod text_condition;

use std::time::{Duration, Instant};

use client_app::ports::{Found, Page, Search, Selection, StoreError, Totals};
use client_domain::search::{Direction, Order};
use jiff::Timestamp;
use sqlx::postgres::PgRow;

use self::builder::{SqlBuilder, Value};
use self::column::{Kind, column};
use self::covered::is_covered;
use self::keyset::SORT_KEYS;
use self::plan_cache::{PlanCaching, plan_caching};
use crate::error::DbError;
use crate::pool::{Pool, Share};
use crate::rows::client;
use crate::rows::columns::Columns;
use crate::rows::convert::to_i64;
use crate::sql::{FIND_BY_KEYS, Statement};

pub(crate) use self::count::count;
pub(crate) use self::kyc_renewal::renew as renew_kyc_statuses;
pub(crate) use self::newest::Newest;

/// The columns of a summary.
const SUMMARY_COLUMNS: &str =
    "c.client_key, c.id, c.first_name, c.last_name, c.email, c.phone, c.state, c.branch, c.created_at,
    c.modified_at, c.version, c.former_names_folded IS NOT NULL AS is_renamed";

/// From this duration on a search is logged.
const SLOW_SEARCH: Duration = Duration::from_secs(1);

/// The largest offset: the server adds the limit of the page to it.
const MAX_OFFSET: i64 = i64::MAX - 1_000_000;

/// The page of clients that a search finds.
pub(crate) async fn search(pool: &Pool, newest: &Newest, search: &Search) -> Result<Found, StoreError> {
    let begun = Instant::now();
    let rows = rows(pool, newest, search).await.map_err(DbError::of_read)?;
    let taken = begun.elapsed();
    if taken >= SLOW_SEARCH {
        let (milliseconds, cost) = (taken.as_millis(), search.predicate.cost());
        tracing::warn!(milliseconds, cost, totals = ?search.totals, found = rows.len(), "a search was slow");
    }
    let total = match rows.first().filter(|_| search.totals != Totals::None) {
        Some(row) => Columns { row, table: "client" }
            .known_optional("total", |count: i64| u64::try_from(count).ok())?
            .and_then(|matches| search.totals.of(matches)),
        None => None,
    };
    let mut clients = Vec::with_capacity(rows.len());
    for row in rows.iter().take(search.limit) {
        // A corrupt row does not fail the list.
        match client::read_summary(row) {
            Ok(client) => clients.extend(client),
            Err(error) => tracing::error!(%error, "a client is left out of a list"),
        }
    }
    // A next page begins after the last client of this one, where more follow.
    let last =
        search.limit.checked_sub(1).and_then(|last| rows.get(last)).filter(|_| rows.len() > search.limit);
    let next = last.map(|row| keyset::read(row, &search.order)).transpose()?;
    Ok(Found { clients, next, total })
}

/// The rows of the page, from the newest clients if they fill it.
async fn rows(pool: &Pool, newest: &Newest, search: &Search) -> Result<Vec<PgRow>, DbError> {
    if let Some(since) = newest.since(pool, search).await {
        let rows = pool.read(Share::Searches, || query(search, Some(since))).await?;
        if rows.len() > search.limit {
            return Ok(rows);
        }
    }
    pool.read(Share::Searches, || query(search, None)).await
}

/// The page, and the total where it is asked for, in one statement, so that both are of one moment.
fn query<'q>(search: &Search, since: Option<Timestamp>) -> Statement<'q> {
    let mut sql = SqlBuilder::new(plan_caching(search) == PlanCaching::Cached);
    if search.totals == Totals::None {
        push_page(&mut sql, search, since);
        return sql.into_statement();
    }
    sql.push("SELECT ");
    push_total(&mut sql, search);
    // A left join, so that there is a row with the total also where the page is empty.
    sql.push(" AS total, c.* FROM (SELECT 1) one LEFT JOIN LATERAL (");
    push_page(&mut sql, search, None);
    sql.push(") c ON true");
    let keys = search.order.keys().iter().zip(SORT_KEYS);
    push_order(&mut sql, &search.order, keys.map(|(_, name)| name));
    sql.into_statement()
}

/// The statement that reads every client of a selection, with the columns of a read by key.
pub(crate) fn select_all(selection: &Selection) -> Statement<'static> {
    let mut sql = SqlBuilder::new(false);
    sql.push(columns_of_a_read()).push(FROM_CLIENTS);
    condition::push(&mut sql, &selection.predicate, selection.today);
    let columns = selection.order.keys().iter().map(|(property, _)| column(*property).sql);
    push_order(&mut sql, &selection.order, columns);
    // With a limit the documents of a client are read after the clients are sorted, and not before.
    sql.push(" LIMIT ").push_number(i64::MAX);
    sql.into_statement()
}

/// Where the columns of a read end.
const FROM_CLIENTS: &str = "FROM client c WHERE ";

/// The beginning of a read by key, up to its columns.
fn columns_of_a_read() -> &'static str {
    let columns = FIND_BY_KEYS.split_once(FROM_CLIENTS).map_or("", |(columns, _)| columns);
    columns.find("SELECT").and_then(|at| columns.get(at..)).unwrap_or_default()
}

/// The number of matches, and no more of them than are asked for.
fn push_total(sql: &mut SqlBuilder, search: &Search) {
    if let Some(most) = search.totals.most() {
        sql.push("(SELECT count(*) FROM (SELECT 1 FROM client c WHERE ");
        condition::push(sql, &search.predicate, search.today);
        sql.push(" LIMIT ").push_number(to_i64(most)).push(") counted)");
        return;
    }
    if let Some(condition) = search.predicate.only_kyc_condition(search.today) {
        return kyc_status::push_number(sql, &condition, search.today);
    }
    sql.push("(SELECT count(*) FROM client c WHERE ");
    condition::push(sql, &search.predicate, search.today);
    sql.push(")");
}

/// The page of the clients that were created since a moment, or of all.
fn push_page(sql: &mut SqlBuilder, search: &Search, since: Option<Timestamp>) {
    sql.push("SELECT ").push(SUMMARY_COLUMNS);
    for ((property, _), name) in search.order.keys().iter().zip(SORT_KEYS) {
        let column = column(*property);
        let cast = if column.kind == Kind::Number { "::bigint" } else { "" };
        sql.push(", ").push(column.sql).push(cast).push(" AS ").push(name);
    }
    if is_covered(search) {
        sql.push(" FROM (SELECT c.id FROM client c WHERE ");
        push_matches(sql, search, since);
        sql.push(") page JOIN client c ON c.id = page.id");
        push_order(sql, &search.order, sorted_columns(search));
    } else {
        sql.push(" FROM client c WHERE ");
        push_matches(sql, search, since);
    }
}

/// The condition, the order and the bounds of the page.
fn push_matches(sql: &mut SqlBuilder, search: &Search, since: Option<Timestamp>) {
    condition::push(sql, &search.predicate, search.today);
    if let Some(since) = since {
        sql.push(" AND c.created_at >= ").bind(Value::Moment(since));
    }
    if let Page::After(position) = &search.page {
        sql.push(" AND ");
        keyset::push_after(sql, &search.order, position);
    }
    push_order(sql, &search.order, sorted_columns(search));
    // One client more than requested shows whether more follow. As a number and not a value, so that a cached plan is
    // made for this limit.
    sql.push(" LIMIT ").push_number(to_i64(search.limit).saturating_add(1));
    if let Page::Skip(count @ 1..) = &search.page {
        let offset = i64::try_from(*count).unwrap_or(MAX_OFFSET).min(MAX_OFFSET);
        sql.push(" OFFSET ").bind(Value::Number(offset));
    }
}

fn sorted_columns(search: &Search) -> impl Iterator<Item = &'static str> {
    search.order.keys().iter().map(|(property, _)| column(*property).sql)
}

fn push_order(sql: &mut SqlBuilder, order: &Order, columns: impl Iterator<Item = &'static str>) {
    sql.push(" ORDER BY ");
    for ((property, direction), name) in order.keys().iter().zip(columns) {
        sql.push(name).push(match (direction, column(*property).nullable) {
            (Direction::Ascending, false) => " ASC, ",
            (Direction::Descending, false) => " DESC, ",
            // A missing value sorts before every value.
            (Direction::Ascending, true) => " ASC NULLS FIRST, ",
            (Direction::Descending, true) => " DESC NULLS LAST, ",
        });
    }
    sql.push(match order.tie_break() {
        Direction::Ascending => "c.id ASC",
        Direction::Descending => "c.id DESC",
    });
}
