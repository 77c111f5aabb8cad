//! Who did what, across clients.

use askama::Template;
use axum::extract::RawQuery;
use serde_json::Map;

use crate::entered::Entered;
use crate::inquiry::{self, Inquiry, answer, members};
use crate::posted::Posted;
use crate::record::Record;
use crate::shell::Shell;
use crate::stop::Answer;
use crate::timeline::{Line, line};
use crate::url;
use crate::visit::Visit;

const PAGE: &str = "/console/activity";
const QUERY: &str = "RetrieveActivityQuery";

#[derive(Template)]
#[template(path = "activity.html")]
struct ActivityPage {
    shell: Shell,
    inquiry: Inquiry,
    lines: Vec<Done>,
}

/// A line with its client.
struct Done {
    line: Line,
    client: String,
    path: String,
}

/// `GET /console/activity`, perhaps with what was filled in.
pub(crate) async fn page(visit: Visit, RawQuery(query): RawQuery) -> Answer {
    respond(&visit, &visit.entered(query.as_deref())).await
}

/// `POST /console/activity`: some of it, or another page.
pub(crate) async fn search(posted: Posted) -> Answer {
    let Posted { visit, fields } = posted;
    match inquiry::lead(&visit, PAGE, &members(QUERY), &fields) {
        Some(led) => Ok(led),
        None => respond(&visit, &Entered::Fields(fields)).await,
    }
}

async fn respond(visit: &Visit, entered: &Entered) -> Answer {
    let (mut inquiry, found) = inquiry::ask(visit, QUERY, &members(QUERY), entered, Map::new()).await;
    for choice in
        inquiry.fields.iter_mut().filter(|field| field.name == "event").flat_map(|field| &mut field.choices)
    {
        choice.label = visit.language.word("event", &choice.value);
    }
    let entries = found.iter().flat_map(|found| found.records("entries"));
    let page = ActivityPage {
        shell: visit.shell(visit.text("activity.title")),
        lines: entries.map(|entry| done(visit, &entry)).collect(),
        inquiry,
    };
    answer(visit, &page, found)
}

fn done(visit: &Visit, entry: &Record) -> Done {
    let names = [entry.text("firstName"), entry.text("lastName"), entry.text("customerNumber")];
    let names: Vec<_> = names.into_iter().filter(|name| !name.is_empty()).collect();
    let key = entry.text("contactEncodedKey");
    Done {
        line: line(visit.language, entry),
        client: if names.is_empty() { key.clone() } else { names.join(" ") },
        path: url::client(&key),
    }
}
