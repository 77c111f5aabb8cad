//! A search as one statement: the predicate, the order and the page in SQL.
//!
//! The text is put together from constants only, and every value is bound. Such a statement is not kept by the
//! connection, so that the server plans it with its values in view: planned blindly, a search for a rare word
//! walks the index of the order through all clients.

mod column;
mod condition;
mod papers;
mod place;
mod text;
mod text_column;

use client_app::ports::{Found, Page, Search, StoreError};
use client_domain::search::{Direction, Order};

use self::column::column;
use self::text::{Text, Value};
use crate::PostgresStore;
use crate::client_row::{self, Columns};
use crate::pool::Bound;
use crate::statements::client_columns;
use crate::store::whole;

pub(crate) async fn search(store: &PostgresStore, search: &Search) -> Result<Found, StoreError> {
    let rows = store.read(|| query(search)).await?;
    let total = match rows.first() {
        Some(row) => Columns { row, table: "client" }
            .known_optional("total", |count: i64| u64::try_from(count).ok())?,
        None => None,
    };
    let mut clients = Vec::with_capacity(rows.len());
    for row in rows.iter().take(search.limit) {
        clients.extend(client_row::read_summary(row)?);
    }
    // Only where a page ends and others follow, all of a client is needed: for its place in the order.
    let last =
        search.limit.checked_sub(1).and_then(|last| rows.get(last)).filter(|_| rows.len() > search.limit);
    let last = last.map(client_row::read_without_papers).transpose()?.flatten();
    Ok(Found { clients, next: last.map(|last| search.order.position(&last)), total })
}

/// The list and the total in one statement, so that both are of one moment.
fn query<'q>(search: &Search) -> Bound<'q> {
    let mut sql = Text::default();
    sql.push("SELECT ");
    if search.count {
        sql.push("(SELECT count(*) FROM client c WHERE ");
        condition::push(&mut sql, &search.predicate, search.today);
        sql.push(") AS total, ");
    } else {
        sql.push("NULL::bigint AS total, ");
    }
    // A left join, so that there is a row with the total also where nobody is on the page.
    sql.push(concat!(
        client_columns!(),
        " FROM (SELECT) one LEFT JOIN LATERAL (SELECT c.* FROM client c WHERE "
    ));
    condition::push(&mut sql, &search.predicate, search.today);
    if let Page::After(position) = &search.page {
        sql.push(" AND ");
        place::push_after(&mut sql, &search.order, position);
    }
    push_order(&mut sql, &search.order);
    // One more than asked for says whether others follow.
    sql.push(" LIMIT ").bind(Value::Number(whole(search.limit).saturating_add(1)));
    if let Page::Skip(count) = &search.page {
        sql.push(" OFFSET ").bind(Value::Number(i64::try_from(*count).unwrap_or(i64::MAX)));
    }
    sql.push(") c ON true");
    push_order(&mut sql, &search.order);
    sql.into_statement()
}

fn push_order(sql: &mut Text, order: &Order) {
    sql.push(" ORDER BY ");
    for (property, direction) in order.keys() {
        let column = column(*property);
        sql.push(column.sql).push(match (direction, column.nullable) {
            (Direction::Ascending, false) => " ASC, ",
            (Direction::Descending, false) => " DESC, ",
            // No value comes before every value.
            (Direction::Ascending, true) => " ASC NULLS FIRST, ",
            (Direction::Descending, true) => " DESC NULLS LAST, ",
        });
    }
    sql.push(match order.tie_break() {
        Direction::Ascending => "c.id ASC",
        Direction::Descending => "c.id DESC",
    });
}
