//! The outcome of a command as a row of `client_idempotency`.

use crate::time::ToSql as _;
use client_app::ports::{
    EventId, Fingerprint, OutcomeRecord, RequestKey, StoreError, StoredData, StoredReply,
};
use client_domain::value::{ClientKey, Version};
use sqlx::postgres::PgRow;

use super::bind::columns;
use super::columns::Columns;
use crate::sql::Statement;

// An outcome; without an outcome every column is null.
columns!('q, outcome: Option<&'q OutcomeRecord> =>
    outcome.map(|outcome| outcome.request.actor.as_str()),
    outcome.map(|outcome| outcome.request.command.as_str()),
    outcome.map(|outcome| outcome.request.key.as_str()),
    outcome.map(|outcome| outcome.fingerprint.0.as_slice()),
    outcome.map(|outcome| outcome.reply.message.as_str()),
    outcome.map(|outcome| outcome.reply.data.to_json()),
    outcome.and_then(|outcome| outcome.reply.version).map(|version| version.get().cast_signed()),
    outcome.map(|outcome| outcome.at.to_sql()),
    outcome.and_then(|outcome| outcome.attempt.as_ref()).map(EventId::as_str),
    outcome.and_then(|outcome| outcome.client.as_ref()).map(ClientKey::as_str),
);

/// Binds the unique key of an outcome. Nothing equals null, so without a request no outcome is found.
pub(crate) fn bind_key<'q>(statement: Statement<'q>, request: Option<&'q RequestKey>) -> Statement<'q> {
    statement
        .bind(request.map(|request| request.actor.as_str()))
        .bind(request.map(|request| request.command.as_str()))
        .bind(request.map(|request| request.key.as_str()))
}

/// Reads the outcome of `request`, if the row has one.
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
