//! Who exported which clients.

use askama::Template;
use axum::http::StatusCode;
use client_domain::BankCalendar;
use client_wire::spec::FieldSpec;
use client_wire::{Code, Failure, find_operation, search_as_text};
use serde_json::{Map, Value};

use crate::command::data::data;
use crate::command::field::Field;
use crate::curl;
use crate::part::{has_code, moment};
use crate::posted::{Fields, Posted};
use crate::record::Record;
use crate::sentence::Sentence;
use crate::shell::{Shell, html};
use crate::stop::Answer;
use crate::visit::{Visit, status};

const QUERY: &str = "RetrieveExportsQuery";

#[derive(Template)]
#[template(path = "exports.html")]
struct ExportsPage {
    shell: Shell,
    fields: Vec<Field>,
    sentences: Vec<Sentence>,
    lines: Vec<Line>,
    next: Option<String>,
    curl: String,
}

/// An export.
struct Line {
    begun: String,
    moment: String,
    by: String,
    search: String,
    columns: String,
    format: String,
    outcome: String,
    rows: String,
    sha256: String,
}

/// `GET /console/exports`.
pub(crate) async fn page(visit: Visit) -> Answer {
    respond(&visit, &Fields::default()).await
}

/// `POST /console/exports`: those of one person, or another page.
pub(crate) async fn search(posted: Posted) -> Answer {
    respond(&posted.visit, &posted.fields).await
}

/// The members of the query that a person fills in.
fn members() -> Vec<&'static FieldSpec> {
    let fields = find_operation(QUERY).map_or(&[][..], |spec| spec.fields).iter();
    fields.filter(|field| !matches!(field.name, "cursor" | "pageSize")).collect()
}

async fn respond(visit: &Visit, fields: &Fields) -> Answer {
    let mut wanted = data(&members(), fields, None);
    let curl = curl::query(&visit.console, QUERY, &Value::Object(wanted.clone()));
    wanted.extend(fields.text("cursor").map(|cursor| ("cursor".to_owned(), cursor.into())));
    let found: Result<Record, Failure> = visit.ask(QUERY, Value::Object(wanted)).await;
    let sentences = found.as_ref().err().map(|failure| visit.sentences(failure)).unwrap_or_default();
    let field = |member: &'static FieldSpec| {
        Field::new(visit.language, member, fields.text(member.name).unwrap_or_default(), &sentences)
    };
    let mut page = ExportsPage {
        shell: visit.shell(visit.text("exports.title")),
        fields: members().into_iter().map(field).collect(),
        sentences: sentences.clone(),
        lines: Vec::new(),
        next: None,
        curl,
    };
    match found {
        Ok(found) => {
            page.next = Some(found.text("nextCursor")).filter(|cursor| !cursor.is_empty());
            page.lines = found.records("exports").iter().map(|export| line(visit, export)).collect();
            Ok(html(StatusCode::OK, &page))
        }
        // Another search would be refused as well, so there is no form for it.
        Err(failure) if has_code(&failure, Code::PermissionMissing) => Err(visit.failed(&failure)),
        Err(failure) => {
            let mut response = html(status(&failure), &page);
            response.extensions_mut().insert(failure);
            Ok(response)
        }
    }
}

fn line(visit: &Visit, export: &Record) -> Line {
    let by = [export.text("actorEmail"), export.text("actorId")].into_iter().find(|name| !name.is_empty());
    let columns: Vec<_> =
        export.names("fields").iter().map(|name| visit.language.word("field", name)).collect();
    let begun = export.text("begunAt");
    Line {
        moment: moment(&begun),
        begun,
        by: by.unwrap_or_default(),
        search: searched(visit, export.value("search")),
        columns: columns.join(", "),
        format: visit.language.word("choice.format", &export.text("format")),
        outcome: visit.language.word("exportoutcome", &export.text("outcome")),
        rows: export.text("rows"),
        sha256: export.text("sha256"),
    }
}

/// What was searched for, as the list of clients and the command line write it. Conditions that this person could not search for
/// stay as they are in the log.
fn searched(visit: &Visit, search: Option<&Value>) -> String {
    let Some(search) = search.filter(|search| !search.is_null()) else {
        return visit.text("exports.hidden");
    };
    let filters = search.get("filters").unwrap_or(search);
    if filters.as_array().is_some_and(Vec::is_empty) {
        return visit.text("exports.everyone");
    }
    let data = Map::from_iter([("filters".to_owned(), filters.clone())]);
    // Only the days of a search depend on the calendar, and text has the same days in every one.
    search_as_text(&data, &visit.caller().permissions, &BankCalendar::utc())
        .unwrap_or_else(|| filters.to_string())
}
