//! Columns of a row, read with the types of the domain.

use client_app::ports::StoreError;
use client_domain::value::{EmailAddress, Version};
use client_domain::{Actor, ActorId, ClientState};
use sqlx::postgres::PgRow;
use sqlx::{Decode, Postgres, Row as _, Type};

use crate::error::corrupt;

/// The columns of a row, read as types of the domain. An error names the table and the column, and never the value.
pub(crate) struct Columns<'r> {
    pub(crate) row: &'r PgRow,
    pub(crate) table: &'static str,
}

impl Columns<'_> {
    fn corrupt(&self, column: &str) -> StoreError {
        corrupt(format!("the column {column} of a row of the table {}", self.table))
    }

    pub(crate) fn get<'a, T: Decode<'a, Postgres> + Type<Postgres>>(
        &'a self,
        column: &str,
    ) -> Result<T, StoreError> {
        self.row.try_get(column).map_err(|_| self.corrupt(column))
    }

    pub(crate) fn known<'a, R: Decode<'a, Postgres> + Type<Postgres>, T>(
        &'a self,
        column: &str,
        read: impl FnOnce(R) -> Option<T>,
    ) -> Result<T, StoreError> {
        read(self.get(column)?).ok_or_else(|| self.corrupt(column))
    }

    pub(crate) fn known_optional<'a, R: Decode<'a, Postgres> + Type<Postgres>, T>(
        &'a self,
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
        self.known(column, |text: &str| parse(text).ok())
    }

    pub(crate) fn parsed_optional<T, E>(
        &self,
        column: &str,
        parse: impl FnOnce(&str) -> Result<T, E>,
    ) -> Result<Option<T>, StoreError> {
        self.known_optional(column, |text: &str| parse(text).ok())
    }

    pub(crate) fn moment(&self, column: &str) -> Result<jiff::Timestamp, StoreError> {
        self.get::<crate::time::Timestamp>(column).map(|at| at.to_jiff())
    }

    pub(crate) fn moment_optional(&self, column: &str) -> Result<Option<jiff::Timestamp>, StoreError> {
        Ok(self.get::<Option<crate::time::Timestamp>>(column)?.map(|at| at.to_jiff()))
    }

    pub(crate) fn version(&self, column: &str) -> Result<Version, StoreError> {
        self.known(column, |number: i64| u64::try_from(number).ok().and_then(Version::new))
    }

    pub(crate) fn state(&self, column: &str) -> Result<ClientState, StoreError> {
        self.known(column, |number: i16| ClientState::from_number(number.into()))
    }

    pub(crate) fn actor(&self, id: &str, email: &str) -> Result<Actor, StoreError> {
        Ok(Actor {
            id: self.parsed(id, ActorId::parse)?,
            email: self.parsed_optional(email, EmailAddress::restore)?,
        })
    }
}
