//! How far a batch is, as a page shows it.

use crate::language::Language;
use crate::part::Pair;
use crate::record::Record;

/// How far a batch is.
pub(crate) struct BatchProgress {
    pub(crate) state: String,
    pub(crate) state_name: String,
    /// Whether it goes on by itself, so that the page asks again.
    pub(crate) is_moving: bool,
    /// The rows of the file; 0 before it has arrived.
    pub(crate) rows: u64,
    /// The rows of which the step that it is at has a result.
    pub(crate) with_result: u64,
    pub(crate) counts: Vec<Pair>,
    refused: u64,
}

/// The states in which the service works on a batch, or is about to.
const MOVING: [&str; 4] = ["received", "confirmed", "running", "stopping"];
/// The states in which the check is what there is to see.
const CHECKED: [&str; 3] = ["announced", "received", "checked"];
const COUNTS: [&str; 4] = ["done", "alreadyDone", "refused", "notTried"];

impl BatchProgress {
    pub(crate) fn new(language: &Language, batch: &Record) -> Self {
        let state_name = batch.text("state");
        let is_check = CHECKED.contains(&state_name.as_str());
        let step = batch.record(if is_check { "checked" } else { "executed" });
        let number = |name: &str| step.number(name).unwrap_or_default();
        let mut counts = Vec::new();
        for name in COUNTS {
            let group = if is_check { "batchcheck" } else { "batchrows" };
            // A check tries every row.
            if !(is_check && (name == "notTried" || name == "alreadyDone")) {
                counts.push(Pair::new(language.word(group, name), number(name).to_string()));
            }
        }
        let is_moving = MOVING.contains(&state_name.as_str());
        if !is_check {
            let rate = batch.text("rowsPerSecond");
            if !rate.is_empty() {
                counts.push(Pair::new(language.word("field", "rowsPerSecond"), rate));
            }
            let end = batch.text("expectedEnd");
            if !end.is_empty() && is_moving {
                let label = language.word("field", "expectedEnd");
                counts.push(Pair::at(label, &end));
            }
        }
        Self {
            state: language.word("batchstate", &state_name),
            is_moving,
            rows: batch.number("rows").unwrap_or_default(),
            with_result: COUNTS.iter().map(|name| number(name)).sum(),
            counts,
            // A check that is over stays to be seen while the batch runs.
            refused: number("refused") + batch.record("checked").number("refused").unwrap_or_default(),
            state_name,
        }
    }

    pub(crate) const fn has_rows(&self) -> bool {
        self.rows != 0
    }

    pub(crate) const fn has_refused(&self) -> bool {
        self.refused > 0
    }
}
