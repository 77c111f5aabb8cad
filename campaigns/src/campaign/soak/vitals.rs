//! What a process holds, from moment to moment.

use std::time::Duration;

use crate::bench::Bench;
use crate::findings::Oracle;
use crate::report::Report;
use crate::{RunError, processes, schema};

/// How much more than at the beginning there may be at the end: open files and sessions are shared by what is going on.
const MORE_FILES: f64 = 24.0;
const MORE_SESSIONS: f64 = 16.0;
/// From this length on the slope of memory says something.
const LONG: Duration = Duration::from_hours(1);
/// How much memory may grow in an hour, and how much at all in a shorter run.
const MEBIBYTES_AN_HOUR: f64 = 1.0;
const MEBIBYTES: f64 = 24.0;

/// What a service holds at a moment.
#[derive(Clone, Copy, Debug)]
pub(super) struct Sample {
    at: Duration,
    mebibytes: f64,
    files: f64,
    sessions: f64,
}

impl Sample {
    pub(super) async fn take(bench: &mut Bench) -> Result<Self, RunError> {
        let process = bench.service()?.process();
        let kibibytes = u32::try_from(processes::kibibytes(process)).map_or(f64::MAX, f64::from);
        let files = std::fs::read_dir(format!("/proc/{process}/fd"))?.count();
        let sessions = bench.cluster()?.sql(schema::SESSIONS).await?.concat().concat();
        Ok(Self {
            at: bench.history.now(),
            mebibytes: kibibytes / 1024.0,
            files: u32::try_from(files).map_or(f64::MAX, f64::from),
            sessions: sessions.parse().unwrap_or(f64::MAX),
        })
    }
}

/// Everything that was seen.
#[derive(Debug, Default)]
pub(super) struct Vitals(Vec<Sample>);

impl Vitals {
    pub(super) fn add(&mut self, sample: Sample) {
        self.0.push(sample);
    }

    /// Reports how each of them went on after the first fifth, which warms caches up.
    pub(super) fn report(&self, report: &mut Report, length: Duration) {
        let after_warm_up = self.0.get(self.0.len() / 5..).unwrap_or_default();
        let (first, last) = after_warm_up.split_at(after_warm_up.len() / 2);
        let mean = |samples: &[Sample], of: fn(&Sample) -> f64| {
            let number = u32::try_from(samples.len().max(1)).map_or(1.0, f64::from);
            samples.iter().map(of).sum::<f64>() / number
        };
        let slope = slope(after_warm_up);
        report.measure("samples after the warm-up", after_warm_up.len());
        report.measure("memory, MiB an hour", (slope * 100.0).round() / 100.0);
        let mut compare = |what: &str, of: fn(&Sample) -> f64, more: f64| {
            let (begin, end) = (mean(first, of), mean(last, of));
            report.measure(
                what,
                serde_json::json!([(begin * 10.0).round() / 10.0, (end * 10.0).round() / 10.0]),
            );
            report
                .findings
                .expect(end <= begin + more, Oracle::Leak, || format!("{what}: {begin:.1}, then {end:.1}"));
        };
        compare("memory, MiB, first and last half", |sample| sample.mebibytes, MEBIBYTES);
        compare("open files, first and last half", |sample| sample.files, MORE_FILES);
        compare("sessions, first and last half", |sample| sample.sessions, MORE_SESSIONS);
        let steady = length < LONG || slope <= MEBIBYTES_AN_HOUR;
        report.findings.expect(steady, Oracle::Leak, || format!("memory grows by {slope:.2} MiB an hour"));
    }
}

/// How fast memory grows, by least squares, in MiB an hour.
fn slope(samples: &[Sample]) -> f64 {
    let number = u32::try_from(samples.len()).map_or(0.0, f64::from);
    let hours = |sample: &Sample| sample.at.as_secs_f64() / 3_600.0;
    let (mean_at, mean) = (
        samples.iter().map(hours).sum::<f64>() / number.max(1.0),
        samples.iter().map(|sample| sample.mebibytes).sum::<f64>() / number.max(1.0),
    );
    let covariance: f64 =
        samples.iter().map(|sample| (hours(sample) - mean_at) * (sample.mebibytes - mean)).sum();
    let variance: f64 = samples.iter().map(|sample| (hours(sample) - mean_at).powi(2)).sum();
    if variance > 0.0 { covariance / variance } else { 0.0 }
}
