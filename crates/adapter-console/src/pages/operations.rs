//! How the service stands, and the events that could not be delivered.

use askama::Template;
use axum::http::StatusCode;
use client_wire::Failure;
use serde_json::{Map, json};

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

const QUERY: &str = "RetrieveOperationsQuery";

#[derive(Template)]
#[template(path = "operations.html")]
struct OperationsPage {
    shell: Shell,
    ready: bool,
    sentences: Vec<Sentence>,
    asked: Option<Asked>,
    checks: Vec<Pair>,
    jobs: Vec<Job>,
    /// `None` while the storage does not answer.
    undelivered: Option<Undelivered>,
    curl: String,
}

/// What was asked for and waits for its confirmation.
struct Asked {
    id: String,
    receiver: String,
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
    next: Option<String>,
}

/// An event that could not be delivered.
struct Letter {
    id: String,
    receiver: String,
    event: String,
    path: String,
    since: String,
    moment: String,
    failure: String,
}

/// `GET /console/operations`.
pub(crate) async fn page(visit: Visit) -> Answer {
    let found = read(&visit, None).await.map_err(|failure| visit.failed(&failure))?;
    Ok(html(StatusCode::OK, &write(&visit, &found)))
}

/// `POST /console/operations`: further events, or one is sent again or discarded, after a confirmation.
pub(crate) async fn decide(posted: Posted) -> Answer {
    let (visit, fields) = (&posted.visit, &posted.fields);
    if let Some(cursor) = fields.text("cursor") {
        let found = read(visit, Some(cursor)).await.map_err(|failure| visit.failed(&failure))?;
        return Ok(html(StatusCode::OK, &write(visit, &found)));
    }
    let id = fields.text("event").unwrap_or_default();
    let receiver = fields.text("receiver").unwrap_or_default();
    let (what, name, question, button) = match fields.text("do") {
        Some("discard") => {
            ("discard", "DiscardDeadLetterCommand", "operations.discard.ask", "operations.discard")
        }
        _ => ("resend", "ResendDeadLetterCommand", "operations.resend.ask", "operations.resend"),
    };
    if fields.text("step") == Some("confirm") {
        let mut data = Map::new();
        data.insert("eventId".to_owned(), id.into());
        if !receiver.is_empty() {
            data.insert("receiver".to_owned(), receiver.into());
        }
        let sent = Sent { name, data: &data, version: None, key: None, mode: Mode::Commit };
        return match visit.tell(sent).await {
            Ok(_) => Ok(see_other("/console/operations")),
            Err(failure) => {
                let found = read(visit, None).await.map_err(|failure| visit.failed(&failure))?;
                let mut page = write(visit, &found);
                page.sentences = visit.sentences(&failure);
                let mut response = html(status(&failure), &page);
                response.extensions_mut().insert(failure);
                Ok(response)
            }
        };
    }
    let found = read(visit, None).await.map_err(|failure| visit.failed(&failure))?;
    let mut page = write(visit, &found);
    page.asked = Some(Asked {
        id: id.to_owned(),
        receiver: receiver.to_owned(),
        what,
        question: visit.text(question),
        button: visit.text(button),
    });
    Ok(html(StatusCode::OK, &page))
}

/// How the service stands, with the first page of the events that could not be delivered, or the one of the cursor.
async fn read(visit: &Visit, cursor: Option<&str>) -> Result<Record, Failure> {
    let data = cursor.map_or_else(|| json!({}), |cursor| json!({ "cursor": cursor }));
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

fn write(visit: &Visit, found: &Record) -> OperationsPage {
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
        asked: None,
        checks: found.records("checks").iter().map(check).collect(),
        jobs: found.records("jobs").iter().map(job).collect(),
        undelivered: found.has("deadLetters").then(|| Undelivered {
            lag: found.text("lagSeconds"),
            count: found.text("deadLetterCount"),
            receivers: found.records("receivers").iter().map(receiver).collect(),
            letters: found.records("deadLetters").iter().map(letter).collect(),
            next: Some(found.text("nextCursor")).filter(|cursor| !cursor.is_empty()),
        }),
        curl: curl::query(&visit.console, QUERY, &json!({})),
    }
}
