//! The outcome of a command as a row of `client_idempotency`.

use client_app::ports::{
    EventId, Fingerprint, OutcomeRecord, RequestKey, StoreError, StoredData, StoredReply,
};
use client_domain::value::ClientKey;

use crate::columns::Columns;
use crate::parameters::Parameters;

/// The unique key of an outcome.
pub(crate) fn key(request: &RequestKey) -> Parameters<'_> {
    let RequestKey { actor, command, key } = request;
    Parameters::new()
        .with(":actor", actor.as_str())
        .with(":command", command.as_str())
        .with(":request_key", key.as_str())
}

/// An outcome as it is written.
pub(crate) fn parameters(outcome: &OutcomeRecord) -> Parameters<'_> {
    let OutcomeRecord { request, attempt, fingerprint, client, reply, at } = outcome;
    let StoredReply { message, data, version } = reply;
    key(request)
        .with(":fingerprint", fingerprint.0.as_slice())
        .with(":message", message.as_str())
        .with(":data", data.to_json())
        .with(":version", version.map(|version| version.get().cast_signed()))
        .with(":at", *at)
        .with(":attempt", attempt.as_ref().map(EventId::as_str))
        .with(":client_key", client.as_ref().map(ClientKey::as_str))
}

/// Reads the outcome of `request`.
pub(crate) fn read(columns: &Columns<'_>, request: &RequestKey) -> Result<OutcomeRecord, StoreError> {
    Ok(OutcomeRecord {
        request: request.clone(),
        attempt: columns.text_optional("attempt")?.map(|id| EventId::from_stored(id.to_owned())),
        fingerprint: Fingerprint(columns.get("fingerprint")?),
        client: columns.parsed_optional("client_key", ClientKey::parse)?,
        reply: StoredReply {
            message: columns.text("message")?.to_owned(),
            data: columns.parsed("data", |text| StoredData::from_json(text).ok_or(()))?,
            version: columns.version_optional("version")?,
        },
        at: columns.moment("at")?,
    })
}
