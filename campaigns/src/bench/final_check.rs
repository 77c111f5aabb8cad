//! The final check of every campaign: what was answered, and what is stored.

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use super::Bench;
use crate::findings::Oracle;
use crate::history::{Outcome, Record};
use crate::report::Report;
use crate::{RunError, answers, checker, replay};

impl Bench {
    /// Searches for orders of writers that were not done: each of them is valid and was repeated until answered.
    pub fn expect_all_done(&mut self) {
        for record in self.history.records() {
            let example = || format!("{} {}: {}", record.order.command, record.order.tag, record.body);
            match record.outcome {
                Outcome::Done => {}
                Outcome::Refused => self.report.findings.add(Oracle::WrongAnswer, example()),
                Outcome::Unknown => self.report.findings.add(Oracle::Stuck, example()),
            }
        }
    }

    /// Compares history and database, replays every acknowledged order, and closes.
    pub async fn check(mut self) -> Result<Report, RunError> {
        let records = self.history.records();
        let count = |outcome| records.iter().filter(|record| record.outcome == outcome).count();
        self.report.measure("acknowledged", count(Outcome::Done));
        self.report.measure("refused", count(Outcome::Refused));
        self.report.measure("unknown to the end", count(Outcome::Unknown));
        self.report
            .findings
            .expect(count(Outcome::Done) > 0, Oracle::Broken, || "nothing was done".to_owned());
        let attempts = self.history.attempts();
        self.report.findings.append(answers::check(&attempts, &self.answer_rules));
        self.report.measure("requests", attempts.len());
        self.report.measure("answers", json!(answers::statuses(&attempts)));
        let done = records.iter().filter(|record| record.outcome == Outcome::Done);
        self.report.measure_times("answered after, s", done.map(Record::took).collect());

        sleep(Duration::from_secs(1)).await;
        if let Some(inventory) = self.inventory().await? {
            self.report.findings.append(checker::check(&records, &inventory));
            self.report.measure("clients", inventory.clients.len());
            self.report
                .measure("history lines = events", json!([inventory.lines.len(), inventory.events.len()]));
            self.report.measure("idle in transaction", inventory.idle_in_transaction);
        }
        let right_so_far = self.report.findings.is_empty();
        let bases: Vec<String> = (0..self.services.len()).map(|number| self.base(number)).collect();
        let (replayed, found) = replay::replay(&self.caller, &bases, &records).await;
        self.report.findings.append(found);
        self.report.measure("replays", replayed);
        if let (true, Some(inventory)) = (right_so_far, self.inventory().await?) {
            // Whatever is found now that was not there before, the replays have done.
            self.report.findings.append(checker::check(&records, &inventory));
        }
        for (name, oracle) in [("lost", Oracle::Lost), ("doubled", Oracle::Doubled), ("stuck", Oracle::Stuck)]
        {
            let count = self.report.findings.count(oracle);
            self.report.measure(name, count);
        }
        self.report.measure("history", self.folder.join("history.jsonl").display().to_string());
        Ok(self.report)
    }
}
