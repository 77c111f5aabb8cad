//! The statements of a search: the page and the total.

use client_app::ports::{Page, Search, Selection};
use client_domain::search::{Direction, Order};

use super::builder::{SqlBuilder, Value};
use super::column::column;
use super::condition;
use super::counts::Counts;
use super::keyset::{self, SORT_KEYS};
use super::kyc_status;
use super::reach::Reach;
use crate::parameters::to_i64;
use crate::rows::summary;

/// The statement that counts the matches, and no more of them than are asked for.
pub(super) fn total(search: &Search) -> SqlBuilder<'static> {
    let mut sql = SqlBuilder::new(Counts::none());
    if let Some(most) = search.totals.most() {
        sql.push("SELECT count(*) AS total FROM (SELECT 1 FROM client c WHERE ");
        condition::push(&mut sql, &search.predicate, search.today);
        sql.push(" LIMIT ").push_number(to_i64(most)).push(")");
        return sql;
    }
    if let Some(condition) = search.predicate.only_kyc_condition(search.today) {
        sql.push("SELECT ");
        kyc_status::push_number(&mut sql, &condition, search.today);
        sql.push(" AS total");
        return sql;
    }
    sql.push("SELECT count(*) AS total FROM client c WHERE ");
    condition::push(&mut sql, &search.predicate, search.today);
    sql
}

/// The statement that reads the page and one client more.
pub(super) fn page<'c>(search: &Search, counts: Counts<'c>) -> SqlBuilder<'c> {
    let mut sql = SqlBuilder::new(counts);
    sql.push("SELECT ").push(summary::COLUMNS);
    for ((property, _), name) in search.order.keys().iter().zip(SORT_KEYS) {
        sql.push(", ").push(column(*property).sql).push(" AS ").push(name);
    }
    sql.push(" FROM client c WHERE ");
    let reach = condition::push(&mut sql, &search.predicate, search.today);
    if let Page::After(position) = &search.page {
        sql.push(" AND ");
        keyset::push_after(&mut sql, &search.order, position);
    }
    push_order(&mut sql, &search.order, reach);
    sql.push(" LIMIT ").push_number(to_i64(search.limit).saturating_add(1));
    if let Page::Skip(count @ 1..) = &search.page {
        sql.push(" OFFSET ").bind(Value::Number(i64::try_from(*count).unwrap_or(i64::MAX)));
    }
    sql
}

/// The statement that reads the key of every client, in order.
pub(super) fn keys<'c>(selection: &Selection, counts: Counts<'c>) -> SqlBuilder<'c> {
    let mut sql = SqlBuilder::new(counts);
    sql.push("SELECT c.client_key FROM client c WHERE ");
    let reach = condition::push(&mut sql, &selection.predicate, selection.today);
    push_order(&mut sql, &selection.order, reach);
    sql
}

fn push_order(sql: &mut SqlBuilder<'_>, order: &Order, reach: Reach) {
    // A missing value sorts before every value, as null does in SQLite. Behind a plus an index of the order is not seen.
    sql.push(match reach {
        Reach::Few => " ORDER BY +",
        Reach::Any => " ORDER BY ",
    });
    for (property, direction) in order.keys() {
        sql.push(column(*property).sql).push(match direction {
            Direction::Ascending => " ASC, ",
            Direction::Descending => " DESC, ",
        });
    }
    sql.push(match order.tie_break() {
        Direction::Ascending => "c.id ASC",
        Direction::Descending => "c.id DESC",
    });
}
