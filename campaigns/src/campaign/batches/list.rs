use std::collections::BTreeMap;
use std::fmt::Write as _;

use serde_json::{Value, json};
use sha2::{Digest as _, Sha256};

use crate::applicant;
use crate::findings::{Findings, Oracle};

/// One row in so many is refused for what it says.
const PLANTED: u64 = 50;

/// The rows of a batch.
#[derive(Debug)]
pub(super) struct List {
    number: u64,
    rows: u64,
    prefix: String,
}

impl List {
    /// The rows of one batch of a run.
    pub(super) fn new(seed: u64, number: u64, rows: u64) -> Self {
        Self { number, rows, prefix: format!("b{:x}-{number}-", seed % 0xffff_ffff) }
    }

    pub(super) const fn number(&self) -> u64 {
        self.number
    }

    pub(super) const fn rows(&self) -> u64 {
        self.rows
    }

    /// What the markers of its rows begin with, and of no other batch's.
    pub(super) fn prefix(&self) -> &str {
        &self.prefix
    }

    /// The file: one command a line.
    pub(super) fn file(&self) -> Vec<u8> {
        let mut text = String::new();
        for row in 1..=self.rows {
            let label = self.label(row);
            let mut data = applicant(&label);
            if let Some(members) = data.as_object_mut() {
                // Wherever a row is done, the client carries its marker.
                members.insert("city".to_owned(), label.into());
                if !is_valid(row) {
                    members.insert("gender".to_owned(), "Unheard of".into());
                }
            }
            let line = json!({ "commandName": "CreateContactCommand", "data": data });
            // Writing to memory does not fail.
            let _ = writeln!(text, "{line}");
        }
        text.into_bytes()
    }

    fn label(&self, row: u64) -> String {
        format!("{}{row}", self.prefix)
    }
}

const fn is_valid(row: u64) -> bool {
    row % PLANTED != 7
}

pub(super) fn digest(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |mut text, byte| {
        let _ = write!(text, "{byte:02x}");
        text
    })
}

/// A batch that has ended, and what was sent back of it.
pub(super) struct Ended<'a> {
    pub(super) id: &'a str,
    pub(super) stopped: bool,
    pub(super) files: &'a BTreeMap<&'static str, Vec<u8>>,
}

impl Ended<'_> {
    /// Compares the files with the lines of history (request, client) and the clients (key, marker) of the batch; returns how
    /// many rows had each outcome.
    pub(super) fn check(
        &self,
        list: &List,
        lines: &[Vec<String>],
        clients: &[Vec<String>],
    ) -> (BTreeMap<String, u64>, Findings) {
        let mut findings = Findings::default();
        let results = self.read("results");
        let in_order = results.iter().map(number).eq(1..=list.rows());
        findings.expect(in_order, Oracle::WrongAnswer, || format!("{}: results without order", self.id));
        let mut effects: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for line in lines {
            let [request, client] = line.as_slice() else { continue };
            effects.entry(request).or_default().push(client);
        }
        let mut marked: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
        for client in clients {
            let [key, label] = client.as_slice() else { continue };
            marked.entry(label).or_default().push(key);
        }
        let mut counts = BTreeMap::new();
        let (mut refused, mut not_tried) = (Vec::new(), Vec::new());
        for result in &results {
            let row = number(result);
            let outcome = result.get("_outcome").and_then(Value::as_str).unwrap_or_default();
            *counts.entry(outcome.to_owned()).or_default() += 1;
            match outcome {
                "refused" => refused.push(row),
                "notTried" => not_tried.push(row),
                _ => {}
            }
            let request = format!("batch-{}-{row}", self.id);
            let of_row = effects.remove(request.as_str()).unwrap_or_default();
            let keys = marked.remove(list.label(row).as_str()).unwrap_or_default();
            self.check_row(result, (outcome, row), (&of_row, &keys), &mut findings);
        }
        for (request, _) in effects {
            findings.add(Oracle::Uncalled, format!("no row for {request}"));
        }
        for (label, _) in marked {
            findings.add(Oracle::Uncalled, format!("no row for the client of {label}"));
        }
        for (name, expected) in [("corrections", refused), ("not-tried", not_tried)] {
            let rows: Vec<_> = self.read(name).iter().map(number).collect();
            findings.expect(rows == expected, Oracle::Difference, || {
                format!("{}: {name} has {} rows, results {}", self.id, rows.len(), expected.len())
            });
        }
        (counts, findings)
    }

    fn check_row(
        &self,
        result: &Value,
        (outcome, row): (&str, u64),
        (lines, clients): (&[&str], &[&str]),
        findings: &mut Findings,
    ) {
        let of_row = || format!("batch {} row {row}, {outcome}: {lines:?}, {clients:?}", self.id);
        if lines.len() > 1 || clients.len() > 1 {
            findings.add(Oracle::Doubled, of_row());
            return;
        }
        findings.expect(lines == clients, Oracle::Gap, of_row);
        let is_there = !clients.is_empty();
        match outcome {
            "done" | "alreadyDone" => {
                findings.expect(is_there, Oracle::Lost, of_row);
                let named = result.get("_contact").and_then(Value::as_str);
                findings.expect(named == clients.first().copied(), Oracle::WrongAnswer, of_row);
                findings.expect(is_valid(row), Oracle::WrongAnswer, of_row);
            }
            "refused" => {
                findings.expect(!is_there, Oracle::Uncalled, of_row);
                findings.expect(!is_valid(row), Oracle::WrongAnswer, || format!("{} {result}", of_row()));
            }
            "notTried" => {
                findings.expect(!is_there, Oracle::Uncalled, of_row);
                findings.expect(self.stopped, Oracle::Lost, of_row);
            }
            _ => findings.add(Oracle::WrongAnswer, of_row()),
        }
    }

    /// The rows of a file, one a line.
    fn read(&self, name: &str) -> Vec<Value> {
        let file = self.files.get(name).map(Vec::as_slice).unwrap_or_default();
        let lines = file.split(|byte| *byte == b'\n').filter(|line| !line.is_empty());
        lines.map(|line| serde_json::from_slice(line).unwrap_or(Value::Null)).collect()
    }
}

fn number(row: &Value) -> u64 {
    row.get("_row").and_then(Value::as_u64).unwrap_or(0)
}
