//! A search as one statement: the predicate, the order and the page in SQL.
//!
//! The text is put together from constants and numbers of rows only, and every other value is bound. As a rule such a
//! statement is not kept by the connection, so that the server plans it with its values in view: planned blindly, a search
//! for a rare word walks the index of the order through all clients. Where the values cannot matter it is kept.

mod column;
mod condition;
mod papers;
mod place;
mod settled;
mod text;
mod text_column;

use std::time::{Duration, Instant};

use client_app::ports::{Found, Page, Search, StoreError};
use client_domain::search::{Direction, MAX_SORT_KEYS, Order};

use self::column::{Kind, column};
use self::text::{Text, Value};
use crate::PostgresStore;
use crate::client_row::{self, Columns};
use crate::pool::{Bound, Share};
use crate::store::whole;

/// What a list shows of a client.
const SHOWN: &str =
    "c.client_key, c.id, c.first_name, c.last_name, c.email, c.phone, c.state, c.branch, c.created_at,
    c.modified_at, c.version";

/// From when on a search is worth a line in the log.
const SLOW: Duration = Duration::from_secs(1);

/// By what names the values are selected that the clients are sorted by.
const SORTED_BY: [&str; MAX_SORT_KEYS] = ["sorted_by_1", "sorted_by_2", "sorted_by_3"];

pub(crate) async fn search(store: &PostgresStore, search: &Search) -> Result<Found, StoreError> {
    let begun = Instant::now();
    let rows = store.read(Share::Searches, || query(search)).await?;
    let taken = begun.elapsed();
    if taken >= SLOW {
        let (milliseconds, cost) = (taken.as_millis(), search.predicate.cost());
        tracing::warn!(milliseconds, cost, counted = search.count, found = rows.len(), "a search was slow");
    }
    let total = match rows.first().filter(|_| search.count) {
        Some(row) => Columns { row, table: "client" }
            .known_optional("total", |count: i64| u64::try_from(count).ok())?,
        None => None,
    };
    let mut clients = Vec::with_capacity(rows.len());
    for row in rows.iter().take(search.limit) {
        // One row that cannot be read does not keep everybody from the list.
        match client_row::read_summary(row) {
            Ok(client) => clients.extend(client),
            Err(error) => tracing::error!(%error, "a client is left out of a list"),
        }
    }
    // Only where a page ends and others follow.
    let last =
        search.limit.checked_sub(1).and_then(|last| rows.get(last)).filter(|_| rows.len() > search.limit);
    let next = last.map(|row| place::read(row, &search.order)).transpose()?;
    Ok(Found { clients, next, total })
}

/// The list, and where the total is asked for it as well, in one statement, so that both are of one moment.
fn query<'q>(search: &Search) -> Bound<'q> {
    let mut sql = Text::new(settled::is_settled(search));
    if search.count {
        sql.push("SELECT (SELECT count(*) FROM client c WHERE ");
        condition::push(&mut sql, &search.predicate, search.today);
        // A left join, so that there is a row with the total also where nobody is on the page.
        sql.push(") AS total, c.* FROM (SELECT) one LEFT JOIN LATERAL (");
        push_page(&mut sql, search);
        sql.push(") c ON true");
        let keys = search.order.keys().iter().zip(SORTED_BY);
        push_order(&mut sql, &search.order, keys.map(|(_, name)| name));
    } else {
        push_page(&mut sql, search);
    }
    sql.into_statement()
}

fn push_page(sql: &mut Text, search: &Search) {
    sql.push("SELECT ").push(SHOWN);
    for ((property, _), name) in search.order.keys().iter().zip(SORTED_BY) {
        let column = column(*property);
        let whole = if column.kind == Kind::Number { "::bigint" } else { "" };
        sql.push(", ").push(column.sql).push(whole).push(" AS ").push(name);
    }
    sql.push(" FROM client c WHERE ");
    condition::push(sql, &search.predicate, search.today);
    if let Page::After(position) = &search.page {
        sql.push(" AND ");
        place::push_after(sql, &search.order, position);
    }
    let columns = search.order.keys().iter().map(|(property, _)| column(*property).sql);
    push_order(sql, &search.order, columns);
    // One more than asked for says whether others follow. As a number and not a value, so that a statement that is kept
    // is planned for so many.
    sql.push(" LIMIT ").push_number(whole(search.limit).saturating_add(1));
    if let Page::Skip(count @ 1..) = &search.page {
        sql.push(" OFFSET ").bind(Value::Number(i64::try_from(*count).unwrap_or(i64::MAX)));
    }
}

fn push_order(sql: &mut Text, order: &Order, columns: impl Iterator<Item = &'static str>) {
    sql.push(" ORDER BY ");
    for ((property, direction), name) in order.keys().iter().zip(columns) {
        sql.push(name).push(match (direction, column(*property).nullable) {
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
