//! Columns of a row, read with the types of the domain.

use client_app::ports::StoreError;
use client_domain::value::{EmailAddress, Version};
use client_domain::{Actor, ActorId, ClientState};
use jiff::Timestamp;
use jiff::civil::Date;
use rusqlite::Row;
use rusqlite::types::{FromSql, ValueRef};

use crate::error::corrupt;
use crate::time;

/// The columns of a row, read as types of the domain. An error names the table and the column, and never the value.
pub(crate) struct Columns<'r> {
    pub(crate) row: &'r Row<'r>,
    pub(crate) table: &'static str,
}

impl Columns<'_> {
    fn corrupt(&self, column: &str) -> StoreError {
        corrupt(format!("the column {column} of a row of the table {}", self.table))
    }

    /// A value as SQLite holds it.
    pub(crate) fn get<T: FromSql>(&self, column: &str) -> Result<T, StoreError> {
        self.row.get(column).map_err(|_| self.corrupt(column))
    }

    /// A text; null is none.
    pub(crate) fn text_optional(&self, column: &str) -> Result<Option<&str>, StoreError> {
        match self.row.get_ref(column) {
            Ok(ValueRef::Null) => Ok(None),
            Ok(value) => value.as_str().map(Some).map_err(|_| self.corrupt(column)),
            Err(_) => Err(self.corrupt(column)),
        }
    }

    pub(crate) fn text(&self, column: &str) -> Result<&str, StoreError> {
        self.text_optional(column)?.ok_or_else(|| self.corrupt(column))
    }

    pub(crate) fn known<R: FromSql, T>(
        &self,
        column: &str,
        read: impl FnOnce(R) -> Option<T>,
    ) -> Result<T, StoreError> {
        read(self.get(column)?).ok_or_else(|| self.corrupt(column))
    }

    pub(crate) fn known_optional<R: FromSql, T>(
        &self,
        column: &str,
        read: impl FnOnce(R) -> Option<T>,
    ) -> Result<Option<T>, StoreError> {
        match self.get::<Option<R>>(column)? {
            Some(raw) => read(raw).map(Some).ok_or_else(|| self.corrupt(column)),
            None => Ok(None),
        }
    }

    pub(crate) fn parsed<T, E>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<T, StoreError> {
        parse(self.text(column)?).map_err(|_| self.corrupt(column))
    }

    pub(crate) fn parsed_optional<T, E>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, StoreError> {
        self.text_optional(column)?.map(parse).transpose().map_err(|_| self.corrupt(column))
    }

    pub(crate) fn moment(&self, column: &str) -> Result<Timestamp, StoreError> {
        self.known(column, time::moment)
    }

    pub(crate) fn moment_optional(&self, column: &str) -> Result<Option<Timestamp>, StoreError> {
        self.known_optional(column, time::moment)
    }

    pub(crate) fn day_optional(&self, column: &str) -> Result<Option<Date>, StoreError> {
        self.parsed_optional(column, |text| time::day(text).ok_or(()))
    }

    pub(crate) fn version(&self, column: &str) -> Result<Version, StoreError> {
        self.known(column, version)
    }

    pub(crate) fn version_optional(&self, column: &str) -> Result<Option<Version>, StoreError> {
        self.known_optional(column, version)
    }

    pub(crate) fn state(&self, column: &str) -> Result<ClientState, StoreError> {
        self.known(column, ClientState::from_number)
    }

    pub(crate) fn actor(&self, id: &str, email: &str) -> Result<Actor, StoreError> {
        Ok(Actor {
            id: self.parsed(id, ActorId::parse)?,
            email: self.parsed_optional(email, EmailAddress::restore)?,
        })
    }

    /// A list within the row.
    pub(crate) fn json<T: serde::de::DeserializeOwned>(&self, column: &str) -> Result<T, StoreError> {
        serde_json::from_str(self.text(column)?).map_err(|_| self.corrupt(column))
    }

    /// What a list within the row is read as.
    pub(crate) fn json_known<R: serde::de::DeserializeOwned, T>(
        &self,
        column: &str,
        read: impl FnOnce(R) -> Option<T>,
    ) -> Result<T, StoreError> {
        read(self.json(column)?).ok_or_else(|| self.corrupt(column))
    }
}

fn version(number: i64) -> Option<Version> {
    u64::try_from(number).ok().and_then(Version::new)
}
