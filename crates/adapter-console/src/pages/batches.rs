//! The batches that a person sees, and the form with which a file becomes one.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use client_wire::spec::FieldSpec;
use client_wire::{Failure, batch_commands, find_operation};
use serde_json::json;

use crate::batch_upload::{CREATE, upload};
use crate::command::field::{BATCH_FILE, Choice, Field, Input};
use crate::curl;
use crate::fields::Fields;
use crate::part::moment;
use crate::posted::Posted;
use crate::record::Record;
use crate::sentence::Sentence;
use crate::shell::{Shell, html};
use crate::stop::Answer;
use crate::url;
use crate::visit::{Visit, see_other, status};

const QUERY: &str = "RetrieveBatchesQuery";

#[derive(Template)]
#[template(path = "batches.html")]
struct BatchesPage {
    shell: Shell,
    /// Why a file was refused, or the list could not be read.
    sentences: Vec<Sentence>,
    lines: Vec<Line>,
    /// The cursor of the next page.
    next: Option<String>,
    /// Why there is no list.
    unread: Vec<Sentence>,
    /// Whether only the person's own are listed.
    mine: bool,
    fields: Vec<Field>,
    curl: String,
}

struct Line {
    path: String,
    command: String,
    state: String,
    state_name: String,
    rows: String,
    by: String,
    created: String,
    moment: String,
}

/// `GET /console/batches`, perhaps `?mine=yes&cursor=…`: nothing of it is personal.
pub(crate) async fn page(visit: Visit, RawQuery(query): RawQuery) -> Answer {
    let query = query.unwrap_or_default();
    let pairs = form_urlencoded::parse(query.as_bytes()).into_owned();
    let texts = pairs.filter(|(name, _)| matches!(&**name, "mine" | "cursor")).collect();
    respond(&visit, &Fields { texts, ..Fields::default() }, None).await
}

/// `POST /console/batches`: a file.
pub(crate) async fn submit(posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    match upload(visit, fields).await {
        Ok(id) => Ok(see_other(&url::batch(&id))),
        Err(failure) => respond(visit, fields, Some(failure)).await,
    }
}

async fn respond(visit: &Visit, fields: &Fields, refused: Option<Failure>) -> Answer {
    let mine = fields.has("mine");
    let mut data = json!({ "mine": mine });
    if let (Some(cursor), Some(members)) = (fields.text("cursor"), data.as_object_mut()) {
        members.insert("cursor".to_owned(), cursor.into());
    }
    let found: Result<Record, Failure> = visit.ask(QUERY, data).await;
    let sentences = refused.as_ref().map(|failure| visit.sentences(failure)).unwrap_or_default();
    let sentences: Vec<_> = sentences.into_iter().map(|sentence| of_form(visit, sentence)).collect();
    let mut page = BatchesPage {
        shell: visit.shell(visit.text("batches.title")),
        lines: Vec::new(),
        next: None,
        unread: Vec::new(),
        mine,
        fields: upload_fields(visit, fields, &sentences),
        sentences,
        curl: curl::query(&visit.console, QUERY, &json!({})),
    };
    let failed = match found {
        Ok(found) => {
            page.next = Some(found.text("nextCursor")).filter(|cursor| !cursor.is_empty());
            page.lines = found.records("batches").iter().map(|batch| line(visit, batch)).collect();
            refused
        }
        // Without the permission there is nothing on this page.
        Err(failure) if failure.status == client_wire::Status::Forbidden => {
            return Err(visit.failed(&failure));
        }
        Err(failure) => {
            page.unread = visit.sentences(&failure);
            refused.or(Some(failure))
        }
    };
    let code = failed.as_ref().map_or(StatusCode::OK, status);
    let mut response = html(code, &page);
    if let Some(failure) = failed {
        response.extensions_mut().insert(failure);
    }
    Ok(response)
}

/// The form asks for the file in place of its digest.
fn of_form(visit: &Visit, sentence: Sentence) -> Sentence {
    let is_of_file = sentence.field.as_deref() == Some("contentSha256");
    let file = is_of_file.then(|| visit.text("batches.file"));
    Sentence { label: file.or(sentence.label.clone()), ..sentence }
}

fn line(visit: &Visit, batch: &Record) -> Line {
    let created = batch.text("createdAt");
    Line {
        path: url::batch(&batch.text("batchId")),
        command: command_name(visit, batch),
        state: visit.language.word("batchstate", &batch.text("state")),
        state_name: batch.text("state"),
        rows: batch.text("rows"),
        by: batch.text("uploadedBy"),
        moment: moment(&created),
        created,
    }
}

/// What every row of a batch does, if it is the same.
pub(crate) fn command_name(visit: &Visit, batch: &Record) -> String {
    let name = batch.text("commandName");
    if name.is_empty() { visit.text("batches.several") } else { visit.language.word("command", &name) }
}

/// The fields of the form: those of the command, with a file in place of its digest.
fn upload_fields(visit: &Visit, sent: &Fields, sentences: &[Sentence]) -> Vec<Field> {
    let Some(spec) = find_operation(CREATE) else { return Vec::new() };
    let field = |member: &'static FieldSpec| {
        let value = sent.text(member.name).unwrap_or_default();
        let field = Field::new(visit.language, member, value, sentences);
        match member.name {
            "contentSha256" => Field { name: BATCH_FILE, required: true, ..file(visit, field) },
            "commandName" => {
                let choice = |name: &'static str| Choice {
                    value: name.to_owned(),
                    label: visit.language.word("command", name),
                    selected: name == value,
                };
                field.with_choices(Input::Select, batch_commands().map(choice).collect())
            }
            "mapping" => field.with_choices(Input::Lines, Vec::new()),
            _ => field,
        }
    };
    spec.fields.iter().map(field).collect()
}

fn file(visit: &Visit, field: Field) -> Field {
    let help = visit.text("batches.file.help");
    Field { label: visit.text("batches.file"), help, value: String::new(), ..field }
        .with_choices(Input::File, Vec::new())
}
