//! Where a page ends, and where one begins: what comes after a position in an order.

use client_app::ports::StoreError;
use client_domain::search::{Direction, Order, Position, Property, Sortable};
use client_domain::value::ClientId;
use jiff::Timestamp;
use jiff::civil::{Date, date};
use sqlx::postgres::PgRow;

use super::SORTED_BY;
use super::column::{Column, Kind, column};
use super::text::{Text, Value};
use crate::client_row::Columns;

/// A value of a position as a column sees it. A position comes from a cursor, so it may hold what no client can.
pub(super) enum Place {
    /// No value.
    Nothing,
    /// A value of the column's kind.
    At(Value),
    /// A text with U+0000, which no client has: right after this beginning of it, and before whatever is longer.
    After(String),
    /// Before every value of the column.
    Below,
    /// After every value of the column.
    Above,
}

/// The first day that PostgreSQL can store, with some to spare.
const EARLIEST: Date = date(-4000, 1, 1);

/// Whether PostgreSQL has a place for this moment.
fn is_storable(moment: Timestamp) -> bool {
    moment.to_zoned(jiff::tz::TimeZone::UTC).date() >= EARLIEST
}

impl Place {
    pub(super) fn of(sortable: &Sortable, column: Column) -> Self {
        let kind = match sortable {
            Sortable::Nothing => return Self::Nothing,
            Sortable::Number(_) => Kind::Number,
            Sortable::Day(_) => Kind::Day,
            Sortable::Moment(_) => Kind::Moment,
            Sortable::Text(_) => Kind::Text,
        };
        if kind < column.kind {
            return Self::Below;
        }
        if kind > column.kind {
            return Self::Above;
        }
        match sortable {
            Sortable::Nothing => Self::Nothing,
            Sortable::Number(number) => Self::At(Value::Number(*number)),
            Sortable::Day(day) if *day < EARLIEST => Self::Below,
            Sortable::Day(day) => Self::At(Value::Day(*day)),
            Sortable::Moment(moment) if !is_storable(*moment) => Self::Below,
            Sortable::Moment(moment) => Self::At(Value::Moment(*moment)),
            Sortable::Text(text) => match text.split_once('\0') {
                Some((beginning, _)) => Self::After(beginning.to_owned()),
                None => Self::At(Value::Text(text.clone())),
            },
        }
    }
}

/// Reads where a client stands in an order: what the rows were sorted by.
pub(super) fn read(row: &PgRow, order: &Order) -> Result<Position, StoreError> {
    let columns = Columns { row, table: "client" };
    let value = |((property, _), name): (&(Property, Direction), &'static str)| {
        let value = match column(*property).kind {
            Kind::Number => columns.get::<Option<i64>>(name)?.map(Sortable::Number),
            Kind::Day => {
                columns.get::<Option<jiff_sqlx::Date>>(name)?.map(|day| Sortable::Day(day.to_jiff()))
            }
            Kind::Moment => columns.moment_optional(name)?.map(Sortable::Moment),
            Kind::Text => columns.get::<Option<String>>(name)?.map(Sortable::Text),
        };
        Ok(value.unwrap_or(Sortable::Nothing))
    };
    let values = order.keys().iter().zip(SORTED_BY).map(value).collect::<Result<_, StoreError>>()?;
    Ok(Position { values, id: columns.known("id", |id| ClientId::new(id).ok())? })
}

/// Writes the condition of coming after a position: by the first property, or as far by that and by the next,
/// and in the end by the id.
pub(super) fn push_after(sql: &mut Text, order: &Order, position: &Position) {
    let keys: Vec<_> = order.keys().iter().zip(&position.values).collect();
    if push_row(sql, order, &keys, position) {
        return;
    }
    sql.push("(");
    for (at, ((property, direction), sortable)) in keys.iter().enumerate() {
        for ((property, _), sortable) in keys.iter().take(at) {
            push_equal(sql, column(*property), sortable);
            sql.push(" AND ");
        }
        push_beyond(sql, column(*property), *direction, sortable);
        sql.push(" OR ");
    }
    for ((property, _), sortable) in &keys {
        push_equal(sql, column(*property), sortable);
        sql.push(" AND ");
    }
    sql.push(match order.tie_break() {
        Direction::Ascending => "c.id > ",
        Direction::Descending => "c.id < ",
    });
    sql.bind(Value::Number(position.id.get())).push(")");
}

/// Where every property goes one way and every client has a value of each, a comparison of rows says the same,
/// and an index on those columns begins right there instead of at the first client.
fn push_row(
    sql: &mut Text,
    order: &Order,
    keys: &[(&(Property, Direction), &Sortable)],
    position: &Position,
) -> bool {
    let way = order.tie_break();
    let places: Option<Vec<_>> = keys
        .iter()
        .map(|((property, direction), sortable)| {
            let column = column(*property);
            match Place::of(sortable, column) {
                Place::At(value) if *direction == way && !column.nullable => Some((column, value)),
                _ => None,
            }
        })
        .collect();
    let Some(places) = places else { return false };
    sql.push("(");
    for (column, _) in &places {
        sql.push(column.sql).push(", ");
    }
    sql.push("c.id) ").push(if way == Direction::Ascending { "> (" } else { "< (" });
    for (_, value) in places {
        sql.bind(value).push(", ");
    }
    sql.bind(Value::Number(position.id.get())).push(")");
    true
}

fn push_equal(sql: &mut Text, column: Column, sortable: &Sortable) {
    match Place::of(sortable, column) {
        Place::Nothing if column.nullable => {
            sql.push(column.sql).push(" IS NULL");
        }
        Place::At(value) => {
            sql.push(column.sql).push(" = ").bind(value);
        }
        Place::Nothing | Place::After(_) | Place::Below | Place::Above => {
            sql.push("false");
        }
    }
}

/// Strictly after the value in this direction. No value comes before every value.
fn push_beyond(sql: &mut Text, column: Column, direction: Direction, sortable: &Sortable) {
    let place = Place::of(sortable, column);
    match direction {
        Direction::Ascending => push_greater(sql, column, place),
        Direction::Descending => push_smaller(sql, column, place),
    }
}

fn push_greater(sql: &mut Text, column: Column, place: Place) {
    match place {
        Place::Nothing | Place::Below if column.nullable => sql.push(column.sql).push(" IS NOT NULL"),
        Place::Nothing | Place::Below => sql.push("true"),
        Place::At(value) => sql.push(column.sql).push(" > ").bind(value),
        Place::After(beginning) => sql.push(column.sql).push(" > ").bind(Value::Text(beginning)),
        Place::Above => sql.push("false"),
    };
}

fn push_smaller(sql: &mut Text, column: Column, place: Place) {
    let (comparison, value) = match place {
        Place::Nothing => {
            sql.push("false");
            return;
        }
        Place::Above => {
            sql.push("true");
            return;
        }
        Place::Below => {
            if column.nullable {
                sql.push(column.sql).push(" IS NULL");
            } else {
                sql.push("false");
            }
            return;
        }
        Place::At(value) => (" < ", value),
        Place::After(beginning) => (" <= ", Value::Text(beginning)),
    };
    sql.push("(").push(column.sql).push(comparison).bind(value);
    if column.nullable {
        sql.push(" OR ").push(column.sql).push(" IS NULL");
    }
    sql.push(")");
}
