//! The report: one table for people, and the same with every round as JSON.

use std::fmt::Write as _;
use std::path::Path;

use clients_campaigns::RunError;
use serde_json::{Value, json};

use crate::aims::Aim;
use crate::before;
use crate::rounds::Results;
use crate::spread::Spread;
use crate::summary::{Row, Summary};
use crate::test_bed::Facts;

/// The contents of the report.
#[derive(Debug)]
pub(crate) struct Report<'a> {
    pub(crate) facts: &'a Facts,
    pub(crate) results: &'a Results,
    pub(crate) summary: &'a Summary,
    pub(crate) aims: &'a [Aim],
    /// Why what was measured says nothing, where it does not.
    pub(crate) rehearsal: bool,
}

impl Report<'_> {
    /// Writes `report.md` and `report.json` into this folder and answers the former.
    pub(crate) fn write(&self, out: &Path) -> Result<String, RunError> {
        let markdown = self.markdown();
        std::fs::write(out.join("report.md"), &markdown)?;
        std::fs::write(out.join("report.json"), format!("{:#}\n", self.json()))?;
        Ok(markdown)
    }

    fn json(&self) -> Value {
        let facts = self.facts;
        json!({
            "clients": facts.clients,
            "postgresql": facts.postgres,
            "cores": facts.cores,
            "statements": facts.statements,
            "loadedInSeconds": facts.loaded_in.as_secs_f64(),
            "readyInSeconds": facts.ready_in.as_secs_f64(),
            "binaryMebibytes": facts.binary_mebibytes,
            "residentMebibytes": self.results.resident.map(|(mebibytes, _)| mebibytes),
            "sqliteClients": facts.sqlite.map(|sqlite| sqlite.clients),
            "sqliteLoadedInSeconds": facts.sqlite.map(|sqlite| sqlite.loaded_in.as_secs_f64()),
            "sqliteReadyInSeconds": facts.sqlite.map(|sqlite| sqlite.ready_in.as_secs_f64()),
            "sqliteResidentMebibytes": self.results.sqlite_resident,
            "residentAfterConnections": self.results.resident.map(|(_, connections)| connections),
            "isBusy": self.summary.is_busy(),
            "isRehearsal": self.rehearsal,
            "rows": self.summary,
            "aims": self.aims,
            "cells": self.results.cases,
            "batch": self.results.batch,
        })
    }

    fn markdown(&self) -> String {
        let facts = self.facts;
        let mut text = format!(
            "{} clients, PostgreSQL {}, {} cores, loaded in {:.0} s. No errors: one wrong answer would have voided the run.\n",
            facts.clients,
            facts.postgres,
            facts.cores,
            facts.loaded_in.as_secs_f64()
        );
        let _ = writeln!(
            text,
            "The floor is pgbench with what the service sends ({}).",
            facts.statements.join("; ")
        );
        if let Some(sqlite) = facts.sqlite {
            let _ = writeln!(
                text,
                "SQLite: {} clients, loaded in {:.0} s.",
                sqlite.clients,
                sqlite.loaded_in.as_secs_f64()
            );
        }
        if self.rehearsal {
            text.push_str(
                "\n**A rehearsal: it shows that everything works, and its figures say nothing.**\n",
            );
        }
        if self.summary.is_busy() {
            let _ = writeln!(
                text,
                "\n**Busy machine: others had up to {:.0} % of it. Quote ratios only.** Rates of cases that were disturbed are in \
                 brackets.",
                self.summary.foreign_percent()
            );
        }
        text.push_str(
            "\n| what | connections | who | rate /s | p50 ms | p99 ms | errors | service µs | database µs | load µs | log KiB | others % \
             | rate to floor | p50 to floor |\n| --- | ---: | --- | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | ---: | --- \
             | --- |\n",
        );
        for row in self.summary.rows() {
            line(&mut text, row);
        }
        text.push_str(&before::table(self.summary, &self.results.cases));
        if let Some(batch) = self.results.batch {
            let _ = writeln!(
                text,
                "\nA batch of {} rows, one in a hundred refused: received in {:.1} s, checked in {:.1} s, executed in {:.1} s, {:.0} \
                 rows/s. Creations meanwhile, 32 at a time: {:.0}/s without HTTP (batch / these {:.2}), {:.0}/s over HTTP ({:.2}). \
                 Memory of the service: {:.0} MiB more at most. The corrected file made its {} rows. Others had {:.0} %.",
                batch.rows,
                batch.upload_seconds,
                batch.check_seconds,
                batch.run_seconds,
                batch.rate,
                batch.direct_rate,
                batch.rate / batch.direct_rate,
                batch.http_rate,
                batch.rate / batch.http_rate,
                batch.grown_mebibytes,
                batch.corrected,
                batch.foreign_percent,
            );
        }
        if self.rehearsal {
            return text;
        }
        text.push_str("\n| aim | bound | reached | |\n| --- | --- | ---: | --- |\n");
        for aim in self.aims {
            let reached =
                aim.reached.map_or_else(|| "not measured".to_owned(), |reached| format!("{reached:.2}"));
            let verdict = match aim.holds {
                Some(true) => "pass",
                Some(false) => "FAIL",
                None => "–",
            };
            let _ = writeln!(text, "| {} | {} | {reached} | {verdict} |", aim.what, aim.bound);
        }
        text
    }
}

fn line(text: &mut String, row: &Row) {
    let spread = |spread: Option<Spread>| spread.map_or_else(|| "–".to_owned(), |spread| spread.to_string());
    let rate = format!("{:.0} ({:.0}-{:.0})", row.rate.median, row.rate.least, row.rate.most);
    let rate = if row.is_busy() { format!("[{rate}]") } else { rate };
    let _ = writeln!(
        text,
        "| {} | {} | {} | {rate} | {:.2} | {:.2} | {} | {:.0} | {:.0} | {:.0} | {:.1} | {:.0} | {} | {} |",
        row.task,
        row.connections,
        row.who.name(),
        row.p50_ms,
        row.p99_ms,
        row.errors,
        row.service_us,
        row.database_us,
        row.load_us,
        row.log_kib,
        row.foreign_percent,
        spread(row.rate_to_baseline),
        spread(row.p50_to_baseline),
    );
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::case::Who;
    use crate::summary::tests::case;

    fn report(foreign: f64) -> String {
        let results = Results {
            cases: vec![case(0, Who::Baseline, 1000.0, foreign), case(0, Who::Service, 900.0, foreign)],
            resident: Some((20.0, 8)),
            sqlite_resident: None,
            batch: None,
        };
        let (facts, summary) = (Facts::default(), Summary::of(&results.cases));
        let aims = Aim::all(&summary, &results, &facts);
        let report =
            Report { facts: &facts, results: &results, summary: &summary, aims: &aims, rehearsal: false };
        assert_eq!(report.json()["rows"][1]["rate_to_floor"]["median"], 0.9);
        report.markdown()
    }

    #[test]
    fn every_case_has_a_row_with_its_ratio() {
        let text = report(3.0);
        assert!(text.contains("| create | 8 | service | 900 (900-900) | 1.11 | 40.00 | 0 | 200 | 600 | 30 | 5.5 | 3 | 0.90 (0.90-0.90) |"));
        assert!(!text.contains("Busy machine"));
    }

    #[test]
    fn busy_machine_is_reported_with_rates_in_brackets() {
        let text = report(35.0);
        assert!(text.contains("Busy machine: others had up to 35 %"));
        assert!(text.contains("| [900 (900-900)] |"));
    }
}
