use client_app::export::{ExportId, ExportRecord};
use client_app::queries::GetExports;
use client_app::{Caller, Clients};
use client_domain::{ActorId, Permission};
use serde_json::{Value, json};

use super::contact_list::{DEFAULT_PAGE_SIZE, page_size};
use super::cursor;
use super::operation::{QueryOperation, ask, reply};
use crate::code::Code;
use crate::failure::Failure;
use crate::form::Form;
use crate::reply::Reply;
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveExportsQuery",
    kind: OperationKind::Query,
    about: "Returns who exported which clients, newest first.",
    permission: Some(Permission::History),
    fields: &[
        FieldSpec::optional(
            "actorId",
            Shape::Text { min: 1, max: ActorId::MAX },
            "Only exports of this actor, by the subject of the token, character by character.",
        ),
        FieldSpec::optional("cursor", shape::CURSOR, "The nextCursor of the previous page."),
        FieldSpec::optional(
            "pageSize",
            Shape::Integer { min: 1, max: 100 },
            "The maximum number of exports; 50 by default.",
        ),
    ],
    reply: &[
        FieldSpec::required("exports", Shape::List { of: &Shape::Object(EXPORT), max: 100 }, "The exports."),
        FieldSpec::nullable(
            "nextCursor",
            shape::ANY_TEXT,
            "The cursor of the next page; null on the last page.",
        ),
    ],
    refusals: &[Code::CursorInvalid],
    example: r#"{ "pageSize": 20 }"#,
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

const EXPORT: &[FieldSpec] = &[
    FieldSpec::required("exportId", shape::HEX_ID, "The id of the export."),
    FieldSpec::required("actorId", shape::ANY_TEXT, "The subject of the token that asked for it."),
    FieldSpec::nullable("actorEmail", shape::ANY_TEXT, "The e-mail address of that person, if it is known."),
    FieldSpec::required("begunAt", Shape::DateTime, "When it began."),
    FieldSpec::required(
        "outcome",
        Shape::Choice(&["running", "complete", "brokenOff"]),
        "Whether the whole file was handed over. An export whose process ended first, or whose end could not be recorded, stays running.",
    ),
    FieldSpec::nullable("endedAt", Shape::DateTime, "When it ended."),
    FieldSpec::required("format", Shape::Choice(shape::FILE_FORMATS), "The format of the file."),
    FieldSpec::required("fields", shape::NAMES, "The columns, in their order."),
    FieldSpec::nullable(
        "search",
        Shape::Details,
        "What was searched for, as filters, and the order; null for callers without customers.history.values.",
    ),
    FieldSpec::nullable("rows", shape::COUNT, "The number of clients in the file; null before its end."),
    FieldSpec::nullable("bytes", shape::COUNT, "The number of its bytes; null before its end."),
    FieldSpec::nullable("sha256", shape::SHA256, "The SHA-256 of these bytes; null before its end."),
];

async fn answer(clients: &Clients, mut form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let by = form.optional("actorId", ActorId::parse);
    let limit = form.integer("pageSize", page_size).unwrap_or(DEFAULT_PAGE_SIZE);
    let cursor = form.optional("cursor", |raw| Ok(raw.to_owned()));
    let query = cursor::fingerprint(json!({ "exportsOf": by.as_ref().map(ActorId::as_str) }));
    let after = cursor.as_deref().and_then(|text| cursor::read_place(text, &query, ExportId::parse));
    if cursor.is_some() && after.is_none() {
        form.fail_whole(cursor::invalid());
    }
    form.finish(Some(()))?;
    let mut found = ask(clients, caller, GetExports { by, after, limit: limit + 1 }).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found
        .last()
        .filter(|_| more)
        .map(|record| cursor::write_place(record.begun_at, record.id.as_str(), &query));
    let exports: Vec<_> = found.iter().map(export_json).collect();
    Ok(reply("Exports retrieved successfully.", json!({ "exports": exports, "nextCursor": next })))
}

fn export_json(record: &ExportRecord) -> Value {
    let outcome = match record.end {
        None => "running",
        Some(end) if end.is_complete => "complete",
        Some(_) => "brokenOff",
    };
    json!({
        "exportId": record.id.as_str(),
        "actorId": record.by.id.as_str(),
        "actorEmail": record.by.email.as_ref().map(client_domain::value::EmailAddress::as_str),
        "begunAt": record.begun_at.to_string(),
        "outcome": outcome,
        "endedAt": record.end.map(|end| end.at.to_string()),
        "format": record.format.name(),
        "fields": record.fields,
        "search": serde_json::from_str::<Value>(&record.filters).ok(),
        "rows": record.end.map(|end| end.rows),
        "bytes": record.end.map(|end| end.bytes),
        "sha256": record.end.map(|end| end.sha256.to_string()),
    })
}
