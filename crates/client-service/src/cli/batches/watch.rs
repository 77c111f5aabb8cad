//! Watches a batch.

use std::time::{Duration, Instant};

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use crate::calls::connection::Connection;
use crate::calls::events::{Event, Events, NoEvent};
use crate::calls::output::Output;
use crate::calls::request::path_of;
use crate::exit::{ExitError, FailureClass};
use crate::stdout;

/// The time between two questions, where the service sends no events; a small batch is watched more closely.
const FIRST: Duration = Duration::from_millis(100);
const LAST: Duration = Duration::from_secs(2);

/// The service sends an event or a comment every few seconds; a proxy that collects the answer sends nothing.
const SILENCE: Duration = Duration::from_secs(10);

/// How long the service may be away while a batch is watched. The batch goes on by itself after a restart.
const AWAY: Duration = Duration::from_mins(5);

/// States in which nothing happens until a person does something, or ever.
const RESTS: &[&str] = &["announced", "checked", "paused", "finished", "stopped"];

/// Waits until the batch rests, and returns where it stands. Standard error shows a bar meanwhile, if it is a terminal.
///
/// # Errors
///
/// Besides those of the service: rows were refused or not tried. Standard output has where the batch stands then, too.
pub(super) async fn watch(connection: &Connection, batch: &str, output: Output) -> Result<String, ExitError> {
    // It hides itself where standard error is no terminal.
    let bar = ProgressBar::with_draw_target(None, ProgressDrawTarget::stderr());
    let style = ProgressStyle::with_template("{msg} {wide_bar} {pos}/{len}, {prefix}");
    bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
    // The query says what is wrong with another id.
    let mut path = path_of("batches", batch, "progress").ok();
    let (mut wait, mut answered) = (FIRST, None);
    let stands = loop {
        if let Some(events) = &path {
            let (ending, stands) = follow(connection.events(events, SILENCE).await, &bar).await;
            if stands.is_some() {
                answered = Some(Instant::now());
            }
            if let Some(stands) = stands.filter(rests) {
                break stands;
            }
            path = path.filter(|_| ending == NoEvent::Ended);
        }
        // The stream has ended, or there is none: the query says where the batch stands, or why it is not seen.
        match connection.ask("RetrieveBatchQuery", json!({ "batchId": batch })).await {
            Ok(stands) => {
                answered = Some(Instant::now());
                show(&bar, &stands);
                if rests(&stands) {
                    break stands;
                }
            }
            // A service that has never answered has perhaps another address.
            Err(error) if is_away(&error) && answered.is_some_and(|at| at.elapsed() < AWAY) => {
                bar.set_message("the service does not answer");
            }
            Err(error) => return Err(error),
        }
        tokio::time::sleep(wait).await;
        wait = (wait * 2).min(LAST);
    };
    bar.finish_and_clear();
    let printed = output.object(&stands);
    match unfinished(&stands) {
        None => Ok(printed),
        Some(sentence) => {
            stdout::print(&printed);
            Err(ExitError::Answered { class: FailureClass::Refused, sentence })
        }
    }
}

/// Follows the events until the batch rests or they end; returns why, and the last that was said.
async fn follow(events: Result<Events, NoEvent>, bar: &ProgressBar) -> (NoEvent, Option<Value>) {
    let mut events = match events {
        Ok(events) => events,
        Err(ending) => return (ending, None),
    };
    let mut last = None;
    loop {
        match events.next().await {
            Ok(event) => {
                let Some(stands) = progress(&event) else { return (NoEvent::Ended, last) };
                show(bar, &stands);
                let at_rest = rests(&stands);
                last = Some(stands);
                if at_rest {
                    return (NoEvent::Ended, last);
                }
            }
            Err(ending) => return (ending, last),
        }
    }
}

/// Where the batch stands; `None` for an event that ends the stream.
fn progress(event: &Event) -> Option<Value> {
    (event.name == "progress").then(|| serde_json::from_str(&event.data).ok()).flatten()
}

fn rests(stands: &Value) -> bool {
    RESTS.contains(&text(stands, "state"))
}

const fn is_away(error: &ExitError) -> bool {
    matches!(error, ExitError::Answered { class: FailureClass::Unavailable, .. })
}

fn show(bar: &ProgressBar, stands: &Value) {
    let state = text(stands, "state");
    // Before the confirmation rows are checked, and then executed.
    let phase = if matches!(state, "announced" | "received" | "checked") { "checked" } else { "executed" };
    if let Some(rows) = stands.get("rows").and_then(Value::as_u64) {
        bar.set_length(rows);
    }
    bar.set_position(
        ["done", "alreadyDone", "refused", "notTried"].iter().map(|name| count(stands, phase, name)).sum(),
    );
    bar.set_message(state.to_owned());
    bar.set_prefix(format!("{} refused", count(stands, phase, "refused")));
}

/// What is not done of a batch that rests, if anything is not.
fn unfinished(stands: &Value) -> Option<String> {
    let (refused, state) = (count(stands, "executed", "refused"), text(stands, "state"));
    match state {
        "checked" => {
            let refused = count(stands, "checked", "refused");
            (refused > 0).then(|| {
                format!("{refused} rows would be refused; client-service batches corrections has them")
            })
        }
        "finished" => (refused > 0)
            .then(|| format!("{refused} rows were refused; client-service batches corrections has them")),
        "stopped" if stands.get("rows").is_none_or(Value::is_null) => Some(
            "the batch was stopped before its file had arrived, so no row was tried; an --idempotency-key makes another batch of the file"
                .to_owned(),
        ),
        "stopped" => {
            // The service counts only the rows that it has come to.
            let tried = ["done", "alreadyDone", "refused"].map(|name| count(stands, "executed", name));
            let rows = stands.get("rows").and_then(Value::as_u64).unwrap_or_default();
            let not_tried = rows.saturating_sub(tried.iter().sum());
            (refused > 0 || not_tried > 0).then(|| {
                format!("the batch was stopped: {refused} rows were refused, and {not_tried} were not tried")
            })
        }
        _ => None,
    }
}

fn text<'a>(stands: &'a Value, name: &str) -> &'a str {
    stands.get(name).and_then(Value::as_str).unwrap_or_default()
}

fn count(stands: &Value, phase: &str, name: &str) -> u64 {
    stands.get(phase).and_then(|counts| counts.get(name)).and_then(Value::as_u64).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::calls::scripted_service::{ScriptedService, connection};

    #[test]
    fn what_is_not_done_is_told() {
        let stands = |state: &str, checked: u64, executed: u64| json!({ "state": state, "checked": { "refused": checked }, "executed": { "refused": executed } });
        assert_eq!(unfinished(&stands("checked", 0, 0)), None);
        assert!(unfinished(&stands("checked", 2, 0)).unwrap().starts_with("2 rows would be refused"));
        assert_eq!(unfinished(&stands("paused", 2, 2)), None);
        assert_eq!(unfinished(&stands("finished", 2, 0)), None, "what was corrected meanwhile counts");
        assert!(unfinished(&stands("finished", 0, 1)).unwrap().starts_with("1 rows were refused"));
    }

    #[test]
    fn rows_that_a_stopped_batch_has_not_come_to_were_not_tried() {
        let stopped = |done: u64, already_done: u64, refused: u64, not_tried: u64| {
            let none = json!({ "done": 0, "alreadyDone": 0, "refused": 0, "notTried": 0 });
            unfinished(&json!({
                "state": "stopped", "rows": 1000, "arrived": 1000, "left": 0, "checked": none,
                "executed": { "done": done, "alreadyDone": already_done, "refused": refused, "notTried": not_tried },
            }))
        };
        let sentence = stopped(100, 10, 3, 87).unwrap();
        assert!(sentence.ends_with("3 rows were refused, and 887 were not tried"), "{sentence}");
        assert!(stopped(0, 0, 0, 0).unwrap().ends_with("and 1000 were not tried"));
        assert_eq!(stopped(990, 10, 0, 0), None, "it was stopped after its last row");
        let announced = json!({ "state": "stopped", "rows": null, "executed": { "refused": 0 } });
        assert!(unfinished(&announced).unwrap().contains("before its file had arrived"));
    }

    #[tokio::test]
    async fn service_may_be_away_for_a_while() {
        let running = r#"{"data": {"batchId": "b", "state": "running", "rows": 1}}"#;
        let finished = r#"{"data": {"batchId": "b", "state": "finished", "rows": 1}}"#;
        let away = (502, "<html>Bad gateway</html>");
        let none = (404, "{}");
        let answers = [none, (200, running), away, away, (200, finished)];
        let service = ScriptedService::start(Duration::ZERO, &answers);
        let to = connection(&service, |arguments| Connection::new(arguments).unwrap());
        assert!(watch(&to, "b", Output::Json).await.unwrap().contains("finished"));
        let service = ScriptedService::start(Duration::ZERO, &[none, away]);
        let to = connection(&service, |arguments| Connection::new(arguments).unwrap());
        assert_eq!(watch(&to, "b", Output::Json).await.unwrap_err().code(), 7, "it has never answered");
    }

    #[tokio::test]
    async fn events_are_followed_and_the_query_is_asked_where_they_end() {
        let event = |state: &str, rows: u64| {
            let stands = json!({ "batchId": "b", "state": state, "rows": rows });
            format!("event: progress\ndata: {stands}\n\n: still here\n\n")
        };
        let watched = async |answers: &[(u16, &str)]| {
            let service = ScriptedService::start(Duration::ZERO, answers);
            let to = connection(&service, |arguments| Connection::new(arguments).unwrap());
            watch(&to, "b", Output::Json).await
        };
        let (running, finished) = (event("running", 1), event("finished", 1));
        let whole = format!("{running}{finished}");
        assert!(watched(&[(200, &whole)]).await.unwrap().contains("finished"), "no query is asked");
        // A service that stops ends the stream; the next instance has another one.
        let stands = r#"{"data": {"batchId": "b", "state": "running", "rows": 1}}"#;
        let again = watched(&[(200, &running), (200, stands), (200, &whole)]).await;
        assert!(again.unwrap().contains("finished"));
        // The query says why the batch is seen no more.
        let failure = format!("{running}event: failure\ndata: {{}}\n\n{finished}");
        let gone =
            r#"{"message": "No", "errors": [{"code": "batch_not_found", "message": "gone", "field": null}]}"#;
        assert_eq!(watched(&[(200, &failure), (404, gone)]).await.unwrap_err().code(), 4);
    }
}
