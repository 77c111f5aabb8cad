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
use crate::fields::Fields;
use crate::offering::label;
use crate::operation::{Mode, Sent};
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
    path: String,
    label: String,
    selected: bool,
    number: Option<String>,
}

/// How a decision that was opened from here says where it comes from; the filter follows.
const FROM: &str = "queue";

/// What a person looks at in the queue. Nothing of it is personal, so it is in the address of the page, to which a claim and the
/// way back of the browser lead.
pub(crate) struct Look {
    kind: &'static str,
    /// Whether what the person has taken part in is hidden.
    hides_own: bool,
    branch: String,
    /// Where the page begins, if it is not the first one.
    cursor: Option<String>,
}

impl Look {
    fn read<'a>(pairs: &(impl Iterator<Item = (&'a str, &'a str)> + Clone)) -> Self {
        let value = |name: &str| pairs.clone().find(|(found, _)| *found == name).map(|(_, value)| value);
        let filled = |name: &str| value(name).map(str::trim).filter(|value| !value.is_empty());
        Self {
            kind: known(value("kind").unwrap_or_default()),
            hides_own: value("mine") == Some("hide"),
            branch: filled("branch").unwrap_or_default().to_owned(),
            cursor: filled("cursor").map(str::to_owned),
        }
    }

    pub(crate) fn read_fields(fields: &Fields) -> Self {
        Self::read(&fields.texts.iter().map(|(name, value)| (name.as_str(), value.as_str())))
    }

    /// The query. Its first page, where the cursor is left out.
    fn data(&self) -> Value {
        let mut data = json!({ "kind": self.kind, "mine": if self.hides_own { "hide" } else { "show" } });
        if let (false, Some(members)) = (self.branch.is_empty(), data.as_object_mut()) {
            members.insert("branchEncodedKey".to_owned(), self.branch.as_str().into());
        }
        data
    }

    /// The queue that a decision says it was opened from; none if it was opened from elsewhere.
    fn of_decision(from: &str) -> Option<Self> {
        let filter = from.strip_prefix(FROM)?;
        let pairs: Vec<_> = form_urlencoded::parse(filter.trim_start_matches('?').as_bytes()).collect();
        Some(Self::read(&pairs.iter().map(|(name, value)| (&**name, &**value))))
    }

    /// What a decision says that is opened from here.
    fn as_origin(&self) -> String {
        let filter = form_urlencoded::Serializer::new(String::new()).extend_pairs(self.filter()).finish();
        if filter.is_empty() { FROM.to_owned() } else { format!("{FROM}?{filter}") }
    }

    fn filter(&self) -> impl Iterator<Item = (&'static str, &str)> {
        let mine = self.hides_own.then_some(("mine", "hide"));
        let branch = (!self.branch.is_empty()).then_some(("branch", self.branch.as_str()));
        mine.into_iter().chain(branch)
    }

    /// What waits in its branch, for the counts.
    fn counted(&self) -> Value {
        if self.branch.is_empty() { json!({}) } else { json!({ "branchEncodedKey": self.branch }) }
    }

    /// The fields with which a form says what is looked at, but for the page.
    pub(crate) fn fields(&self) -> Vec<(String, String)> {
        let kind = std::iter::once(("kind", self.kind));
        kind.chain(self.filter()).map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    /// The address of the queue, from its beginning on.
    pub(crate) fn address(&self) -> String {
        self.path(self.kind, None)
    }

    /// The address of this kind of work with the same filter, from its beginning or this cursor on.
    fn path(&self, kind: &str, cursor: Option<&str>) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.append_pair("kind", kind);
        query.extend_pairs(self.filter());
        if let Some(cursor) = cursor {
            query.append_pair("cursor", cursor);
        }
        format!("/console/queue?{}", query.finish())
    }
}

#[derive(Template)]
#[template(path = "queue.html")]
struct QueuePage {
    shell: Shell,
    /// What was done just now.
    done: Option<String>,
    kinds: Vec<Tab>,
    counts: Option<Counts>,
    look: Look,
    /// What is said about a claim.
    said: Vec<Sentence>,
    /// Why there is no list.
    sentences: Vec<Sentence>,
    items: Vec<Work>,
    /// Whether some of them can be approved together.
    picks: bool,
    /// The address of the next page.
    next: Option<String>,
    curl: String,
}

/// `GET /console/queue`, perhaps `?kind=Document&mine=hide`.
pub(crate) async fn page(visit: Visit, RawQuery(query): RawQuery) -> Answer {
    let pairs: Vec<_> = form_urlencoded::parse(query.unwrap_or_default().as_bytes()).into_owned().collect();
    let pairs = pairs.iter().map(|(name, value)| (name.as_str(), value.as_str()));
    let done = pairs.clone().find(|(name, _)| *name == "done").and_then(|(_, slug)| CommandForm::find(slug));
    let done = done.map(|form| label(&visit, form));
    respond(&visit, Look::read(&pairs), done, Vec::new()).await
}

/// `POST /console/queue/claim`: the person is at an item, or no longer.
pub(crate) async fn claim(posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let text = |name: &str| fields.text(name).unwrap_or_default();
    let mut data = Map::new();
    data.insert(text("member").to_owned(), text("id").into());
    let name = if text("claim") == "release" { "ReleaseWorkItemCommand" } else { "ClaimWorkItemCommand" };
    let sent = Sent { name, data: &data, version: None, key: None, mode: Mode::Commit };
    let look = Look::read_fields(fields);
    match visit.tell(sent).await {
        Ok(reply) if reply.data.get("released").and_then(Value::as_bool) == Some(false) => {
            let ended = Sentence::plain(visit.text("queue.released"));
            let mut response = respond(visit, look, None, vec![ended]).await?;
            *response.status_mut() = StatusCode::CONFLICT;
            Ok(response)
        }
        Ok(_) => Ok(see_other(&look.path(look.kind, look.cursor.as_deref()))),
        Err(failure) => {
            let mut response = respond(visit, look, None, visit.sentences(&failure)).await?;
            *response.status_mut() = status(&failure);
            response.extensions_mut().insert(failure);
            Ok(response)
        }
    }
}

/// The kind with this name, else the first one. The text of a request is in no URL.
fn known(kind: &str) -> &'static str {
    KINDS.iter().map(|kind| kind.name).find(|name| *name == kind).unwrap_or(KINDS[0].name)
}

/// The page, under what is said about a claim that was refused.
async fn respond(visit: &Visit, look: Look, done: Option<String>, said: Vec<Sentence>) -> Answer {
    let kind = look.kind;
    let mut data = look.data();
    let curl = curl::query(&visit.console, QUERY, &data);
    if let (Some(cursor), Some(members)) = (&look.cursor, data.as_object_mut()) {
        members.insert("cursor".to_owned(), cursor.as_str().into());
    }
    let found = first_page_with(visit, data, |_| true).await;
    let waiting = Waiting::of(visit, kind, look.counted()).await;
    let tab = |name: &str| Tab {
        number: waiting.number(name),
        path: look.path(name, None),
        label: visit.language.word("work", name),
        selected: name == kind,
    };
    let is_open = |one: &&Kind| visit.caller().may(one.work.permission());
    let mut page = QueuePage {
        shell: visit.shell(visit.text("queue.title")),
        done,
        kinds: KINDS.iter().filter(is_open).map(|one| tab(one.name)).collect(),
        counts: Some(waiting.counts),
        said,
        sentences: Vec::new(),
        items: Vec::new(),
        picks: false,
        next: None,
        curl,
        look,
    };
    match found {
        Ok(found) => {
            let cursor = Some(found.text("nextCursor")).filter(|cursor| !cursor.is_empty());
            page.next = cursor.map(|cursor| page.look.path(kind, Some(&cursor)));
            let from = page.look.as_origin();
            page.items = found.records("items").iter().map(|item| work(visit, kind, item, &from)).collect();
            page.picks = page.items.iter().any(|item| item.pick.is_some());
            Ok(html(StatusCode::OK, &page))
        }
        // Another search would be refused as well, so there is no form for it.
        Err(failure) if failure.has(Code::PermissionMissing) => Err(visit.failed(&failure)),
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

/// Whether a decision was opened from the queue.
pub(crate) fn is_origin(from: &str) -> bool {
    Look::of_decision(from).is_some()
}

/// Where the next item of this kind is decided that the person can decide, that nothing blocks and that is free; else the
/// queue, with the filter from which the person comes.
pub(crate) async fn after(visit: &Visit, form: &'static CommandForm, from: &str) -> String {
    let kind =
        KINDS.iter().find(|kind| kind.commands.contains(&form.slug)).map_or(KINDS[0].name, |kind| kind.name);
    let free = |item: &Record| {
        let is_blocked =
            item.value("blockedBy").and_then(Value::as_array).is_some_and(|list| !list.is_empty());
        item.flag("decidable") && !is_blocked && (!item.has("claimedBy") || item.flag("claimedByMe"))
    };
    let look = Look::of_decision(from).unwrap_or_else(|| Look::read(&std::iter::empty()));
    let own_hidden = Look { kind, hides_own: true, branch: look.branch.clone(), cursor: None };
    let found = first_page_with(visit, own_hidden.data(), free).await;
    let items = found.map(|found| found.records("items")).unwrap_or_default();
    let next = items.iter().find(|item| free(item)).map(|item| work(visit, kind, item, &look.as_origin()));
    let next = next.and_then(|work| work.links.into_iter().next());
    match next {
        Some(link) => format!("{}&done={}", link.path, form.slug),
        None => format!("{}&done={}", look.path(kind, None), form.slug),
    }
}
