//! Values into a statement, by the names of its parameters.

use std::borrow::Cow;

use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::types::{ToSql, ToSqlOutput, ValueRef};
use rusqlite::{Connection, Statement};

use crate::columns::Columns;
use crate::error::Failure;
use crate::time::microseconds;

/// The values of a statement by the names of its parameters. Every parameter of the statement has a value, and every
/// value a parameter: anything else is an error, so that no column is omitted.
#[derive(Default)]
pub(crate) struct Parameters<'a>(Vec<(&'static str, Parameter<'a>)>);

/// A value that is bound.
#[derive(Clone)]
pub(crate) enum Parameter<'a> {
    Null,
    Number(i64),
    Text(Cow<'a, str>),
    Bytes(Cow<'a, [u8]>),
}

impl<'a> Parameters<'a> {
    pub(crate) fn new() -> Self {
        Self::default()
    }

    /// Adds a value; the name begins with a colon, as in the statement.
    pub(crate) fn with(mut self, name: &'static str, value: impl Into<Parameter<'a>>) -> Self {
        self.0.push((name, value.into()));
        self
    }

    /// Adds these values.
    pub(crate) fn and(mut self, others: Self) -> Self {
        self.0.extend(others.0);
        self
    }

    fn bind(&self, statement: &mut Statement<'_>) -> rusqlite::Result<()> {
        for (name, value) in &self.0 {
            let unknown = || rusqlite::Error::InvalidParameterName((*name).to_owned());
            let index = statement.parameter_index(name)?.ok_or_else(unknown)?;
            statement.raw_bind_parameter(index, value)?;
        }
        if statement.parameter_count() == self.0.len() {
            Ok(())
        } else {
            Err(rusqlite::Error::InvalidParameterCount(self.0.len(), statement.parameter_count()))
        }
    }

    /// Runs a statement, and returns how many rows it wrote.
    pub(crate) fn execute(&self, connection: &Connection, sql: &str) -> Result<usize, Failure> {
        let mut statement = connection.prepare_cached(sql)?;
        self.bind(&mut statement)?;
        Ok(statement.raw_execute()?)
    }

    /// Runs a statement, and reads its rows.
    pub(crate) fn rows<T, E: Into<Failure>>(
        &self,
        connection: &Connection,
        (table, sql): (&'static str, &str),
        mut read: impl FnMut(&Columns<'_>) -> Result<T, E>,
    ) -> Result<Vec<T>, Failure> {
        let mut statement = connection.prepare_cached(sql)?;
        self.bind(&mut statement)?;
        let (mut rows, mut found) = (statement.raw_query(), Vec::new());
        while let Some(row) = rows.next()? {
            found.push(read(&Columns { row, table }).map_err(Into::into)?);
        }
        Ok(found)
    }

    /// Runs a statement, and reads its first row.
    pub(crate) fn first<T, E: Into<Failure>>(
        &self,
        connection: &Connection,
        (table, sql): (&'static str, &str),
        read: impl FnOnce(&Columns<'_>) -> Result<T, E>,
    ) -> Result<Option<T>, Failure> {
        let mut statement = connection.prepare_cached(sql)?;
        self.bind(&mut statement)?;
        let mut rows = statement.raw_query();
        match rows.next()? {
            Some(row) => read(&Columns { row, table }).map(Some).map_err(Into::into),
            None => Ok(None),
        }
    }
}

impl ToSql for Parameter<'_> {
    fn to_sql(&self) -> rusqlite::Result<ToSqlOutput<'_>> {
        Ok(ToSqlOutput::Borrowed(match self {
            Self::Null => ValueRef::Null,
            Self::Number(number) => ValueRef::Integer(*number),
            Self::Text(text) => ValueRef::Text(text.as_bytes()),
            Self::Bytes(bytes) => ValueRef::Blob(bytes),
        }))
    }
}

impl<'a, T: Into<Parameter<'a>>> From<Option<T>> for Parameter<'a> {
    fn from(value: Option<T>) -> Self {
        value.map_or(Self::Null, Into::into)
    }
}

impl From<i64> for Parameter<'_> {
    fn from(number: i64) -> Self {
        Self::Number(number)
    }
}

impl From<bool> for Parameter<'_> {
    fn from(yes: bool) -> Self {
        Self::Number(yes.into())
    }
}

impl From<Timestamp> for Parameter<'_> {
    fn from(at: Timestamp) -> Self {
        Self::Number(microseconds(at))
    }
}

impl From<Date> for Parameter<'_> {
    fn from(day: Date) -> Self {
        Self::Text(Cow::Owned(day.to_string()))
    }
}

impl<'a> From<&'a str> for Parameter<'a> {
    fn from(text: &'a str) -> Self {
        Self::Text(Cow::Borrowed(text))
    }
}

impl From<String> for Parameter<'_> {
    fn from(text: String) -> Self {
        Self::Text(Cow::Owned(text))
    }
}

impl<'a> From<&'a [u8]> for Parameter<'a> {
    fn from(bytes: &'a [u8]) -> Self {
        Self::Bytes(Cow::Borrowed(bytes))
    }
}

impl From<Vec<u8>> for Parameter<'_> {
    fn from(bytes: Vec<u8>) -> Self {
        Self::Bytes(Cow::Owned(bytes))
    }
}

/// A count or a limit as SQLite takes it.
pub(crate) fn to_i64(count: usize) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
