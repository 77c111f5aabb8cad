//! Lines of the history as rows.

use crate::time::ToSql as _;
use client_app::RequestId;
use client_app::ports::{HistoryEntry, HistoryValues, StoreError};
use client_domain::client::{AmendmentId, Transaction};
use client_domain::kyc::{AddressId, DocumentId, KycItem, RequestedDocuments};
use client_domain::lifecycle::TRANSITIONS;
use client_domain::reason::CodedReason;
use client_domain::value::{
    ClientKey, EmailAddress, Notes, Reason, ReasonCode, ReasonText, TransactionReference, Version,
};
use client_domain::{ClientEvent, ClientState, EventKind};
use serde::Deserialize;
use serde_json::json;
use sqlx::postgres::PgRow;

use super::columns::Columns;
use super::newer;
use super::values::{self, Triple};
use crate::sql::Statement;

/// The separator of the names of changed fields, and of the numbers of requested types.
const SEPARATOR: char = ',';
/// The state before the creation of a client.
const NO_STATE: i16 = 0;

/// Binds lines with one array a column.
pub(crate) fn bind<'q>(statement: Statement<'q>, lines: &[&'q HistoryEntry]) -> Statement<'q> {
    fn column<'q, T>(lines: &[&'q HistoryEntry], value: impl Fn(&'q HistoryEntry) -> T) -> Vec<T> {
        lines.iter().copied().map(value).collect()
    }
    let changed = |line: &HistoryEntry| {
        let names: Vec<_> = line.event.changed.iter().map(|field| field.name()).collect();
        names.join(&SEPARATOR.to_string())
    };
    let transaction = |line: &'q HistoryEntry| line.event.transaction.as_ref();
    let item = |line: &'q HistoryEntry| line.event.kyc.as_ref();
    statement
        .bind(column(lines, |line| line.event.key.as_str()))
        .bind(column(lines, |line| line.event.version.get().cast_signed()))
        .bind(column(lines, |line| line.event.kind.name()))
        .bind(column(lines, |line| line.command.as_str()))
        .bind(column(lines, |line| line.request_id.as_str()))
        .bind(column(lines, |line| line.event.by.id.as_str()))
        .bind(column(lines, |line| line.event.by.email.as_ref().map(EmailAddress::as_str)))
        .bind(column(lines, |line| line.event.at.to_sql()))
        .bind(column(lines, |line| line.event.from.map_or(NO_STATE, |state| i16::from(state.number()))))
        .bind(column(lines, |line| action(line.event.kind)))
        .bind(column(lines, |line| i16::from(line.event.to.number())))
        .bind(column(lines, changed))
        .bind(column(lines, |line| line.event.reason.as_ref().map(Reason::as_str)))
        .bind(column(lines, |line| line.event.notes.as_ref().map(Notes::as_str)))
        .bind(column(lines, |line| transaction(line).map(|transaction| transaction.reference.as_str())))
        .bind(column(lines, |line| {
            transaction(line).and_then(|transaction| transaction.date).map(|date| date.to_sql())
        }))
        .bind(column(lines, |line| item(line).and_then(KycItem::document).map(DocumentId::as_str)))
        .bind(column(lines, |line| item(line).and_then(KycItem::address).map(AddressId::as_str)))
        .bind(column(lines, |line| {
            line.event.amendment.as_ref().map(|amendment| amendment.version().get().cast_signed())
        }))
        .bind(column(lines, |line| line.event.reason_code.as_ref().map(|reason| reason.code.as_str())))
        .bind(column(lines, |line| line.event.reason_code.as_ref().map(|reason| reason.text.as_str())))
        .bind(column(lines, line_values))
        .bind(column(lines, requested))
}

/// The numbers of the types of documents that were requested.
fn requested(line: &HistoryEntry) -> Option<String> {
    let requested = line.event.requested.as_ref()?;
    let numbers: Vec<_> = requested.kinds().iter().map(|kind| kind.number().to_string()).collect();
    Some(numbers.join(&SEPARATOR.to_string()))
}

/// The values of a line as JSON, if it has some.
fn line_values(line: &HistoryEntry) -> Option<String> {
    let HistoryValues { changed, proposed } = &line.values;
    let data = || json!({ "changed": values::triples(changed), "proposed": values::triples(proposed) });
    (!line.values.is_empty()).then(|| data().to_string())
}

/// The values of a line as they are stored.
#[derive(Deserialize)]
struct StoredValues {
    changed: Vec<Triple>,
    proposed: Vec<Triple>,
}

/// Reads the values of a line. What a newer release knows besides them is left out.
fn read_values(columns: &Columns<'_>) -> Result<HistoryValues, StoreError> {
    let stored = columns.known_optional("line_values", |text: &str| {
        let stored: StoredValues = serde_json::from_str(text).ok()?;
        let changes = |triples: &[Triple]| triples.iter().filter_map(values::change).collect();
        Some(HistoryValues { changed: changes(&stored.changed), proposed: changes(&stored.proposed) })
    })?;
    Ok(stored.unwrap_or_default())
}

/// The action of the lifecycle that leads to such an event, if there is one.
fn action(kind: EventKind) -> Option<&'static str> {
    TRANSITIONS.iter().find(|row| row.event == kind).map(|row| row.action.name())
}

/// Reads a line of the history of this client.
pub(crate) fn read(row: &PgRow, key: &ClientKey) -> Result<HistoryEntry, StoreError> {
    let columns = Columns { row, table: "client_history" };
    let date = columns.known_optional("transaction_date", |date: crate::time::Date| Some(date.to_jiff()))?;
    let reference = columns.parsed_optional("transaction_reference", TransactionReference::parse)?;
    let document = columns.parsed_optional("document_id", DocumentId::parse)?;
    let address = columns.parsed_optional("address_id", AddressId::parse)?;
    let code = columns.parsed_optional("reason_code", ReasonCode::parse)?;
    let text = columns.parsed_optional("reason_text", ReasonText::parse)?;
    let event = ClientEvent {
        kind: columns.known("event", newer::event_kind)?,
        key: key.clone(),
        version: columns.version("version")?,
        by: columns.actor("actor", "actor_email")?,
        at: columns.moment("at")?,
        from: columns.known("from_state", |number: i16| match number {
            NO_STATE => Some(None),
            number => ClientState::from_number(number.into()).map(Some),
        })?,
        to: columns.state("to_state")?,
        changed: columns.known("changed", |names: &str| {
            names.split(SEPARATOR).filter(|name| !name.is_empty()).map(newer::field).collect()
        })?,
        reason: columns.parsed_optional("reason", Reason::parse)?,
        reason_code: code.zip(text).map(|(code, text)| CodedReason { code, text }),
        notes: columns.parsed_optional("notes", Notes::parse)?,
        transaction: reference.map(|reference| Transaction { reference, date }),
        kyc: document.map(KycItem::Document).or(address.map(KycItem::Address)),
        requested: columns.known_optional("requested_documents", |numbers: &str| {
            let kinds =
                numbers.split(SEPARATOR).map(|number| Some(newer::document_kind(number.parse().ok()?)));
            RequestedDocuments::new(kinds.collect::<Option<_>>()?).ok()
        })?,
        amendment: columns
            .known_optional("amendment_version", |number: i64| {
                u64::try_from(number).ok().and_then(Version::new)
            })?
            .map(|version| AmendmentId::new(key.clone(), version)),
    };
    Ok(HistoryEntry {
        event,
        command: columns.get("command")?,
        request_id: columns.parsed("request_id", RequestId::parse)?,
        values: read_values(&columns)?,
    })
}
