use client_app::batch::{Batch, BatchAction, BatchId, BatchRefusal, RowCounts};
use client_app::queries::{BatchReport, GetBatch, GetBatches};
use client_app::{Caller, Clients, Error};
use client_domain::Permission;
use serde_json::{Map, Value, json};

use super::contact_list::{DEFAULT_PAGE_SIZE, page_size};
use super::cursor;
use super::operation::{QueryOperation, ask, reply};
use crate::code::Code;
use crate::commands::batch::{STATES, command_of};
use crate::failure::{Failure, Item};
use crate::form::Form;
use crate::reply::{Reply, members};
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveBatchQuery",
    kind: OperationKind::Query,
    about: "Tells where a batch stands: how many of its rows were checked, done and refused, how fast it is, and when it will end.",
    permission: Some(Permission::Batches),
    fields: &[FieldSpec::required("batchId", shape::HEX_ID, "The batch.")],
    reply: &crate::spec::joined::<21>(&BATCH, &PROGRESS),
    refusals: &[Code::BatchNotFound],
    example: r#"{ "batchId": "0123456789abcdef0123456789abcdef" }"#,
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

pub(crate) static LIST_SPEC: OperationSpec = OperationSpec {
    name: "RetrieveBatchesQuery",
    kind: OperationKind::Query,
    about: "Lists batches, newest first: the caller's own and, with customers.batches.confirm, those of others.",
    permission: Some(Permission::Batches),
    fields: &[
        FieldSpec::optional("mine", Shape::Flag, "Only the caller's own; false by default."),
        FieldSpec::optional("cursor", shape::CURSOR, "The nextCursor of the previous page."),
        FieldSpec::optional(
            "pageSize",
            Shape::Integer { min: 1, max: 100 },
            "The maximum number of batches; 50 by default.",
        ),
    ],
    reply: &[
        FieldSpec::required("batches", Shape::List { of: &Shape::Object(&BATCH), max: 100 }, "The batches."),
        FieldSpec::nullable(
            "nextCursor",
            shape::ANY_TEXT,
            "The cursor of the next page; null on the last page.",
        ),
    ],
    refusals: &[Code::CursorInvalid],
    example: r#"{ "mine": true }"#,
};

pub(crate) static LIST_OPERATION: QueryOperation = QueryOperation {
    spec: &LIST_SPEC,
    answer: |clients, form, caller| Box::pin(list(clients, form, caller)),
};

const BATCH: [FieldSpec; 13] = [
    FieldSpec::required("batchId", shape::HEX_ID, "The id of the batch."),
    FieldSpec::required("state", Shape::Choice(STATES), "The state of the batch."),
    FieldSpec::required("format", Shape::Choice(shape::FILE_FORMATS), "The format of its file."),
    FieldSpec::nullable(
        "commandName",
        shape::ANY_TEXT,
        "The command of every row, if it is the same; null until the file of NDJSON has arrived, and where rows name several.",
    ),
    FieldSpec::required("contentSha256", shape::SHA256, "The SHA-256 of its file."),
    FieldSpec::required(
        "uploadedBy",
        shape::ANY_TEXT,
        "Who uploads it: the e-mail address, else the subject of the token.",
    ),
    FieldSpec::required("mine", Shape::Flag, "Whether this caller uploads it."),
    FieldSpec::required("createdAt", Shape::DateTime, "When it was created."),
    FieldSpec::nullable("rows", shape::COUNT, "The number of its rows; null until its file has arrived."),
    FieldSpec::required("permissions", shape::NAMES, "The permissions that its rows need."),
    FieldSpec::nullable("confirmedBy", shape::ANY_TEXT, "Who has confirmed it."),
    FieldSpec::nullable("confirmedAt", Shape::DateTime, "When it was confirmed."),
    FieldSpec::nullable("endedAt", Shape::DateTime, "When it was finished or stopped."),
];

const COUNTS: &[FieldSpec] = &[
    FieldSpec::required("done", shape::COUNT, "Done; in a check, those that would be."),
    FieldSpec::required("alreadyDone", shape::COUNT, "Done by an earlier attempt whose answer was lost."),
    FieldSpec::required("refused", shape::COUNT, "Refused."),
    FieldSpec::required("notTried", shape::COUNT, "Not tried, because the batch was stopped."),
];

const ACTION: &[FieldSpec] = &[
    FieldSpec::required("command", shape::ANY_TEXT, "The command that does it."),
    FieldSpec::required("allowed", Shape::Flag, "Whether the command would be accepted."),
    FieldSpec::required("unmet", shape::OBJECTS, "Why not: each with code and message."),
];

const PROGRESS: [FieldSpec; 8] = [
    FieldSpec::required("asOf", Shape::DateTime, "The time of the answer."),
    FieldSpec::required(
        "actions",
        Shape::List { of: &Shape::Object(ACTION), max: BatchAction::OF_PEOPLE.len() },
        "What people do with a batch, and whether this caller can do it now.",
    ),
    FieldSpec::required("arrived", shape::COUNT, "The rows that have arrived."),
    FieldSpec::required("checked", Shape::Object(COUNTS), "The rows that were checked and not executed."),
    FieldSpec::required("executed", Shape::Object(COUNTS), "The rows that were executed."),
    FieldSpec::required(
        "left",
        shape::COUNT,
        "The rows that were neither executed nor, in a stopped batch, given up.",
    ),
    FieldSpec::nullable(
        "rowsPerSecond",
        shape::COUNT,
        "The rows executed in a second since the last start; null before it.",
    ),
    FieldSpec::nullable(
        "expectedEnd",
        Shape::DateTime,
        "When the last row will have been executed, if it goes on like this.",
    ),
];

async fn answer(clients: &Clients, mut form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let batch = form.required("batchId", BatchId::parse);
    let batch = form.finish(batch)?;
    let found = ask(clients, caller, GetBatch { batch }).await?;
    let mut data = batch_json(&found.batch, caller);
    data.extend(progress_json(&found, caller));
    Ok(reply("Batch retrieved successfully.", Value::Object(data)))
}

async fn list(clients: &Clients, mut form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let mine = form.flag("mine").unwrap_or(false);
    let limit = form.integer("pageSize", page_size).unwrap_or(DEFAULT_PAGE_SIZE);
    let cursor = form.optional("cursor", |raw| Ok(raw.to_owned()));
    let query = cursor::fingerprint(json!({ "mine": mine }));
    let after = cursor.as_deref().and_then(|text| cursor::read_place(text, &query, BatchId::parse));
    if cursor.is_some() && after.is_none() {
        form.fail_whole(cursor::invalid());
    }
    form.finish(Some(()))?;
    let mut found = ask(clients, caller, GetBatches { mine, after, limit: limit + 1 }).await?;
    let more = found.len() > limit;
    found.truncate(limit);
    let next = found
        .last()
        .filter(|_| more)
        .map(|batch| cursor::write_place(batch.announced_at, batch.id.as_str(), &query));
    let batches: Vec<_> = found.iter().map(|batch| Value::Object(batch_json(batch, caller))).collect();
    Ok(reply("Batches retrieved successfully.", json!({ "batches": batches, "nextCursor": next })))
}

fn batch_json(batch: &Batch, caller: &Caller) -> Map<String, Value> {
    let content = batch.content.as_ref();
    let needs: Vec<_> = content
        .map(|content| content.needs.iter().map(client_domain::Permission::name).collect())
        .unwrap_or_default();
    members(json!({
        "batchId": batch.id.as_str(),
        "state": batch.state.name(),
        "format": batch.form.format.name(),
        "commandName": batch.command(),
        "contentSha256": batch.sha256.to_string(),
        "uploadedBy": batch.uploader.actor.label(),
        "mine": batch.uploader.actor.id == caller.actor.id,
        "createdAt": batch.announced_at.to_string(),
        "rows": content.map(|content| content.rows),
        "permissions": needs,
        "confirmedBy": batch.confirmed.as_ref().map(|(by, _)| by.label()),
        "confirmedAt": batch.confirmed.as_ref().map(|(_, at)| at.to_string()),
        "endedAt": batch.ended_at.map(|at| at.to_string()),
    }))
}

fn action_json((action, refused): &(BatchAction, Result<(), BatchRefusal>), caller: &Caller) -> Value {
    let unmet: Vec<Value> = match refused {
        Ok(()) => Vec::new(),
        Err(refusal) => {
            let items = Failure::of_error(Error::of_batch(refusal.clone()), caller).items;
            items.iter().map(unmet_json).collect()
        }
    };
    json!({ "command": command_of(*action), "allowed": refused.is_ok(), "unmet": unmet })
}

fn unmet_json(item: &Item) -> Value {
    let mut unmet = item.details.clone();
    unmet.insert("code".to_owned(), item.code.name().into());
    unmet.insert("message".to_owned(), item.message.as_str().into());
    unmet.into()
}

fn progress_json(found: &BatchReport, caller: &Caller) -> Map<String, Value> {
    let progress = &found.progress;
    let executed = progress.executed.total();
    let left = if found.batch.state.is_final() { 0 } else { progress.rows.saturating_sub(executed) };
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a rate is positive and small"
    )]
    let rate = found.rows_per_second().map(|rate| rate.round() as u64);
    members(json!({
        "asOf": found.now.to_string(),
        "actions": found.actions.iter().map(|action| action_json(action, caller)).collect::<Vec<_>>(),
        "arrived": progress.rows,
        "checked": counts_json(progress.checked),
        "executed": counts_json(progress.executed),
        "left": left,
        "rowsPerSecond": rate,
        "expectedEnd": found.expected_end().map(|at| at.to_string()),
    }))
}

fn counts_json(counts: RowCounts) -> Value {
    json!({
        "done": counts.done,
        "alreadyDone": counts.already_done,
        "refused": counts.refused,
        "notTried": counts.not_tried,
    })
}
