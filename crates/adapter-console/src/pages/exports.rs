//! Who exported which clients.

use askama::Template;
use axum::extract::RawQuery;
use client_domain::BankCalendar;
use client_wire::search_as_text;
use serde_json::{Map, Value};

use crate::entered::Entered;
use crate::inquiry::{self, Inquiry, answer, members};
use crate::part::moment;
use crate::posted::Posted;
use crate::record::Record;
use crate::shell::Shell;
use crate::stop::Answer;
use crate::timeline::person;
use crate::visit::Visit;

const PAGE: &str = "/console/exports";
const QUERY: &str = "RetrieveExportsQuery";

#[derive(Template)]
#[template(path = "exports.html")]
struct ExportsPage {
    shell: Shell,
    inquiry: Inquiry,
    lines: Vec<Line>,
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

/// `GET /console/exports`, perhaps with what was filled in.
pub(crate) async fn page(visit: Visit, RawQuery(query): RawQuery) -> Answer {
    respond(&visit, &visit.entered(query.as_deref())).await
}

/// `POST /console/exports`: those of one person, or another page.
pub(crate) async fn search(posted: Posted) -> Answer {
    let Posted { visit, fields } = posted;
    match inquiry::lead(&visit, PAGE, &members(QUERY), &fields) {
        Some(led) => Ok(led),
        None => respond(&visit, &Entered::Fields(fields)).await,
    }
}

async fn respond(visit: &Visit, entered: &Entered) -> Answer {
    let (inquiry, found) = inquiry::ask(visit, QUERY, &members(QUERY), entered, Map::new()).await;
    let exports = found.iter().flat_map(|found| found.records("exports"));
    let page = ExportsPage {
        shell: visit.shell(visit.text("exports.title")),
        lines: exports.map(|export| line(visit, &export)).collect(),
        inquiry,
    };
    answer(visit, &page, found)
}

fn line(visit: &Visit, export: &Record) -> Line {
    let columns: Vec<_> =
        export.names("fields").iter().map(|name| visit.language.word("field", name)).collect();
    let begun = export.text("begunAt");
    Line {
        moment: moment(&begun),
        begun,
        by: person(export),
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
