//! How the service stands, and the events that could not be delivered.

use askama::Template;
use axum::extract::RawQuery;
use axum::http::StatusCode;
use client_wire::Failure;
use serde_json::{Map, Value, json};

use crate::curl;
use crate::language::Language;
use crate::operation::{Mode, Sent};
use crate::part::{Pair, moment};
use crate::posted::Posted;
use crate::record::Record;
use crate::sentence::Sentence;
use crate::shell::{Shell, html};
use crate::stop::Answer;
use crate::url;
use crate::visit::{Visit, see_other, status};

const PAGE: &str = "/console/operations";
const QUERY: &str = "RetrieveOperationsQuery";

#[derive(Template)]
#[template(path = "operations.html")]
struct OperationsPage {
    shell: Shell,
    ready: bool,
    sentences: Vec<Sentence>,
    /// What was done just now.
    done: Option<String>,
    asked: Option<Asked>,
    /// The cursor of this page of the events, if it is not the first one.
    page: String,
    checks: Vec<Pair>,
    jobs: Vec<Job>,
    /// `None` while the storage does not answer.
    undelivered: Option<Undelivered>,
    curl: String,
}

/// What was asked for and waits for its confirmation.
struct Asked {
    letter: Letter,
    what: &'static str,
    question: String,
    button: String,
}

/// A background job of this instance.
struct Job {
    label: String,
    /// The moment of its last success, and how it is shown.
    last: Option<(String, String)>,
    failures: String,
}

/// The events that were not delivered yet.
struct Undelivered {
    lag: String,
    count: String,
    receivers: Vec<Pair>,
    letters: Vec<Letter>,
    /// The address of the next page.
    next: Option<String>,
}

/// An event that could not be delivered.
#[derive(Clone)]
struct Letter {
    id: String,
    receiver: String,
    event: String,
    /// The key of its client.
    client: String,
    path: String,
    since: String,
    moment: String,
    failure: String,
}

/// `GET /console/operations`, perhaps `?cursor=…` with a page of the events.
pub(crate) async fn page(visit: Visit, RawQuery(query): RawQuery) -> Answer {
    let query = query.unwrap_or_default();
    let cursor = url::cursor_of(&query).unwrap_or_default();
    let found = read(&visit, &cursor).await.map_err(|failure| visit.failed(&failure))?;
    let mut page = write(&visit, &found, &cursor);
    let done = query.strip_prefix("done=");
    page.done = done.and_then(action).map(|action| visit.text(action.button));
    Ok(html(StatusCode::OK, &page))
}

/// What can be done with an event that could not be delivered.
struct Action {
    slug: &'static str,
    command: &'static str,
    question: &'static str,
    button: &'static str,
    /// The member of the answer that says whether there was such an event.
    done: &'static str,
}

const ACTIONS: [Action; 2] = [
    Action {
        slug: "resend",
        command: "ResendDeadLetterCommand",
        question: "operations.resend.ask",
        button: "operations.resend",
        done: "resent",
    },
    Action {
        slug: "discard",
        command: "DiscardDeadLetterCommand",
        question: "operations.discard.ask",
        button: "operations.discard",
        done: "discarded",
    },
];

fn action(slug: &str) -> Option<&'static Action> {
    ACTIONS.iter().find(|action| action.slug == slug)
}

/// `POST /console/operations`: an event is sent again or discarded, after a confirmation.
pub(crate) async fn decide(posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    let text = |name: &str| fields.text(name).unwrap_or_default();
    let failed = |failure: Failure| visit.failed(&failure);
    let (id, receiver, at) = (text("event"), text("receiver"), text("page"));
    let action = action(text("do")).unwrap_or(&ACTIONS[0]);
    if text("step") == "confirm" {
        return match give(visit, action, id, receiver).await {
            Ok(true) => Ok(see_other(&format!("/console/operations?done={}", action.slug))),
            Ok(false) => gone(visit).await,
            Err(failure) => {
                let found = read(visit, "").await.map_err(failed)?;
                let mut page = write(visit, &found, "");
                page.sentences = visit.sentences(&failure);
                let mut response = html(status(&failure), &page);
                response.extensions_mut().insert(failure);
                Ok(response)
            }
        };
    }
    let found = read(visit, at).await.map_err(failed)?;
    let mut page = write(visit, &found, at);
    let is_it = |letter: &&Letter| letter.id == id && letter.receiver == receiver;
    let letter = page.undelivered.as_ref().and_then(|all| all.letters.iter().find(is_it)).cloned();
    let Some(letter) = letter else { return gone(visit).await };
    page.asked = Some(Asked {
        letter,
        what: action.slug,
        question: visit.text(action.question),
        button: visit.text(action.button),
    });
    Ok(html(StatusCode::OK, &page))
}

/// Whether there was such an event, with which it was done.
async fn give(visit: &Visit, action: &Action, id: &str, receiver: &str) -> Result<bool, Failure> {
    let mut data = Map::new();
    data.insert("eventId".to_owned(), id.into());
    if !receiver.is_empty() {
        data.insert("receiver".to_owned(), receiver.into());
    }
    let sent = Sent { name: action.command, data: &data, version: None, key: None, mode: Mode::Commit };
    let reply = visit.tell(sent).await?;
    Ok(reply.data.get(action.done).and_then(Value::as_bool) == Some(true))
}

/// The page that says that the event is not among those any more.
async fn gone(visit: &Visit) -> Answer {
    let found = read(visit, "").await.map_err(|failure| visit.failed(&failure))?;
    let mut page = write(visit, &found, "");
    page.sentences = vec![Sentence::plain(visit.text("operations.gone"))];
    Ok(html(StatusCode::CONFLICT, &page))
}

/// How the service stands, with the first page of the events that could not be delivered, or the one of the cursor.
async fn read(visit: &Visit, cursor: &str) -> Result<Record, Failure> {
    let data = if cursor.is_empty() { json!({}) } else { json!({ "cursor": cursor }) };
    visit.ask(QUERY, data).await
}

/// What a job does; the delivery to a receiver has its name behind a colon.
fn job_words(language: &Language, name: &str) -> String {
    match name.split_once(':') {
        Some((job, receiver)) => {
            let job = language.word("job", job);
            language.filled("operations.job.receiver", &[("job", &job), ("receiver", receiver)])
        }
        None => language.word("job", name),
    }
}

fn write(visit: &Visit, found: &Record, cursor: &str) -> OperationsPage {
    let language = visit.language;
    let check = |one: &Record| {
        let state = language.word("checked", &one.text("state"));
        let value = if one.has("message") { format!("{state}: {}", one.text("message")) } else { state };
        Pair::new(language.word("check", &one.text("check")), value)
    };
    let job = |one: &Record| {
        let last = Some(one.text("lastSuccess")).filter(|last| !last.is_empty());
        Job {
            label: job_words(language, &one.text("job")),
            last: last.map(|at| (at.clone(), moment(&at))),
            failures: one.text("failures"),
        }
    };
    let letter = |one: &Record| {
        let since = one.text("deadSince");
        let failure = language.word("delivery", &one.text("lastFailure"));
        Letter {
            id: one.text("eventId"),
            receiver: one.text("receiver"),
            event: language.word("event", &one.text("event")),
            client: one.text("contactEncodedKey"),
            path: url::client(&one.text("contactEncodedKey")),
            moment: moment(&since),
            since,
            failure: format!("{failure} {}", one.text("lastStatus")).trim().to_owned(),
        }
    };
    let receiver = |one: &Record| {
        let values = [("seconds", &*one.text("lagSeconds")), ("count", &*one.text("deadLetterCount"))];
        Pair::new(one.text("receiver"), language.filled("operations.receiver.waits", &values))
    };
    OperationsPage {
        shell: visit.shell(visit.text("operations.title")),
        ready: found.flag("ready"),
        sentences: Vec::new(),
        done: None,
        asked: None,
        page: cursor.to_owned(),
        checks: found.records("checks").iter().map(check).collect(),
        jobs: found.records("jobs").iter().map(job).collect(),
        undelivered: found.has("deadLetters").then(|| Undelivered {
            lag: found.text("lagSeconds"),
            count: found.text("deadLetterCount"),
            receivers: found.records("receivers").iter().map(receiver).collect(),
            letters: found.records("deadLetters").iter().map(letter).collect(),
            next: url::next_page(PAGE, &found.text("nextCursor")),
        }),
        curl: curl::query(&visit.console, QUERY, &json!({})),
    }
}
