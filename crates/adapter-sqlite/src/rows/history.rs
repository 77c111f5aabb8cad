//! Lines of the history as rows.

use client_app::RequestId;
use client_app::ports::{HistoryEntry, HistoryValues, StoreError};
use client_domain::client::{AmendmentId, Transaction};
use client_domain::kyc::{AddressId, DocumentId, DocumentKind, KycItem, RequestedDocuments};
use client_domain::lifecycle::TRANSITIONS;
use client_domain::reason::CodedReason;
use client_domain::value::{ClientKey, Notes, Reason, ReasonCode, ReasonText, TransactionReference};
use client_domain::{ClientEvent, ClientField, ClientState, EventKind};
use serde::Deserialize;
use serde_json::json;

use super::stamp;
use super::values::{self, Triple};
use crate::columns::Columns;
use crate::parameters::Parameters;

/// The separator of the names of changed fields, and of the numbers of requested types.
const SEPARATOR: char = ',';
/// The state before the creation of a client.
const NO_STATE: i64 = 0;

/// A line as it is written, without its values.
pub(crate) fn parameters(line: &HistoryEntry) -> Parameters<'_> {
    let HistoryEntry { event, command, request_id, values: _ } = line;
    let ClientEvent {
        kind,
        key,
        version,
        by,
        at,
        from,
        to,
        changed,
        reason,
        reason_code,
        notes,
        transaction,
        kyc,
        requested,
        amendment,
    } = event;
    let changed: Vec<_> = changed.iter().map(|field| field.name()).collect();
    let (reference, date) = match transaction {
        Some(Transaction { reference, date }) => (Some(reference.as_str()), *date),
        None => (None, None),
    };
    Parameters::new()
        .with(":client_key", key.as_str())
        .with(":version", version.get().cast_signed())
        .with(":event", kind.name())
        .with(":command", command.as_str())
        .with(":request_id", request_id.as_str())
        .with(":actor", by.id.as_str())
        .with(":actor_email", stamp::email(by))
        .with(":at", *at)
        .with(":from_state", from.map_or(NO_STATE, |state| i64::from(state.number())))
        .with(":action", action(*kind))
        .with(":to_state", i64::from(to.number()))
        .with(":changed", changed.join(&SEPARATOR.to_string()))
        .with(":reason", reason.as_ref().map(Reason::as_str))
        .with(":reason_code", reason_code.as_ref().map(|reason| reason.code.as_str()))
        .with(":reason_text", reason_code.as_ref().map(|reason| reason.text.as_str()))
        .with(":notes", notes.as_ref().map(Notes::as_str))
        .with(":transaction_reference", reference)
        .with(":transaction_date", date)
        .with(":document_id", kyc.as_ref().and_then(KycItem::document).map(DocumentId::as_str))
        .with(":address_id", kyc.as_ref().and_then(KycItem::address).map(AddressId::as_str))
        .with(":requested_documents", requested.as_ref().map(numbers))
        .with(":amendment_version", amendment.as_ref().map(|id| id.version().get().cast_signed()))
}

/// The numbers of the types of documents that were requested.
fn numbers(requested: &RequestedDocuments) -> String {
    let numbers: Vec<_> = requested.kinds().iter().map(|kind| kind.number().to_string()).collect();
    numbers.join(&SEPARATOR.to_string())
}

/// The values of a line as they are written; none if it has none.
pub(crate) fn values(line: &HistoryEntry) -> Option<Parameters<'_>> {
    let HistoryValues { changed, proposed } = &line.values;
    let data = || json!({ "changed": values::triples(changed), "proposed": values::triples(proposed) });
    (!line.values.is_empty()).then(|| {
        Parameters::new()
            .with(":client_key", line.event.key.as_str())
            .with(":version", line.event.version.get().cast_signed())
            .with(":data", data().to_string())
    })
}

/// The values of a line as they are stored.
#[derive(Deserialize)]
struct StoredValues {
    changed: Vec<Triple>,
    proposed: Vec<Triple>,
}

fn read_values(columns: &Columns<'_>) -> Result<HistoryValues, StoreError> {
    if columns.text_optional("line_values")?.is_none() {
        return Ok(HistoryValues::default());
    }
    columns.json_known("line_values", |stored: StoredValues| {
        let changes = |triples: &[Triple]| triples.iter().map(values::change).collect::<Option<_>>();
        Some(HistoryValues { changed: changes(&stored.changed)?, proposed: changes(&stored.proposed)? })
    })
}

/// The action of the lifecycle that leads to such an event, if there is one.
fn action(kind: EventKind) -> Option<&'static str> {
    TRANSITIONS.iter().find(|row| row.event == kind).map(|row| row.action.name())
}

/// Reads a line of the history of this client.
pub(crate) fn read(columns: &Columns<'_>, key: &ClientKey) -> Result<HistoryEntry, StoreError> {
    let date = columns.day_optional("transaction_date")?;
    let reference = columns.parsed_optional("transaction_reference", TransactionReference::parse)?;
    let document = columns.parsed_optional("document_id", DocumentId::parse)?;
    let address = columns.parsed_optional("address_id", AddressId::parse)?;
    let code = columns.parsed_optional("reason_code", ReasonCode::parse)?;
    let text = columns.parsed_optional("reason_text", ReasonText::parse)?;
    let event = ClientEvent {
        kind: columns.parsed("event", |name| EventKind::parse(name).ok_or(()))?,
        key: key.clone(),
        version: columns.version("version")?,
        by: columns.actor("actor", "actor_email")?,
        at: columns.moment("at")?,
        from: columns.known("from_state", |number: i64| match number {
            NO_STATE => Some(None),
            number => ClientState::from_number(number).map(Some),
        })?,
        to: columns.state("to_state")?,
        changed: columns.parsed("changed", |names| {
            let names = names.split(SEPARATOR).filter(|name| !name.is_empty());
            names.map(|name| ClientField::parse(name).ok_or(())).collect()
        })?,
        reason: columns.parsed_optional("reason", Reason::parse)?,
        reason_code: code.zip(text).map(|(code, text)| CodedReason { code, text }),
        notes: columns.parsed_optional("notes", Notes::parse)?,
        transaction: reference.map(|reference| Transaction { reference, date }),
        kyc: document.map(KycItem::Document).or(address.map(KycItem::Address)),
        requested: columns.parsed_optional("requested_documents", |numbers| {
            let kinds =
                numbers.split(SEPARATOR).map(|number| DocumentKind::from_number(number.parse().ok()?).ok());
            RequestedDocuments::new(kinds.collect::<Option<_>>().unwrap_or_default())
        })?,
        amendment: columns
            .version_optional("amendment_version")?
            .map(|version| AmendmentId::new(key.clone(), version)),
    };
    Ok(HistoryEntry {
        event,
        command: columns.text("command")?.to_owned(),
        request_id: columns.parsed("request_id", RequestId::parse)?,
        values: read_values(columns)?,
    })
}
