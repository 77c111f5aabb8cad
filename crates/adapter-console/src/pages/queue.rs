//! The work queue: what waits for a person, oldest first.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use axum::response::{IntoResponse as _, Response};
use client_wire::{Code, Failure};
use serde_json::{Map, Value, json};

use crate::command::table::CommandForm;
use crate::counts::{Counts, Waiting};
use crate::curl;
use crate::offering::label;
use crate::operation::{Mode, Sent};
use crate::part::has_code;
use crate::posted::Posted;
use crate::record::Record;
use crate::sentence::Sentence;
use crate::shell::{Shell, html};
use crate::stop::Answer;
use crate::visit::{Visit, see_other, status};
use crate::work::{KINDS, Kind, Work, work};

const QUERY: &str = "RetrieveWorkQueueQuery";
/// How many pages are read at most for one item that is asked for. The others may all be of the person, who has hidden them.
const PAGES: usize = 3;

/// A kind of work, and how much of it waits.
struct Tab {
    value: String,
    label: String,
    selected: bool,
    number: Option<String>,
}

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    shell: Shell,
    /// What was done just now.
    done: Option<String>,
    kinds: Vec<Tab>,
    counts: Option<Counts>,
    kind: String,
    sentences: Vec<Sentence>,
    items: Vec<Work>,
    /// Whether some of them can be approved together.
    picks: bool,
    /// Whether what the person has taken part in is hidden.
    hidden: bool,
    next: Option<String>,
    curl: String,
}

/// `GET /console/queue`, perhaps `?kind=Document`.
pub(crate) async fn page(visit: Visit, RawQuery(query): RawQuery) -> Answer {
    let query = query.unwrap_or_default();
    let value = |name: &str| query.split('&').find_map(|pair| pair.strip_prefix(name)).unwrap_or_default();
    let done = CommandForm::find(value("done=")).map(|form| label(&visit, form));
    respond(&visit, value("kind="), false, None, done).await
}

/// `POST /console/queue`: another page, or without one's own.
pub(crate) async fn search(posted: Posted) -> Answer {
    let fields = &posted.fields;
    let kind = fields.text("kind").unwrap_or_default();
    respond(&posted.visit, kind, fields.has("mine"), fields.text("cursor"), None).await
}

/// `POST /console/queue/claim`: the person is at an item, or no longer.
pub(crate) async fn claim(posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let text = |name: &str| fields.text(name).unwrap_or_default();
    let mut data = Map::new();
    data.insert(text("member").to_owned(), text("id").into());
    let name = if text("claim") == "release" { "ReleaseWorkItemCommand" } else { "ClaimWorkItemCommand" };
    let sent = Sent { name, data: &data, version: None, key: None, mode: Mode::Commit };
    visit.tell(sent).await.map_err(|failure| visit.failed(&failure))?;
    Ok(see_other(&format!("/console/queue?kind={}", known(text("kind")))))
}

/// The kind with this name, else the first one. The text of a request is in no URL.
fn known(kind: &str) -> &'static str {
    KINDS.iter().map(|kind| kind.name).find(|name| *name == kind).unwrap_or(KINDS[0].name)
}

async fn respond(
    visit: &Visit,
    kind: &str,
    hidden: bool,
    cursor: Option<&str>,
    done: Option<String>,
) -> Answer {
    let kind = known(kind);
    let mut data = json!({ "kind": kind, "mine": if hidden { "hide" } else { "show" } });
    if let (Some(cursor), Some(members)) = (cursor, data.as_object_mut()) {
        members.insert("cursor".to_owned(), cursor.into());
    }
    let curl = curl::query(&visit.console, QUERY, &json!({ "kind": kind }));
    let found = first_page_with(visit, data, |_| true).await;
    let waiting = Waiting::of(visit, kind).await;
    let tab = |name: &str| Tab {
        number: waiting.number(name),
        value: name.to_owned(),
        label: visit.language.word("work", name),
        selected: name == kind,
    };
    let is_open = |one: &&Kind| visit.caller().may(one.work.permission());
    let mut page = QueuePage {
        shell: visit.shell(visit.text("queue.title")),
        done,
        kinds: KINDS.iter().filter(is_open).map(|one| tab(one.name)).collect(),
        counts: Some(waiting.counts),
        kind: kind.to_owned(),
        sentences: Vec::new(),
        items: Vec::new(),
        picks: false,
        hidden,
        next: None,
        curl,
    };
    match found {
        Ok(found) => {
            page.next = Some(found.text("nextCursor")).filter(|cursor| !cursor.is_empty());
            page.items = found.records("items").iter().map(|item| work(visit, kind, item)).collect();
            page.picks = page.items.iter().any(|item| item.pick.is_some());
            Ok(html(StatusCode::OK, &page))
        }
        // Another search would be refused as well, so there is no form for it.
        Err(failure) if has_code(&failure, Code::PermissionMissing) => Err(visit.failed(&failure)),
        Err(failure) => {
            page.sentences = visit.sentences(&failure);
            let mut response: Response = html(status(&failure), &page).into_response();
            response.extensions_mut().insert(failure);
            Ok(response)
        }
    }
}

/// The first page of the queue, from the asked one on, with an item of this sort; the last one that was read, if none has any.
async fn first_page_with(
    visit: &Visit,
    mut data: Value,
    is_meant: impl Fn(&Record) -> bool,
) -> Result<Record, Failure> {
    let mut page: Record = visit.ask(QUERY, data.clone()).await?;
    for _ in 1..PAGES {
        let cursor = page.text("nextCursor");
        if cursor.is_empty() || page.records("items").iter().any(&is_meant) {
            break;
        }
        if let Some(members) = data.as_object_mut() {
            members.insert("cursor".to_owned(), cursor.into());
        }
        page = visit.ask(QUERY, data.clone()).await?;
    }
    Ok(page)
}

/// Where the next item of this kind is decided that the person can decide, that nothing blocks and that is free; else the
/// queue.
pub(crate) async fn after(visit: &Visit, form: &'static CommandForm) -> String {
    let kind =
        KINDS.iter().find(|kind| kind.commands.contains(&form.slug)).map_or(KINDS[0].name, |kind| kind.name);
    let free = |item: &Record| {
        let is_blocked =
            item.value("blockedBy").and_then(Value::as_array).is_some_and(|list| !list.is_empty());
        item.flag("decidable") && !is_blocked && (!item.has("claimedBy") || item.flag("claimedByMe"))
    };
    let found = first_page_with(visit, json!({ "kind": kind, "mine": "hide" }), free).await;
    let items = found.map(|found| found.records("items")).unwrap_or_default();
    let next = items.iter().find(|item| free(item)).map(|item| work(visit, kind, item));
    let next = next.and_then(|work| work.links.into_iter().next());
    match next {
        Some(link) => format!("{}&done={}", link.path, form.slug),
        None => format!("/console/queue?kind={kind}&done={}", form.slug),
    }
}
