//! Keyset paging: where a page ends, and the condition of coming after a position in an order.

use client_app::ports::StoreError;
use client_domain::search::{Direction, MAX_SORT_KEYS, Order, Position, Property, Sortable};
use client_domain::value::ClientId;
use jiff::civil::{Date, date};

use super::builder::{SqlBuilder, Value};
use super::column::{Column, Kind, column};
use crate::columns::Columns;

/// The aliases of the selected values by which the clients are sorted.
pub(super) const SORT_KEYS: [&str; MAX_SORT_KEYS] = ["sorted_by_1", "sorted_by_2", "sorted_by_3"];

/// A value of a position as a bound in a column. A position comes from a cursor, so it may hold a value that no client has.
pub(super) enum KeysetBound {
    /// No value.
    Null,
    /// A value of the column's kind.
    At(Value),
    /// A text with U+0000, which no client has: right after this prefix, and before every longer text with it.
    After(String),
    /// Before every value of the column.
    Below,
    /// After every value of the column.
    Above,
}

/// The first day whose text sorts as the day does. No client has an earlier one.
const EARLIEST: Date = date(0, 1, 1);

impl KeysetBound {
    pub(super) fn of(sortable: &Sortable, column: Column) -> Self {
        let kind = match sortable {
            Sortable::Nothing => return Self::Null,
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
            Sortable::Nothing => Self::Null,
            Sortable::Number(number) => Self::At(Value::Number(*number)),
            Sortable::Day(day) if *day < EARLIEST => Self::Below,
            Sortable::Day(day) => Self::At(Value::Day(*day)),
            Sortable::Moment(moment) => Self::At(Value::Moment(*moment)),
            Sortable::Text(text) => match text.split_once('\0') {
                Some((beginning, _)) => Self::After(beginning.to_owned()),
                None => Self::At(Value::Text(text.clone())),
            },
        }
    }
}

/// Reads the position of a client in an order: the values that the rows were sorted by.
pub(super) fn read(columns: &Columns<'_>, order: &Order) -> Result<Position, StoreError> {
    let value = |((property, _), name): (&(Property, Direction), &'static str)| {
        let value = match column(*property).kind {
            Kind::Number => columns.get::<Option<i64>>(name)?.map(Sortable::Number),
            Kind::Day => columns.day_optional(name)?.map(Sortable::Day),
            Kind::Moment => columns.moment_optional(name)?.map(Sortable::Moment),
            Kind::Text => columns.get::<Option<String>>(name)?.map(Sortable::Text),
        };
        Ok(value.unwrap_or(Sortable::Nothing))
    };
    let values = order.keys().iter().zip(SORT_KEYS).map(value).collect::<Result<_, StoreError>>()?;
    Ok(Position { values, id: columns.known("id", |id| ClientId::new(id).ok())? })
}

/// Writes the condition of coming after a position: after it by the first property, or equal in that and after it by the
/// next one, and at last by the id.
pub(super) fn push_after(sql: &mut SqlBuilder<'_>, order: &Order, position: &Position) {
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

/// Where every property is sorted in the same direction and no column is nullable, a comparison of rows is equivalent, and
/// an index on those columns begins right there instead of at the first client.
fn push_row(
    sql: &mut SqlBuilder<'_>,
    order: &Order,
    keys: &[(&(Property, Direction), &Sortable)],
    position: &Position,
) -> bool {
    let way = order.tie_break();
    let bounds: Option<Vec<_>> = keys
        .iter()
        .map(|((property, direction), sortable)| {
            let column = column(*property);
            match KeysetBound::of(sortable, column) {
                KeysetBound::At(value) if *direction == way && !column.nullable => Some((column, value)),
                _ => None,
            }
        })
        .collect();
    let Some(bounds) = bounds else { return false };
    sql.push("(");
    for (column, _) in &bounds {
        sql.push(column.sql).push(", ");
    }
    sql.push("c.id) ").push(if way == Direction::Ascending { "> (" } else { "< (" });
    for (_, value) in bounds {
        sql.bind(value).push(", ");
    }
    sql.bind(Value::Number(position.id.get())).push(")");
    true
}

fn push_equal(sql: &mut SqlBuilder<'_>, column: Column, sortable: &Sortable) {
    match KeysetBound::of(sortable, column) {
        KeysetBound::Null if column.nullable => {
            sql.push(column.sql).push(" IS NULL");
        }
        KeysetBound::At(value) => {
            sql.push(column.sql).push(" = ").bind(value);
        }
        KeysetBound::Null | KeysetBound::After(_) | KeysetBound::Below | KeysetBound::Above => {
            sql.push("false");
        }
    }
}

/// Strictly after the value in this direction. A missing value sorts before every value.
fn push_beyond(sql: &mut SqlBuilder<'_>, column: Column, direction: Direction, sortable: &Sortable) {
    let bound = KeysetBound::of(sortable, column);
    match direction {
        Direction::Ascending => push_greater(sql, column, bound),
        Direction::Descending => push_smaller(sql, column, bound),
    }
}

fn push_greater(sql: &mut SqlBuilder<'_>, column: Column, bound: KeysetBound) {
    match bound {
        KeysetBound::Null | KeysetBound::Below if column.nullable => {
            sql.push(column.sql).push(" IS NOT NULL")
        }
        KeysetBound::Null | KeysetBound::Below => sql.push("true"),
        KeysetBound::At(value) => sql.push(column.sql).push(" > ").bind(value),
        KeysetBound::After(beginning) => sql.push(column.sql).push(" > ").bind(Value::Text(beginning)),
        KeysetBound::Above => sql.push("false"),
    };
}

fn push_smaller(sql: &mut SqlBuilder<'_>, column: Column, bound: KeysetBound) {
    let (comparison, value) = match bound {
        KeysetBound::Null => {
            sql.push("false");
            return;
        }
        KeysetBound::Above => {
            sql.push("true");
            return;
        }
        KeysetBound::Below => {
            if column.nullable {
                sql.push(column.sql).push(" IS NULL");
            } else {
                sql.push("false");
            }
            return;
        }
        KeysetBound::At(value) => (" < ", value),
        KeysetBound::After(beginning) => (" <= ", Value::Text(beginning)),
    };
    sql.push("(").push(column.sql).push(comparison).bind(value);
    if column.nullable {
        sql.push(" OR ").push(column.sql).push(" IS NULL");
    }
    sql.push(")");
}
