//! A client by any of its names.

use client_app::ports::{ClientRef, Loaded, RequestKey, StoreError};
use sqlx::postgres::PgRow;

use crate::rows::{client, outcome};
use crate::sql::{
    FIND_BY_ADDRESS, FIND_BY_DOCUMENT, FIND_BY_ID, FIND_BY_KEY, LOAD_BY_ADDRESS, LOAD_BY_DOCUMENT,
    LOAD_BY_ID, LOAD_BY_KEY, Statement,
};

/// Reads the client with this name.
pub(crate) fn find(name: &ClientRef) -> Statement<'_> {
    named(name, [FIND_BY_KEY, FIND_BY_ID, FIND_BY_DOCUMENT, FIND_BY_ADDRESS])
}

/// Reads the client with this name, and the outcome of a request.
pub(crate) fn load<'q>(name: &'q ClientRef, request: Option<&'q RequestKey>) -> Statement<'q> {
    outcome::bind_key(named(name, [LOAD_BY_KEY, LOAD_BY_ID, LOAD_BY_DOCUMENT, LOAD_BY_ADDRESS]), request)
}

fn named<'q>(
    name: &'q ClientRef,
    [by_key, by_id, by_document, by_address]: [&'static str; 4],
) -> Statement<'q> {
    match name {
        ClientRef::Key(key) => sqlx::query(by_key).bind(key.as_str()),
        ClientRef::Id(id) => sqlx::query(by_id).bind(id.get()),
        ClientRef::Document(id) => sqlx::query(by_document).bind(id.as_str()),
        ClientRef::Address(id) => sqlx::query(by_address).bind(id.as_str()),
    }
}

/// A client and an outcome, where the row has them.
pub(crate) fn loaded(row: &PgRow, request: Option<&RequestKey>) -> Result<Loaded, StoreError> {
    Ok(Loaded { client: client::read_optional(row)?, outcome: outcome::read(row, request)? })
}
