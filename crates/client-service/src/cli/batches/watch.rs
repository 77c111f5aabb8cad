//! Watches a batch.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};
use serde_json::{Value, json};

use crate::calls::connection::Connection;
use crate::calls::output::Output;
use crate::exit::{ExitError, FailureClass};
use crate::stdout;

/// The time between two questions; a small batch is watched more closely.
const FIRST: Duration = Duration::from_millis(100);
const LAST: Duration = Duration::from_secs(2);

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
    let mut wait = FIRST;
    let stands = loop {
        let stands = connection.ask("RetrieveBatchQuery", json!({ "batchId": batch })).await?;
        show(&bar, &stands);
        if RESTS.contains(&text(&stands, "state")) {
            break stands;
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
        "stopped" => {
            let not_tried = count(stands, "executed", "notTried");
            Some(format!(
                "the batch was stopped: {refused} rows were refused, and {not_tried} were not tried"
            ))
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

    #[test]
    fn what_is_not_done_is_told() {
        let stands = |state: &str, checked: u64, executed: u64| json!({ "state": state, "checked": { "refused": checked }, "executed": { "refused": executed, "notTried": 5 } });
        assert_eq!(unfinished(&stands("checked", 0, 0)), None);
        assert!(unfinished(&stands("checked", 2, 0)).unwrap().starts_with("2 rows would be refused"));
        assert_eq!(unfinished(&stands("paused", 2, 2)), None);
        assert_eq!(unfinished(&stands("finished", 2, 0)), None, "what was corrected meanwhile counts");
        assert!(unfinished(&stands("finished", 0, 1)).unwrap().starts_with("1 rows were refused"));
        assert!(unfinished(&stands("stopped", 0, 0)).unwrap().ends_with("and 5 were not tried"));
    }
}
