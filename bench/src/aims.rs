//! The aims, beside what was measured.

use serde::Serialize;

use crate::back_office::QUESTIONS;
use crate::batches::BatchMeasured;
use crate::case::{SHARED_WORD, Who};
use crate::console_bed::PAGES;
use crate::rounds::Results;
use crate::search::SEARCHES;
use crate::sqlite_bed::SqliteFacts;
use crate::summary::{Row, Summary};
use crate::test_bed::Facts;

/// Searches that take longer than this by hand are compared with that; shorter ones are mostly the way there and back.
const LONG_MS: f64 = 5.0;

/// The ratio of a creation to the baseline that shows that something is broken.
const FAR_BELOW: f64 = 0.6;

/// An aim.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Aim {
    pub(crate) what: String,
    /// The bound, as text.
    pub(crate) bound: String,
    /// What was measured; `None` if it was not.
    pub(crate) reached: Option<f64>,
    /// Whether that is within the bound.
    pub(crate) holds: Option<bool>,
}

impl Aim {
    fn at_least(what: impl Into<String>, least: f64, reached: Option<f64>) -> Self {
        let holds = reached.map(|reached| reached >= least);
        Self { what: what.into(), bound: format!("≥ {least}"), reached, holds }
    }

    fn at_most(what: impl Into<String>, most: f64, reached: Option<f64>) -> Self {
        let holds = reached.map(|reached| reached <= most);
        Self { what: what.into(), bound: format!("≤ {most}"), reached, holds }
    }

    /// All of them.
    pub(crate) fn all(summary: &Summary, results: &Results, facts: &Facts) -> Vec<Self> {
        let mut aims = Vec::new();
        for connections in [8, 32] {
            let ratio = ratio(summary.row("create", connections, Who::Service));
            aims.push(Self::at_least(
                format!("create over HTTP / floor at {connections} connections, rate"),
                0.85,
                ratio,
            ));
        }
        let get = ratio(summary.row("get", 8, Who::Service));
        aims.push(Self::at_least("get over HTTP / floor at 8 connections, rate", 0.5, get));
        for search in SEARCHES {
            aims.extend(Self::of_search(search.name, summary));
        }
        for question in QUESTIONS {
            let p99 = summary.row(question.name, 8, Who::Service).map(|row| row.p99_ms);
            aims.push(Self::at_most(
                format!("{}: p99 at 8 connections, ms", question.name),
                question.limit_ms,
                p99,
            ));
        }
        for page in PAGES {
            let p99 = summary.row(page.name, 8, Who::Sqlite).map(|row| row.p99_ms);
            aims.push(Self::at_most(format!("{}: p99 at 8 connections, ms", page.name), page.limit_ms, p99));
        }
        let service = |task| summary.row(task, 8, Who::Service);
        for (task, most) in [("create", 350.0), ("get", 150.0)] {
            let spent = service(task).map(|row| row.service_us);
            aims.push(Self::at_most(
                format!("CPU of the service for a {task} at 8 connections, µs"),
                most,
                spent,
            ));
        }
        let create = service("create");
        let written = create.map(|row| row.log_kib * 1.024);
        aims.push(Self::at_most("log of writes for a create at 8 connections, KB", 6.0, written));
        let spent = create.map(|row| row.database_us);
        aims.push(Self::at_most("CPU of the database for a create at 8 connections, µs", 600.0, spent));
        for (task, least) in [("create", 7.0), ("get", 10.0), ("state and branch", 5.0)] {
            let peer = summary.row(task, 8, Who::Fastapi).map(Row::both_us);
            let times = peer.zip(service(task)).map(|(peer, row)| peer / row.both_us());
            aims.push(Self::at_least(
                format!("CPU of FastAPI / ours, with the database, {task}"),
                least,
                times,
            ));
        }
        let resident =
            results.resident.filter(|(_, connections)| *connections >= 64).map(|(mebibytes, _)| mebibytes);
        aims.push(Self::at_most("memory of the service after 64 connections, MiB", 60.0, resident));
        let ready = facts.ready_in.as_secs_f64() * 1000.0;
        aims.push(Self::at_most("ready on a migrated database, ms", 200.0, Some(ready)));
        aims.push(Self::at_most("size of the binary, MB", 20.0, Some(facts.binary_mebibytes * 1.048_576)));
        aims.extend(results.batch.iter().flat_map(Self::of_batch));
        if let Some(sqlite) = facts.sqlite {
            aims.extend(Self::of_sqlite(sqlite, summary, results));
        }
        aims
    }

    /// A batch of a hundred thousand rows, beside the same creations sent one by one.
    fn of_batch(batch: &BatchMeasured) -> [Self; 3] {
        let of = format!("batch of {} rows", batch.rows);
        let is_whole = batch.rows >= 100_000;
        [
            Self::at_least(
                format!("{of} / creations without HTTP, rate"),
                0.8,
                Some(batch.rate / batch.direct_rate),
            ),
            Self::at_most(format!("{of}: check, s"), 60.0, is_whole.then_some(batch.check_seconds)),
            Self::at_most(format!("{of}: growth of memory, MiB"), 64.0, Some(batch.grown_mebibytes)),
        ]
    }

    /// The data folder, beside PostgreSQL in the same run.
    fn of_sqlite(facts: SqliteFacts, summary: &Summary, results: &Results) -> [Self; 5] {
        let rate = |task, who| summary.row(task, 8, who).map(|row| row.rate.median);
        let ratio = |task| {
            rate(task, Who::Sqlite).zip(rate(task, Who::Service)).map(|(folder, server)| folder / server)
        };
        let of = format!("on a data folder with {} clients", facts.clients);
        let word = summary.row(SHARED_WORD, 8, Who::Sqlite).map(|row| row.p99_ms);
        [
            Self::at_least(
                "create over HTTP at 8 connections, SQLite / PostgreSQL, rate",
                0.6,
                ratio("create"),
            ),
            Self::at_least("get over HTTP at 8 connections, SQLite / PostgreSQL, rate", 1.0, ratio("get")),
            Self::at_most(
                format!("a word that a hundredth shares {of}, p99 at 8 connections, ms"),
                50.0,
                word,
            ),
            Self::at_most(
                format!("ready after a kill {of}, ms"),
                100.0,
                Some(facts.ready_in.as_secs_f64() * 1000.0),
            ),
            Self::at_most(format!("most memory of the service {of}, MiB"), 80.0, results.sqlite_resident),
        ]
    }

    /// At one connection where that was measured, and else at eight; the slowest in a hundred always at eight.
    fn of_search(name: &str, summary: &Summary) -> Vec<Self> {
        let pair = |connections| {
            Some((
                summary.row(name, connections, Who::Service)?,
                summary.row(name, connections, Who::Baseline)?,
            ))
        };
        let mut aims = Vec::new();
        if let Some((service, baseline)) = pair(1).or_else(|| pair(8))
            && baseline.p50_ms > LONG_MS
        {
            let ratio = service.p50_to_baseline.map(|spread| spread.median);
            aims.push(Self::at_most(
                format!("search, {name}: p50 over HTTP / by hand at {} connections", service.connections),
                1.3,
                ratio,
            ));
        }
        if let Some((service, _)) = pair(8) {
            aims.push(Self::at_most(
                format!("search, {name}: p99 at 8 connections, ms"),
                50.0,
                Some(service.p99_ms),
            ));
        }
        aims
    }
}

fn ratio(row: Option<&Row>) -> Option<f64> {
    row?.rate_to_baseline.map(|spread| spread.median)
}

/// Whether a ratio is so far below its aim that something is broken rather than slow.
pub(crate) fn far_below(summary: &Summary) -> Vec<String> {
    let below = [8, 32].into_iter().filter_map(|connections| {
        let ratio =
            ratio(summary.row("create", connections, Who::Service)).filter(|ratio| *ratio < FAR_BELOW)?;
        Some(format!(
            "create at {connections} connections is {ratio:.2} of the floor, which is less than {FAR_BELOW}"
        ))
    });
    below.collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::summary::tests::case;

    fn facts() -> Facts {
        Facts { ready_in: std::time::Duration::from_millis(250), binary_mebibytes: 10.0, ..Facts::default() }
    }

    #[test]
    fn measured_aims_are_reported_and_unmeasured_aims_are_open() {
        let cases = [case(0, Who::Baseline, 1000.0, 0.0), case(0, Who::Service, 800.0, 0.0)];
        let aims = Aim::all(&Summary::of(&cases), &Results::default(), &facts());
        let holds = |what: &str| aims.iter().find(|aim| aim.what.starts_with(what)).unwrap().holds;
        assert_eq!(holds("create over HTTP / floor at 8"), Some(false));
        assert_eq!(holds("create over HTTP / floor at 32"), None);
        assert_eq!(holds("CPU of the service for a create"), Some(true));
        assert_eq!(holds("ready"), Some(false));
        assert_eq!(holds("size"), Some(true));
        assert_eq!(holds("memory"), None);
    }

    #[test]
    fn data_folder_is_compared_with_postgresql() {
        let cases = [case(0, Who::Service, 1000.0, 0.0), case(0, Who::Sqlite, 550.0, 0.0)];
        let facts = Facts {
            sqlite: Some(SqliteFacts {
                clients: 200_000,
                ready_in: std::time::Duration::from_millis(90),
                ..SqliteFacts::default()
            }),
            ..facts()
        };
        let aims = Aim::all(
            &Summary::of(&cases),
            &Results { sqlite_resident: Some(81.0), ..Results::default() },
            &facts,
        );
        let of = |what: &str| aims.iter().find(|aim| aim.what.starts_with(what)).unwrap();
        assert_eq!(of("create over HTTP at 8 connections, SQLite").reached, Some(0.55));
        assert_eq!(of("create over HTTP at 8 connections, SQLite").holds, Some(false));
        assert_eq!(of("get over HTTP at 8 connections, SQLite").holds, None);
        assert_eq!(of("ready after a kill").holds, Some(true));
        assert_eq!(of("most memory").holds, Some(false));
    }

    #[test]
    fn smoke_test_fails_only_far_below_the_aim() {
        let of = |rate| Summary::of(&[case(0, Who::Baseline, 1000.0, 0.0), case(0, Who::Service, rate, 0.0)]);
        assert!(far_below(&of(610.0)).is_empty());
        assert_eq!(far_below(&of(590.0)).len(), 1);
    }
}
