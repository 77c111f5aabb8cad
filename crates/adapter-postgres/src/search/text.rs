use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use sqlx::AssertSqlSafe;

use crate::pool::Bound;
use crate::store::whole;

/// The text of a statement in the making.
///
/// What is written into it is by its type a constant or a number; whatever else somebody has entered can only be bound.
pub(super) struct Text {
    sql: String,
    values: Vec<Value>,
    is_settled: bool,
}

/// A value that is bound.
pub(super) enum Value {
    Number(i64),
    Numbers(Vec<i64>),
    Text(String),
    Texts(Vec<String>),
    Day(Date),
    Moment(Timestamp),
}

impl Text {
    /// A text to be planned with its values in view, each time. Or, where they cannot matter, once, and kept by the
    /// connection.
    pub(super) const fn new(is_settled: bool) -> Self {
        Self { sql: String::new(), values: Vec::new(), is_settled }
    }

    pub(super) fn push(&mut self, text: &'static str) -> &mut Self {
        self.sql.push_str(text);
        self
    }

    pub(super) fn push_number(&mut self, number: i64) -> &mut Self {
        self.sql.push_str(&number.to_string());
        self
    }

    /// What keeps a condition on a column that may be null from being null itself.
    pub(super) fn push_present(&mut self, column: &'static str, nullable: bool) -> &mut Self {
        if nullable { self.push(column).push(" IS NOT NULL AND ") } else { self }
    }

    pub(super) fn bind(&mut self, value: Value) -> &mut Self {
        self.values.push(value);
        self.sql.push('$');
        self.push_number(whole(self.values.len()))
    }

    pub(super) fn into_statement<'q>(self) -> Bound<'q> {
        let statement = sqlx::query(AssertSqlSafe(self.sql)).persistent(self.is_settled);
        self.values.into_iter().fold(statement, |statement, value| match value {
            Value::Number(number) => statement.bind(number),
            Value::Numbers(numbers) => statement.bind(numbers),
            Value::Text(text) => statement.bind(text),
            Value::Texts(texts) => statement.bind(texts),
            Value::Day(day) => statement.bind(day.to_sqlx()),
            Value::Moment(moment) => statement.bind(moment.to_sqlx()),
        })
    }
}
