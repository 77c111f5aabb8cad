//! What was sent and answered.

use std::fs::File;
use std::io::{BufWriter, Write as _};
use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::caller::Answer;
use crate::{Order, RunError};

/// What a caller knows of an order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// It was acknowledged.
    Done,
    /// It was refused, and is not to have done anything.
    Refused,
    /// No answer said whether it was done.
    Unknown,
}

/// An order and its outcome.
#[derive(Clone, Debug)]
pub struct Record {
    /// What was sent last.
    pub order: Order,
    /// How often it was sent.
    pub attempts: u32,
    /// When it was first sent, since the history began.
    pub start: Duration,
    /// When it was last sent.
    pub last_sent: Duration,
    /// When the last answer came.
    pub end: Duration,
    /// How it ended.
    pub outcome: Outcome,
    /// The HTTP status of the last answer; 0 without one.
    pub status: u16,
    /// The last answer's body as it came.
    pub body: String,
}

impl Record {
    /// The outcome of an order: first sent, last sent and ended at `times`.
    pub fn new(
        order: Order,
        attempts: u32,
        times: (Duration, Duration, Duration),
        outcome: Outcome,
        answer: Option<Answer>,
    ) -> Self {
        let (start, last_sent, end) = times;
        let (status, body) = answer.map_or((0, String::new()), |answer| (answer.status, answer.body));
        Self { order, attempts, start, last_sent, end, outcome, status, body }
    }

    /// The client that the answer names.
    pub fn client(&self) -> Option<String> {
        let body: Value = serde_json::from_str(&self.body).ok()?;
        Some(body.pointer("/data/contactEncodedKey")?.as_str()?.to_owned())
    }

    /// How long the last attempt took.
    pub fn took(&self) -> Duration {
        self.end.saturating_sub(self.last_sent)
    }
}

/// One request and its answer.
#[derive(Clone, Copy, Debug)]
pub struct Attempt {
    /// When it was sent, since the history began.
    pub start: Duration,
    /// When it was answered or abandoned.
    pub end: Duration,
    /// The HTTP status; 0 where no answer came.
    pub status: u16,
    /// Whether the answer says when to try again.
    pub retry_after: bool,
    /// Whether it was a query, which can be asked again without any care.
    pub query: bool,
    /// Whether there was no connection for it, so that no service received it.
    pub never_sent: bool,
}

/// Everything that was sent and answered in a run: orders in memory, each attempt as a line of JSON in a file.
#[derive(Debug)]
pub struct History {
    begun: Instant,
    records: Mutex<Vec<Record>>,
    attempts: Mutex<Vec<Attempt>>,
    file: Mutex<BufWriter<File>>,
}

impl History {
    /// A history that begins now.
    pub fn begin(file: &Path) -> Result<Self, RunError> {
        let file = File::create(file).map_err(RunError::during(file.display()))?;
        Ok(Self {
            begun: Instant::now(),
            records: Mutex::new(Vec::new()),
            attempts: Mutex::new(Vec::new()),
            file: Mutex::new(BufWriter::new(file)),
        })
    }

    /// How long ago it began.
    pub fn now(&self) -> Duration {
        self.begun.elapsed()
    }

    /// Adds an order that has ended.
    pub fn add(&self, record: Record) {
        hold(&self.records).push(record);
    }

    /// Records the answer to a query that began at `start`.
    pub fn note_query(&self, start: Duration, result: Result<&Answer, &RunError>) {
        self.note(start, result, true);
    }

    fn note(&self, start: Duration, result: Result<&Answer, &RunError>, query: bool) {
        let (status, retry_after) = result.map_or((0, false), |answer| (answer.status, answer.retry_after));
        let never_sent = result.is_err_and(RunError::never_sent);
        let mut attempts = hold(&self.attempts);
        // The end is taken under the lock, so that attempts stand in the order of their ends.
        attempts.push(Attempt { start, end: self.now(), status, retry_after, query, never_sent });
    }

    /// Records one attempt at an order.
    pub fn attempt(&self, order: &Order, start: Duration, result: Result<&Answer, &RunError>) {
        self.note(start, result, false);
        let (status, answer) = match result {
            Ok(answer) => (answer.status, answer.body.clone()),
            Err(error) => (0, error.to_string()),
        };
        let outcome = result.map_or(Outcome::Unknown, Answer::outcome);
        let line = json!({
            "tag": order.tag, "key": order.key, "by": order.by.subject(), "command": order.command,
            "client": order.data.get("contactEncodedKey"), "start": start.as_secs_f64(),
            "end": self.now().as_secs_f64(), "outcome": format!("{outcome:?}"), "status": status, "answer": answer,
        });
        // The file is for people who analyse a finding; the checks use what is in memory.
        let _ = writeln!(hold(&self.file), "{line}");
    }

    /// The orders that have ended so far.
    pub fn records(&self) -> Vec<Record> {
        let _ = hold(&self.file).flush();
        hold(&self.records).clone()
    }

    /// Every attempt so far.
    pub fn attempts(&self) -> Vec<Attempt> {
        hold(&self.attempts).clone()
    }

    /// When the first success was answered at or after a moment.
    pub fn first_success_from(&self, moment: Duration) -> Option<Duration> {
        let attempts = hold(&self.attempts);
        let successes = attempts.iter().rev().take_while(|attempt| attempt.end >= moment);
        successes.filter(|attempt| attempt.status == 200).map(|attempt| attempt.end).min()
    }

    /// When the orders of a crew were done, from a moment on, in order.
    pub fn done_from(&self, crew: &str, moment: Duration) -> Vec<Duration> {
        let records = hold(&self.records);
        let latest = records.iter().rev().take_while(|record| record.end >= moment);
        let done =
            latest.filter(|record| record.outcome == Outcome::Done && record.order.tag.starts_with(crew));
        let mut ends: Vec<_> = done.map(|record| record.end).collect();
        ends.sort_unstable();
        ends
    }

    /// How many attempts began and succeeded between two moments.
    pub fn successes_between(&self, from: Duration, to: Duration) -> usize {
        let within = |attempt: &&Attempt| attempt.start >= from && attempt.end <= to;
        let attempts = hold(&self.attempts);
        attempts.iter().filter(within).filter(|attempt| attempt.status == 200).count()
    }
}

/// A lock that a panic elsewhere does not close.
fn hold<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
