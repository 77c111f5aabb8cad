//! Events as rows of `client_outbox`.

use client_app::ports::{EventId, OutboxEvent, StoreError};
use client_domain::EventKind;
use client_domain::value::ClientKey;

use crate::columns::Columns;
use crate::parameters::Parameters;

/// An event as a commit writes it.
pub(crate) fn parameters(event: &OutboxEvent) -> Parameters<'_> {
    let OutboxEvent { id, kind, client, version, at, data } = event;
    Parameters::new()
        .with(":client_key", client.as_str())
        .with(":version", version.get().cast_signed())
        .with(":event_id", id.as_str())
        .with(":event", kind.name())
        .with(":at", *at)
        .with(":data", data.to_string())
}

/// Reads an event.
pub(crate) fn read(columns: &Columns<'_>) -> Result<OutboxEvent, StoreError> {
    Ok(OutboxEvent {
        id: EventId::from_stored(columns.text("event_id")?.to_owned()),
        kind: columns.parsed("event", |name| EventKind::parse(name).ok_or(()))?,
        client: columns.parsed("client_key", ClientKey::parse)?,
        version: columns.version("version")?,
        at: columns.moment("at")?,
        data: columns.json("data")?,
    })
}
