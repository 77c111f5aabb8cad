//! Outcomes of commands as rows.

use client_app::ports::{
    EventId, Fingerprint, OutcomeRecord, RequestKey, StoreError, StoredData, StoredReply,
};
use client_domain::value::{ClientKey, Version};
use jiff_sqlx::ToSqlx as _;
use sqlx::postgres::PgRow;

use crate::client_row::Columns;
use crate::columns::columns;
use crate::pool::Bound;

// An outcome; without one every column is null.
columns!('q, outcome: Option<&'q OutcomeRecord> =>
    outcome.map(|outcome| outcome.request.actor.as_str()),
    outcome.map(|outcome| outcome.request.command.as_str()),
    outcome.map(|outcome| outcome.request.key.as_str()),
    outcome.map(|outcome| outcome.fingerprint.0.as_slice()),
    outcome.map(|outcome| outcome.reply.message.as_str()),
    outcome.map(|outcome| outcome.reply.data.to_json()),
    outcome.and_then(|outcome| outcome.reply.version).map(|version| version.get().cast_signed()),
    outcome.map(|outcome| outcome.at.to_sqlx()),
);

/// Which attempt an outcome is of.
pub(crate) fn attempt(outcome: Option<&OutcomeRecord>) -> Option<&str> {
    outcome.and_then(|outcome| outcome.attempt.as_ref()).map(EventId::as_str)
}

/// Which client an outcome is of.
pub(crate) fn client(outcome: Option<&OutcomeRecord>) -> Option<&str> {
    outcome.and_then(|outcome| outcome.client.as_ref()).map(ClientKey::as_str)
}

/// Binds what an outcome is unique within. Nothing is equal to null, so no key finds no outcome.
pub(crate) fn bind_key<'q>(statement: Bound<'q>, request: Option<&'q RequestKey>) -> Bound<'q> {
    statement
        .bind(request.map(|request| request.actor.as_str()))
        .bind(request.map(|request| request.command.as_str()))
        .bind(request.map(|request| request.key.as_str()))
}

/// Reads an outcome that was looked for under `request`, if the row has one.
pub(crate) fn read(row: &PgRow, request: Option<&RequestKey>) -> Result<Option<OutcomeRecord>, StoreError> {
    let columns = Columns { row, table: "client_idempotency" };
    let fingerprint =
        columns.known_optional("outcome_fingerprint", |bytes: Vec<u8>| bytes.try_into().ok())?;
    let (Some(request), Some(fingerprint)) = (request, fingerprint) else { return Ok(None) };
    let reply = StoredReply {
        message: columns.get("outcome_message")?,
        data: columns.known("outcome_data", |text: &str| StoredData::from_json(text))?,
        version: columns.known_optional("outcome_version", |number: i64| {
            u64::try_from(number).ok().and_then(Version::new)
        })?,
    };
    let at = columns.moment("outcome_at")?;
    let attempt = columns.get::<Option<String>>("outcome_attempt")?.map(EventId::from_stored);
    let client = columns.known_optional("outcome_client", |key: &str| ClientKey::parse(key).ok())?;
    let (request, fingerprint) = (request.clone(), Fingerprint(fingerprint));
    Ok(Some(OutcomeRecord { request, attempt, fingerprint, client, reply, at }))
}
