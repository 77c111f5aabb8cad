//! Builds the text of a statement and its values.

use crate::time::ToSql as _;
use jiff::Timestamp;
use jiff::civil::Date;
use sqlx::AssertSqlSafe;

use crate::rows::convert::to_i64;
use crate::sql::Statement;

/// Builds the text of a statement and its values.
///
/// By its type, a part of the text is a constant or a number; every value of a caller can only be bound.
pub(super) struct SqlBuilder {
    sql: String,
    values: Vec<Value>,
    is_prepared: bool,
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

impl SqlBuilder {
    /// An empty text. A prepared statement is planned once for each connection; another one is planned with its values each
    /// time.
    pub(super) const fn new(is_prepared: bool) -> Self {
        Self { sql: String::new(), values: Vec::new(), is_prepared }
    }

    pub(super) fn push(&mut self, text: &'static str) -> &mut Self {
        self.sql.push_str(text);
        self
    }

    pub(super) fn push_number(&mut self, number: i64) -> &mut Self {
        self.sql.push_str(&number.to_string());
        self
    }

    /// Keeps a condition on a nullable column from being null itself.
    pub(super) fn push_not_null(&mut self, column: &'static str, nullable: bool) -> &mut Self {
        if nullable { self.push(column).push(" IS NOT NULL AND ") } else { self }
    }

    pub(super) fn bind(&mut self, value: Value) -> &mut Self {
        self.values.push(value);
        self.sql.push('$');
        self.push_number(to_i64(self.values.len()))
    }

    pub(super) fn into_statement<'q>(self) -> Statement<'q> {
        let statement = sqlx::query(AssertSqlSafe(self.sql)).persistent(self.is_prepared);
        self.values.into_iter().fold(statement, |statement, value| match value {
            Value::Number(number) => statement.bind(number),
            Value::Numbers(numbers) => statement.bind(numbers),
            Value::Text(text) => statement.bind(text),
            Value::Texts(texts) => statement.bind(texts),
            Value::Day(day) => statement.bind(day.to_sql()),
            Value::Moment(moment) => statement.bind(moment.to_sql()),
        })
    }
}
