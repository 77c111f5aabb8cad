//! Lines of the history as rows.

use client_app::RequestId;
use client_app::ports::{HistoryEntry, StoreError};
use client_domain::client::Transaction;
use client_domain::kyc::{AddressId, DocumentId, KycItem};
use client_domain::lifecycle::TRANSITIONS;
use client_domain::value::{ClientKey, EmailAddress, Notes, Reason, TransactionReference};
use client_domain::{ClientEvent, ClientState, EventKind};
use jiff_sqlx::ToSqlx as _;
use sqlx::postgres::PgRow;

use crate::client_row::Columns;
use crate::newer;
use crate::pool::Bound;

/// What is between the names of changed fields.
const SEPARATOR: char = ',';
/// The state before a creation.
const NOBODY: i16 = 0;

/// Binds lines column by column.
pub(crate) fn bind<'q>(statement: Bound<'q>, lines: &[&'q HistoryEntry]) -> Bound<'q> {
    fn column<'q, T>(lines: &[&'q HistoryEntry], value: impl Fn(&'q HistoryEntry) -> T) -> Vec<T> {
        lines.iter().copied().map(value).collect()
    }
    let changed = |line: &HistoryEntry| {
        let names: Vec<_> = line.event.changed.iter().map(|field| field.name()).collect();
        names.join(&SEPARATOR.to_string())
    };
    let transaction = |line: &'q HistoryEntry| line.event.transaction.as_ref();
    statement
        .bind(column(lines, |line| line.event.key.as_str()))
        .bind(column(lines, |line| line.event.version.get().cast_signed()))
        .bind(column(lines, |line| line.event.kind.name()))
        .bind(column(lines, |line| line.command.as_str()))
        .bind(column(lines, |line| line.request_id.as_str()))
        .bind(column(lines, |line| line.event.by.id.as_str()))
        .bind(column(lines, |line| line.event.by.email.as_ref().map(EmailAddress::as_str)))
        .bind(column(lines, |line| line.event.at.to_sqlx()))
        .bind(column(lines, |line| line.event.from.map_or(NOBODY, |state| i16::from(state.number()))))
        .bind(column(lines, |line| action(line.event.kind)))
        .bind(column(lines, |line| i16::from(line.event.to.number())))
        .bind(column(lines, changed))
        .bind(column(lines, |line| line.event.reason.as_ref().map(Reason::as_str)))
        .bind(column(lines, |line| line.event.notes.as_ref().map(Notes::as_str)))
        .bind(column(lines, |line| transaction(line).map(|transaction| transaction.reference.as_str())))
        .bind(column(lines, |line| {
            transaction(line).and_then(|transaction| transaction.date).map(|date| date.to_sqlx())
        }))
}

/// Binds the papers that lines are about.
pub(crate) fn bind_papers<'q>(statement: Bound<'q>, lines: &[&'q HistoryEntry]) -> Bound<'q> {
    let item = |line: &'q HistoryEntry| line.event.kyc.as_ref();
    let documents = |line| item(line).and_then(KycItem::document).map(DocumentId::as_str);
    let addresses = |line| item(line).and_then(KycItem::address).map(AddressId::as_str);
    statement
        .bind(lines.iter().copied().map(documents).collect::<Vec<_>>())
        .bind(lines.iter().copied().map(addresses).collect::<Vec<_>>())
}

/// The action that such an event tells of, if it is one of the lifecycle.
fn action(kind: EventKind) -> Option<&'static str> {
    TRANSITIONS.iter().find(|row| row.event == kind).map(|row| row.action.name())
}

/// Reads a line of this client's history.
pub(crate) fn read(row: &PgRow, key: &ClientKey) -> Result<HistoryEntry, StoreError> {
    let columns = Columns { row, table: "client_history" };
    let date = columns.known_optional("transaction_date", |date: jiff_sqlx::Date| Some(date.to_jiff()))?;
    let reference = columns.parsed_optional("transaction_reference", TransactionReference::parse)?;
    let document = columns.parsed_optional("document_id", DocumentId::parse)?;
    let address = columns.parsed_optional("address_id", AddressId::parse)?;
    let event = ClientEvent {
        kind: columns.known("event", newer::event_kind)?,
        key: key.clone(),
        version: columns.version("version")?,
        by: columns.actor("actor", "actor_email")?,
        at: columns.moment("at")?,
        from: columns.known("from_state", |number: i16| match number {
            NOBODY => Some(None),
            number => ClientState::from_number(number.into()).map(Some),
        })?,
        to: columns.state("to_state")?,
        changed: columns.known("changed", |names: &str| {
            names.split(SEPARATOR).filter(|name| !name.is_empty()).map(newer::field).collect()
        })?,
        reason: columns.parsed_optional("reason", Reason::parse)?,
        notes: columns.parsed_optional("notes", Notes::parse)?,
        transaction: reference.map(|reference| Transaction { reference, date }),
        kyc: document.map(KycItem::Document).or(address.map(KycItem::Address)),
    };
    Ok(HistoryEntry {
        event,
        command: columns.get("command")?,
        request_id: columns.parsed("request_id", RequestId::parse)?,
    })
}
