//! The rounds of each case together.

use serde::Serialize;

use crate::case::Who;
use crate::rounds::Measured;
use crate::spread::Spread;

/// A machine of which others had more than this is busy: rates say little, and only ratios are quoted.
const BUSY_PERCENT: f64 = 20.0;

/// A case over all rounds. Values without a spread are medians.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Row {
    pub(crate) task: &'static str,
    pub(crate) connections: usize,
    pub(crate) who: Who,
    pub(crate) rounds: usize,
    pub(crate) rate: Spread,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// None: one wrong answer voids the run.
    pub(crate) errors: u64,
    pub(crate) service_us: f64,
    pub(crate) database_us: f64,
    pub(crate) load_us: f64,
    pub(crate) log_kib: f64,
    pub(crate) foreign_percent: f64,
    /// Rate by the rate of the baseline in the same round.
    #[serde(rename = "rate_to_floor")]
    pub(crate) rate_to_baseline: Option<Spread>,
    /// Median latency by the baseline's in the same round.
    #[serde(rename = "p50_to_floor")]
    pub(crate) p50_to_baseline: Option<Spread>,
}

/// Every row, in the order in which cases were first measured.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Summary(Vec<Row>);

impl Summary {
    pub(crate) fn of(cases: &[Measured]) -> Self {
        let mut rows: Vec<Row> = Vec::new();
        for case in cases {
            if !rows.iter().any(|row| row.is(case.task, case.connections, case.who)) {
                rows.extend(row(cases, case));
            }
        }
        Self(rows)
    }

    pub(crate) fn rows(&self) -> &[Row] {
        &self.0
    }

    /// The row of a case, if it was measured.
    pub(crate) fn row(&self, task: &str, connections: usize, who: Who) -> Option<&Row> {
        self.0.iter().find(|row| row.is(task, connections, who))
    }

    /// How much of the machine others had in the worst of all cases.
    pub(crate) fn foreign_percent(&self) -> f64 {
        self.0.iter().map(|row| row.foreign_percent).fold(0.0, f64::max)
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.foreign_percent() > BUSY_PERCENT
    }
}

impl Row {
    fn is(&self, task: &str, connections: usize, who: Who) -> bool {
        (self.task, self.connections, self.who) == (task, connections, who)
    }

    /// Processor time of service and database together.
    pub(crate) fn both_us(&self) -> f64 {
        self.service_us + self.database_us
    }

    pub(crate) fn is_busy(&self) -> bool {
        self.foreign_percent > BUSY_PERCENT
    }
}

fn row(cases: &[Measured], one: &Measured) -> Option<Row> {
    let same = |other: &&Measured| (other.task, other.connections) == (one.task, one.connections);
    let mine: Vec<&Measured> = cases.iter().filter(same).filter(|other| other.who == one.who).collect();
    let baseline: Vec<&Measured> =
        cases.iter().filter(same).filter(|other| other.who == Who::Baseline).collect();
    let spread = |value: fn(&Measured) -> f64| Spread::of(mine.iter().map(|case| value(case)));
    let median = |value: fn(&Measured) -> f64| spread(value).map_or(0.0, |spread| spread.median);
    let to_baseline = |value: fn(&Measured) -> f64| {
        let of_round = |case: &&Measured| {
            let baseline = baseline.iter().find(|baseline| baseline.round == case.round)?;
            Some((value(case), value(baseline)))
        };
        let pairs = mine.iter().filter_map(of_round);
        Spread::of_ratios(pairs).filter(|_| one.who != Who::Baseline)
    };
    Some(Row {
        task: one.task,
        connections: one.connections,
        who: one.who,
        rounds: mine.len(),
        rate: spread(|case| case.rate)?,
        p50_ms: median(|case| case.p50_ms),
        p99_ms: median(|case| case.p99_ms),
        errors: 0,
        service_us: median(|case| case.service_us),
        database_us: median(|case| case.database_us),
        load_us: median(|case| case.load_us),
        log_kib: median(|case| case.log_kib),
        foreign_percent: median(|case| case.foreign_percent),
        rate_to_baseline: to_baseline(|case| case.rate),
        p50_to_baseline: to_baseline(|case| case.p50_ms),
    })
}

#[cfg(test)]
pub(crate) mod tests {
    use super::*;

    pub(crate) fn case(round: usize, who: Who, rate: f64, foreign_percent: f64) -> Measured {
        Measured {
            round,
            task: "create",
            who,
            connections: 8,
            requests: 100,
            rate,
            p50_ms: 1000.0 / rate,
            p99_ms: 40.0,
            service_us: 200.0,
            database_us: 600.0,
            load_us: 30.0,
            log_kib: 5.5,
            foreign_percent,
        }
    }

    #[test]
    fn ratios_are_per_round_and_the_baseline_has_none() {
        let summary = Summary::of(&[
            case(0, Who::Baseline, 1000.0, 1.0),
            case(0, Who::Service, 900.0, 2.0),
            case(1, Who::Service, 400.0, 4.0),
            case(1, Who::Baseline, 500.0, 3.0),
        ]);
        assert_eq!(summary.rows().len(), 2);
        let service = summary.row("create", 8, Who::Service).unwrap();
        let ratio = service.rate_to_baseline.unwrap();
        assert!((ratio.median - 0.85).abs() < 1e-9 && (ratio.most - 0.9).abs() < 1e-9);
        assert_eq!((service.rounds, service.rate.median), (2, 650.0));
        assert!(summary.row("create", 8, Who::Baseline).unwrap().rate_to_baseline.is_none());
        assert!(summary.row("create", 1, Who::Service).is_none());
    }

    #[test]
    fn machine_used_by_other_processes_is_busy() {
        assert!(!Summary::of(&[case(0, Who::Baseline, 1.0, 20.0)]).is_busy());
        assert!(Summary::of(&[case(0, Who::Baseline, 1.0, 20.1)]).is_busy());
    }
}
