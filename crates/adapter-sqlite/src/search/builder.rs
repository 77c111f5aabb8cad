//! Builds the text of a statement and its values.

use client_app::ports::StoreError;
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Connection;

use super::counts::{Counts, FEW};
use crate::columns::Columns;
use crate::error::Failure;
use crate::parameters::Parameter;

/// Builds the text of a statement and its values.
///
/// By its type, a part of the text is a constant or a number; every value of a caller can only be bound.
pub(super) struct SqlBuilder<'c> {
    sql: String,
    values: Vec<Parameter<'static>>,
    pub(super) counts: Counts<'c>,
}

/// A value that is bound.
pub(super) enum Value {
    Number(i64),
    Text(String),
    Day(Date),
    Moment(Timestamp),
}

impl From<Value> for Parameter<'_> {
    fn from(value: Value) -> Self {
        match value {
            Value::Number(number) => number.into(),
            Value::Text(text) => text.into(),
            Value::Day(day) => day.into(),
            Value::Moment(moment) => moment.into(),
        }
    }
}

impl<'c> SqlBuilder<'c> {
    pub(super) const fn new(counts: Counts<'c>) -> Self {
        Self { sql: String::new(), values: Vec::new(), counts }
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
        self.values.push(value.into());
        self.push("?")
    }

    /// A list of values, in parentheses.
    pub(super) fn bind_all(&mut self, values: impl IntoIterator<Item = Value>) -> &mut Self {
        self.push("(");
        for (at, value) in values.into_iter().enumerate() {
            self.push(if at == 0 { "" } else { ", " }).bind(value);
        }
        self.push(")")
    }

    /// Pushes a condition, and returns whether few rows of these tables meet it, as far as that is worth a count.
    pub(super) fn push_counted(&mut self, tables: &'static str, condition: impl FnOnce(&mut Self)) -> bool {
        let (text, values) = (self.sql.len(), self.values.len());
        condition(self);
        let pushed = self.sql.get(text..).unwrap_or_default();
        let sql = format!(
            "SELECT count(*) AS clients FROM (SELECT 1 FROM {tables} WHERE {pushed} LIMIT {})",
            FEW + 1
        );
        self.counts.rows(&sql, self.values.get(values..).unwrap_or_default())
    }

    /// Removes what was pushed since the text and the values had these lengths.
    pub(super) fn take_back(&mut self, (text, values): (usize, usize)) {
        self.sql.truncate(text);
        self.values.truncate(values);
    }

    /// The lengths of the text and of the values.
    pub(super) fn lengths(&self) -> (usize, usize) {
        (self.sql.len(), self.values.len())
    }

    /// Runs the statement, and reads its rows.
    pub(super) fn query<T>(
        &self,
        connection: &Connection,
        mut read: impl FnMut(&Columns<'_>) -> Result<T, StoreError>,
    ) -> Result<Vec<T>, Failure> {
        let mut statement = connection.prepare_cached(&self.sql)?;
        for (place, value) in (1..).zip(&self.values) {
            statement.raw_bind_parameter(place, value)?;
        }
        let (mut rows, mut found) = (statement.raw_query(), Vec::new());
        while let Some(row) = rows.next()? {
            found.push(read(&Columns { row, table: "client" })?);
        }
        Ok(found)
    }

    /// Runs the statement, and visits its rows until one visit answers that no more are wanted.
    pub(super) fn visit(
        &self,
        connection: &Connection,
        mut visit: impl FnMut(&Columns<'_>) -> Result<bool, Failure>,
    ) -> Result<(), Failure> {
        let mut statement = connection.prepare(&self.sql)?;
        for (place, value) in (1..).zip(&self.values) {
            statement.raw_bind_parameter(place, value)?;
        }
        let mut rows = statement.raw_query();
        while let Some(row) = rows.next()? {
            if !visit(&Columns { row, table: "client" })? {
                break;
            }
        }
        Ok(())
    }

    /// The same statement, asked for its plan.
    #[cfg(test)]
    pub(super) fn explained(mut self) -> Self {
        self.sql.insert_str(0, "EXPLAIN QUERY PLAN ");
        self
    }

    /// The same statement, asked for its steps.
    #[cfg(test)]
    pub(super) fn step_by_step(mut self) -> Self {
        self.sql.insert_str(0, "EXPLAIN ");
        self
    }
}
