use client_app::ports::HistoryEntry;
use client_app::queries::{GetHistory, shows_values};
use client_app::{Caller, Clients};
use client_domain::client::Transaction;
use client_domain::kyc::KycItem;
use client_domain::value::{ClientKey, Version};
use client_domain::{ClientState, EventKind, Permission};
use serde_json::{Map, Value, json};

use super::contact_list::{DEFAULT_PAGE_SIZE, page_size};
use super::cursor;
use super::operation::{QueryOperation, ask, reply};
use crate::code::Code;
use crate::commands::client_ref::client;
use crate::failure::Failure;
use crate::form::Form;
use crate::kyc_policy::reasons::{self, GIVEN_CODE, GIVEN_TEXT};
use crate::kyc_view::{REQUESTED_KINDS, kind_numbers};
use crate::reply::{Reply, members};
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape, joined};
use crate::value_view::{CHANGE, change_json};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveContactHistoryQuery",
    kind: OperationKind::Query,
    about: "Returns the history of a client, newest first: who did what, when and why.",
    permission: Some(Permission::History),
    fields: &[
        field::KEY,
        field::NUMBER,
        FieldSpec::optional("cursor", shape::CURSOR, "The nextCursor of the previous page."),
        FieldSpec::optional(
            "pageSize",
            Shape::Integer { min: 1, max: 100 },
            "The maximum number of lines; 50 by default.",
        ),
    ],
    reply: &[
        field::KEY_ANSWER,
        FieldSpec::required("entries", Shape::List { of: &ENTRY, max: 100 }, "The lines, newest first."),
        FieldSpec::nullable(
            "nextCursor",
            shape::ANY_TEXT,
            "The cursor of the next page; null on the last page.",
        ),
    ],
    refusals: &[Code::ClientNotFound, Code::CursorInvalid],
    example: r#"{ "contactEncodedKey": "CUST1000001", "pageSize": 20 }"#,
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

/// The members of a line without its values.
pub(super) const LINE: &[FieldSpec] = &[
    field::VERSION,
    FieldSpec::required("event", shape::ANY_TEXT, "The event."),
    FieldSpec::required("command", shape::ANY_TEXT, "The command that caused it."),
    FieldSpec::required("at", Shape::DateTime, "When."),
    FieldSpec::required("actorId", shape::ANY_TEXT, "The actor, by the subject of the token."),
    FieldSpec::nullable("actorEmail", shape::ANY_TEXT, "The e-mail address of the actor."),
    FieldSpec::nullable("fromState", shape::STATE_NAME, "The state before; null for a new client."),
    FieldSpec::required("toState", shape::STATE_NAME, "The state after."),
    FieldSpec::required("changedFields", shape::NAMES, "The fields whose value changed."),
    FieldSpec::nullable("reason", shape::REASON, "Why."),
    GIVEN_CODE,
    GIVEN_TEXT,
    FieldSpec::nullable(
        "notes",
        shape::NOTES,
        "The notes; for documents and addresses null without customers.kyc.read.",
    ),
    FieldSpec::nullable(
        "transactionReference",
        shape::REFERENCE,
        "The transaction that activated the client.",
    ),
    FieldSpec::nullable("transactionDate", Shape::Date, "The date of that transaction."),
    FieldSpec::nullable(
        "identityId",
        shape::HEX_ID,
        "The document concerned; null without customers.kyc.read.",
    ),
    FieldSpec::nullable(
        "addressId",
        shape::HEX_ID,
        "The address information concerned; null without customers.kyc.read.",
    ),
    FieldSpec::nullable(
        "identityTypes",
        REQUESTED_KINDS,
        "The types of the documents that the client was asked for; null without customers.kyc.read.",
    ),
    FieldSpec::nullable(
        "amendmentId",
        shape::AMENDMENT_ID,
        "The amendment that it proposes, decides about or withdraws.",
    ),
    FieldSpec::required("requestId", shape::ANY_TEXT, "The id of the request that caused it."),
];

pub(super) const ENTRY: Shape = Shape::Object(&joined::<{ LINE.len() + 1 }>(LINE, VALUES));

const VALUES: &[FieldSpec] = &[FieldSpec::sometimes(
    "values",
    Shape::List { of: &CHANGE, max: 100 },
    "The values before and after, for callers with customers.history.values and customers.read.",
)];

async fn answer(clients: &Clients, mut form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let wanted = client(&mut form);
    let cursor = form.optional("cursor", |raw| Ok(raw.to_owned()));
    // The client of a cursor is checked after the client is read; a malformed cursor is reported with the other errors.
    let cursor = match cursor.as_deref().map(cursor::read_version) {
        Some(None) => {
            form.fail_whole(cursor::invalid());
            None
        }
        read => read.flatten(),
    };
    let limit = form.integer("pageSize", page_size).unwrap_or(DEFAULT_PAGE_SIZE);
    let client = form.finish(wanted)?;

    let (before, query) = cursor.unzip();
    let history = ask(clients, caller, GetHistory { client, before, limit }).await?;
    let of_client = query_of(&history.client);
    if query.is_some_and(|query| query != of_client) {
        return Err(Failure::of(cursor::invalid()));
    }
    let data = json!({
        "contactEncodedKey": history.client.as_str(),
        "entries": history.entries.iter().map(|line| entry(line, caller)).collect::<Vec<_>>(),
        "nextCursor": history.next.map(|version| cursor::write_version(version, &of_client)),
    });
    Ok(reply("Contact history retrieved successfully.", data))
}

/// The fingerprint of the history of this client, for its cursors.
pub(super) fn query_of(client: &ClientKey) -> String {
    cursor::fingerprint(json!({ "historyOf": client.as_str() }))
}

/// A line of the history. Its document, its address and the comment of a reviewer are KYC information, which is null for a
/// caller without the permission to read it.
pub(super) fn entry(line: &HistoryEntry, caller: &Caller) -> Value {
    let mut shown = line_json(line, caller);
    if shows_values(caller) {
        let changed = line.values.changed.iter().map(|change| change_json(change, false));
        let proposed = line.values.proposed.iter().map(|change| change_json(change, true));
        shown.insert("values".to_owned(), changed.chain(proposed).collect());
    }
    Value::Object(shown)
}

/// The same without the values.
pub(super) fn line_json(line: &HistoryEntry, caller: &Caller) -> Map<String, Value> {
    let event = &line.event;
    let is_verified = event.kind == EventKind::ContactPointVerified;
    let is_kyc = event.kyc.is_some() || event.requested.is_some() || is_verified;
    let concealed = is_kyc && !caller.may(Permission::KycRead);
    let requested = event.requested.as_ref().filter(|_| !concealed);
    let kyc = event.kyc.as_ref().filter(|_| !concealed);
    let reason = event.reason.as_ref().filter(|_| !concealed);
    let notes = event.notes.as_ref().filter(|_| !concealed);
    let transaction: Option<&Transaction> = event.transaction.as_ref();
    let mut shown = members(json!({
        "version": Version::get(event.version),
        "event": event.kind.name(),
        "command": line.command,
        "at": event.at.to_string(),
        "actorId": event.by.id.as_str(),
        "actorEmail": event.by.email.as_ref().map(|email| email.as_str()),
        "fromState": event.from.map(ClientState::name),
        "toState": event.to.name(),
        "changedFields": event.changed.iter().map(|field| field.name()).collect::<Vec<_>>(),
        "reason": reason.map(|reason| reason.as_str()),
        "notes": notes.map(|notes| notes.as_str()),
        "transactionReference": transaction.map(|transaction| transaction.reference.as_str()),
        "transactionDate": transaction.and_then(|transaction| transaction.date).map(|date| date.to_string()),
        "identityId": kyc.and_then(KycItem::document).map(|id| id.as_str()),
        "addressId": kyc.and_then(KycItem::address).map(|id| id.as_str()),
        "identityTypes": requested.map(kind_numbers),
        "amendmentId": event.amendment.as_ref().map(ToString::to_string),
        "requestId": line.request_id.as_str(),
    }));
    reasons::show(&mut shown, event.reason_code.as_ref().filter(|_| !concealed));
    shown
}
