use jiff::Timestamp;
use jiff::civil::Date;
use jiff_sqlx::ToSqlx as _;
use sqlx::AssertSqlSafe;

use crate::pool::Bound;

/// The text of a statement in the making.
///
/// What is written into it is a constant by its type; whatever somebody has entered can only be bound.
#[derive(Default)]
pub(super) struct Text {
    text: String,
    values: Vec<Value>,
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
    pub(super) fn push(&mut self, text: &'static str) -> &mut Self {
        self.text.push_str(text);
        self
    }

    /// What keeps a condition on a column that may be null from being null itself.
    pub(super) fn push_present(&mut self, column: &'static str, nullable: bool) -> &mut Self {
        if nullable { self.push(column).push(" IS NOT NULL AND ") } else { self }
    }

    pub(super) fn bind(&mut self, value: Value) -> &mut Self {
        self.values.push(value);
        self.text.push('$');
        self.text.push_str(&self.values.len().to_string());
        self
    }

    /// The statement. It is not kept by the connection: the server is to plan it with its values in view.
    pub(super) fn into_statement<'q>(self) -> Bound<'q> {
        let statement = sqlx::query(AssertSqlSafe(self.text)).persistent(false);
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
