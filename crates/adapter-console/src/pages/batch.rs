//! A batch: how far it is, what can be done with it, which rows were refused, and its files.

use askama::Template;
use axum::body::Body;
use axum::extract::RawQuery;
use axum::http::HeaderValue;
use axum::http::StatusCode;
use axum::http::header::{CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use client_wire::{BatchFileKind, Code, Failure, Item};
use serde_json::{Map, Value, json};

use crate::batch_action::{ACTIONS, BatchAction};
use crate::batch_progress::BatchProgress;
use crate::batch_upload::files;
use crate::curl;
use crate::headers::SANDBOX;
use crate::operation::{Mode, Sent};
use crate::pages::batches::command_name;
use crate::part::Pair;
use crate::path_values::PathValues;
use crate::posted::Posted;
use crate::recent_proof;
use crate::record::Record;
use crate::sentence::{Reason, Sentence, listed, reason};
use crate::shell::{Shell, html};
use crate::stop::{Answer, Stop};
use crate::url;
use crate::visit::{HX_REFRESH, Visit, see_other, status};

const QUERY: &str = "RetrieveBatchQuery";
/// How many refused rows a page shows.
const ROWS: u64 = 20;

#[derive(Template)]
#[template(path = "batch.html")]
struct BatchPage {
    shell: Shell,
    path: String,
    /// Where the page itself asks how far the batch is.
    live: String,
    /// What was done just now.
    done: Option<String>,
    sentences: Vec<Sentence>,
    progress: BatchProgress,
    facts: Vec<Pair>,
    possible: Vec<Offered>,
    impossible: Vec<Offered>,
    asked: Option<Offered>,
    files: Vec<File>,
    refused: Vec<RefusedRow>,
    /// Why the refused rows could not be read.
    unread: Vec<Sentence>,
    /// The address of the next page of them.
    next: Option<String>,
    curl: String,
}

/// An action with a batch, and why it is not possible.
struct Offered {
    slug: &'static str,
    label: String,
    question: String,
    reasons: Vec<Reason>,
}

struct File {
    path: String,
    label: String,
}

/// A row that was refused, and why.
struct RefusedRow {
    number: u64,
    reasons: Vec<Fault>,
}

struct Fault {
    field: String,
    message: String,
}

#[derive(Template)]
#[template(path = "batch_progress.html")]
struct ProgressPart {
    shell: Shell,
    live: String,
    progress: BatchProgress,
    is_asked: bool,
}

/// `GET /console/batches/{id}`, perhaps `?cursor=…` with a page of the refused rows.
pub(crate) async fn page(
    visit: Visit,
    PathValues(id): PathValues<String>,
    RawQuery(query): RawQuery,
) -> Answer {
    let query = query.unwrap_or_default();
    if let Some(state) = query.strip_prefix("live=") {
        return Ok(live(&visit, &id, state).await);
    }
    let done = query.strip_prefix("done=").and_then(BatchAction::find).map(|action| action.label(&visit));
    let page = write(&visit, &id, url::cursor_of(&query).as_deref()).await?;
    Ok(html(StatusCode::OK, &BatchPage { done, ..page }))
}

/// What the page itself asks for, and not the person: how far the batch is. Once its state is another one, the whole page is
/// shown anew. A failure changes nothing; the page asks again.
async fn live(visit: &Visit, id: &str, state: &str) -> Response {
    let found: Result<Record, Failure> = visit.ask(QUERY, json!({ "batchId": id })).await;
    let Ok(found) = found else { return StatusCode::NO_CONTENT.into_response() };
    let progress = BatchProgress::new(visit.language, &found);
    if progress.state_name != state {
        return (StatusCode::NO_CONTENT, [(HX_REFRESH, HeaderValue::from_static("true"))]).into_response();
    }
    let live = url::batch_live(id, state);
    html(StatusCode::OK, &ProgressPart { shell: visit.shell(""), live, progress, is_asked: false })
}

/// `POST /console/batches/{id}`: asks about an action, or does it.
pub(crate) async fn decide(PathValues(id): PathValues<String>, posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let Some(action) = fields.text("do").and_then(BatchAction::find) else {
        return Ok(see_other(&url::batch(&id)));
    };
    if let Some(refusal) = recent_proof::refusal(visit, action.command, &url::batch(&id)) {
        return Ok(refusal);
    }
    if fields.text("step") != Some("confirm") {
        let page = write(visit, &id, None).await?;
        let asked = page.possible.iter().any(|one| one.slug == action.slug);
        let asked = asked.then(|| offered(visit, action, Vec::new()));
        return Ok(html(StatusCode::OK, &BatchPage { asked, ..page }));
    }
    match tell(visit, action, &id).await {
        Ok(()) => Ok(see_other(&format!("{}?done={}", url::batch(&id), action.slug))),
        Err(failure) => {
            let page = write(visit, &id, None).await?;
            let page = BatchPage { sentences: visit.sentences(&failure), ..page };
            let mut response = html(status(&failure), &page);
            response.extensions_mut().insert(failure);
            Ok(response)
        }
    }
}

/// `GET /console/batches/{id}/files/{kind}`: rows of the batch, as a file that is saved.
pub(crate) async fn file(visit: Visit, PathValues((id, kind)): PathValues<(String, String)>) -> Answer {
    let failed = |failure: Failure| visit.failed(&failure);
    let absent = || Failure::of(Item::new(Code::PathNotFound, Code::PathNotFound.meaning()));
    let kind = BatchFileKind::parse(&kind).ok_or_else(|| failed(absent()))?;
    let files = files(&visit).map_err(failed)?;
    let download = files.batch_file(&id, kind, visit.caller().clone()).await.map_err(failed)?;
    let values = [
        (CONTENT_TYPE, download.media_type.to_owned()),
        (CONTENT_DISPOSITION, format!("attachment; filename=\"{}\"", download.file_name)),
        (CONTENT_SECURITY_POLICY, SANDBOX.to_owned()),
    ];
    let mut response = Response::new(Body::from_stream(download.bytes));
    for (name, value) in values {
        response.headers_mut().extend(HeaderValue::from_str(&value).ok().map(|value| (name, value)));
    }
    Ok(response)
}

async fn tell(visit: &Visit, action: &BatchAction, id: &str) -> Result<(), Failure> {
    let data: Map<String, Value> = [("batchId".to_owned(), id.into())].into_iter().collect();
    let sent = Sent { name: action.command, data: &data, version: None, key: None, mode: Mode::Commit };
    visit.tell(sent).await.map(drop)
}

async fn write(visit: &Visit, id: &str, cursor: Option<&str>) -> Result<BatchPage, Stop> {
    let data = json!({ "batchId": id });
    let found: Record = visit.ask(QUERY, data.clone()).await.map_err(|failure| visit.failed(&failure))?;
    let (possible, impossible): (Vec<_>, Vec<_>) =
        ACTIONS.iter().map(|action| explained(visit, action, &found)).partition(|one| one.reasons.is_empty());
    let mut page = BatchPage {
        live: url::batch_live(id, &found.text("state")),
        shell: visit.shell(command_name(visit, &found)),
        path: url::batch(id),
        done: None,
        sentences: Vec::new(),
        progress: BatchProgress::new(visit.language, &found),
        facts: facts(visit, &found),
        possible,
        impossible,
        asked: None,
        files: links(visit, id, &found),
        refused: Vec::new(),
        unread: Vec::new(),
        next: None,
        curl: curl::query(&visit.console, QUERY, &data),
    };
    if page.progress.has_refused() {
        page.read_rows(visit, id, cursor).await;
    }
    Ok(page)
}

impl BatchPage {
    async fn read_rows(&mut self, visit: &Visit, id: &str, cursor: Option<&str>) {
        let mut data = json!({ "batchId": id, "outcome": "refused", "pageSize": ROWS });
        if let (Some(cursor), Some(members)) = (cursor, data.as_object_mut()) {
            members.insert("cursor".to_owned(), cursor.into());
        }
        match visit.ask::<Record>("RetrieveBatchRowsQuery", data).await {
            Ok(found) => {
                self.next = url::next_page(&self.path, &found.text("nextCursor"));
                self.refused = found.records("rows").iter().map(|row| refused_row(visit, row)).collect();
            }
            Err(failure) => self.unread = visit.sentences(&failure),
        }
    }
}

/// An action with what the service says about it for this person.
fn explained(visit: &Visit, action: &'static BatchAction, batch: &Record) -> Offered {
    let actions = batch.records("actions");
    let found = actions.into_iter().find(|one| one.text("command") == action.command).unwrap_or_default();
    let unmet = found.value("unmet").and_then(Value::as_array).into_iter().flatten();
    let reasons: Vec<_> = unmet.map(|blocker| reason(visit.language, blocker)).collect();
    // What the service does not explain is not offered.
    let is_unknown = reasons.is_empty() && !found.flag("allowed");
    let reasons = if is_unknown { vec![visit.text("failure.CBS_500").into()] } else { reasons };
    offered(visit, action, reasons)
}

fn offered(visit: &Visit, action: &'static BatchAction, reasons: Vec<Reason>) -> Offered {
    Offered { slug: action.slug, label: action.label(visit), question: action.question(visit), reasons }
}

fn refused_row(visit: &Visit, row: &Record) -> RefusedRow {
    let reason = |error: &Record| {
        let sentence = listed(visit.language, error);
        let field = sentence.label.or(sentence.field).unwrap_or_default();
        // Of a refusal, the message names the conditions.
        let has_conditions =
            [Code::InvalidStatus, Code::FourEyes].iter().any(|code| code.name() == error.text("code"));
        let conditions = if has_conditions { format!(" {}", error.text("message")) } else { String::new() };
        Fault { field, message: sentence.text + &conditions }
    };
    RefusedRow {
        number: row.number("row").unwrap_or_default(),
        reasons: row.records("errors").iter().map(reason).collect(),
    }
}

fn facts(visit: &Visit, batch: &Record) -> Vec<Pair> {
    let label = |key: &str| visit.language.word("field", key);
    let mut facts = Vec::new();
    for name in ["uploadedBy", "createdAt", "confirmedBy", "confirmedAt", "endedAt"] {
        let value = batch.text(name);
        if name.ends_with("At") && !value.is_empty() {
            facts.push(Pair::at(label(name), &value));
        } else if !value.is_empty() {
            facts.push(Pair::new(label(name), value));
        }
    }
    let needs: Vec<_> =
        batch.names("permissions").iter().map(|name| visit.language.word("permission", name)).collect();
    if !needs.is_empty() {
        facts.push(Pair::new(label("permissions"), needs.join(", ")));
    }
    facts
}

/// The files that there are: none before the rows have arrived.
fn links(visit: &Visit, id: &str, batch: &Record) -> Vec<File> {
    let link = |kind: BatchFileKind| File {
        path: url::batch_file(id, kind.name()),
        label: visit.language.word("batchfile", kind.name()),
    };
    if batch.has("rows") { BatchFileKind::ALL.into_iter().map(link).collect() } else { Vec::new() }
}
