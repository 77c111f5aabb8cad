use client_app::batch::{BatchId, RowError, RowKind, RowOutcome, RowResult};
use client_app::queries::{GetBatchRows, RowPosition};
use client_app::{Caller, Clients};
use client_domain::{Invalid, Permission};
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

const OUTCOMES: &[&str] =
    &[RowKind::Done.name(), RowKind::AlreadyDone.name(), RowKind::Refused.name(), RowKind::NotTried.name()];

const ERRORS: &[FieldSpec] = &[
    FieldSpec::required("code", shape::ANY_TEXT, "The code of the reason, as in the details of an error."),
    FieldSpec::nullable("field", shape::ANY_TEXT, "The member that it is about."),
    FieldSpec::required("message", shape::ANY_TEXT, "The reason in words, without the rejected value."),
];

const ROW: &[FieldSpec] = &[
    FieldSpec::required("row", shape::COUNT, "The number of the row in the file; the first one is 1."),
    FieldSpec::required("outcome", Shape::Choice(OUTCOMES), "What became of it."),
    FieldSpec::nullable("contactEncodedKey", shape::KEY, "The client that it has created or changed."),
    FieldSpec::required(
        "errors",
        Shape::List { of: &Shape::Object(ERRORS), max: 10 },
        "Why it was refused; empty otherwise.",
    ),
];

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveBatchRowsQuery",
    kind: OperationKind::Query,
    about: "Tells what became of the rows of a batch, in the order of its file: while it waits for its confirmation, which rows \
         were refused. The files have the rows themselves.",
    permission: Some(Permission::Batches),
    fields: &[
        FieldSpec::required("batchId", shape::HEX_ID, "The batch."),
        FieldSpec::optional("outcome", Shape::Choice(OUTCOMES), "Only rows of which this became."),
        FieldSpec::optional("cursor", shape::CURSOR, "The nextCursor of the previous page."),
        FieldSpec::optional(
            "pageSize",
            Shape::Integer { min: 1, max: 100 },
            "The maximum number of rows; 50 by default.",
        ),
    ],
    reply: &[
        FieldSpec::required("rows", Shape::List { of: &Shape::Object(ROW), max: 100 }, "The rows."),
        FieldSpec::nullable(
            "nextCursor",
            shape::ANY_TEXT,
            "The cursor of the next page; null on the last page. A page before it may have fewer rows than were asked for.",
        ),
    ],
    refusals: &[Code::BatchNotFound, Code::CursorInvalid],
    example: r#"{ "batchId": "0123456789abcdef0123456789abcdef", "outcome": "refused" }"#,
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

async fn answer(clients: &Clients, mut form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let batch = form.required("batchId", BatchId::parse);
    let kind =
        form.optional("outcome", |raw| RowKind::parse(raw).ok_or(Invalid::Choice { choices: OUTCOMES }));
    let limit = form.integer("pageSize", page_size).unwrap_or(DEFAULT_PAGE_SIZE);
    let cursor = form.optional("cursor", |raw| Ok(raw.to_owned()));
    let id = batch.as_ref().map(BatchId::as_str);
    let query = cursor::fingerprint(json!({ "batch": id, "outcome": kind.map(RowKind::name) }));
    let from = match cursor.as_deref().map(|text| cursor::read_row(text, &query)) {
        Some(None) => {
            form.fail_whole(cursor::invalid());
            RowPosition::default()
        }
        Some(Some(from)) => from,
        None => RowPosition::default(),
    };
    let batch = form.finish(batch)?;
    let found = ask(clients, caller, GetBatchRows { batch, kind, from, limit }).await?;
    let rows: Vec<_> = found.rows.iter().map(row_json).collect();
    let next = found.next.map(|next| cursor::write_row(next, &query));
    Ok(reply("Batch rows retrieved successfully.", json!({ "rows": rows, "nextCursor": next })))
}

fn row_json(result: &RowResult) -> Value {
    let (client, errors) = match &result.outcome {
        RowOutcome::Done { client } | RowOutcome::AlreadyDone { client } => (client.as_deref(), &[][..]),
        RowOutcome::Refused(errors) => (None, errors.as_slice()),
        RowOutcome::NotTried => (None, &[][..]),
    };
    let error =
        |error: &RowError| json!({ "code": error.code, "field": error.field, "message": error.message });
    json!({
        "row": result.row,
        "outcome": result.outcome.kind().name(),
        "contactEncodedKey": client,
        "errors": errors.iter().map(error).collect::<Vec<_>>(),
    })
}
