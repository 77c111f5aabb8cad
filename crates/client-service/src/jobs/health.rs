//! The health of the background jobs, for `/readyz` and for metrics.

use std::collections::BTreeMap;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use client_app::ports::Clock as _;
use client_app::{Check, CheckName, CheckState, JobReport, JobReports, StandingCheck};
use jiff::Timestamp;
use metrics::{Unit, counter, describe_counter, describe_gauge, describe_histogram, gauge, histogram};

use super::round::JobFailure;
use crate::system::SystemClock;

/// A job with so many failures in a row fails the readiness of the service.
const MAX_FAILURES: u32 = 5;

/// The state of every job.
#[derive(Debug)]
pub(crate) struct JobHealth(Mutex<BTreeMap<&'static str, JobState>>);

#[derive(Clone, Copy, Debug, Default)]
struct JobState {
    /// Failures since the last round that succeeded.
    failures: u32,
    /// What the last failure was.
    cause: Cause,
    /// When a round last succeeded.
    last_success: Option<Timestamp>,
}

/// What a failure of a job means for the readiness of the service.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Cause {
    /// The job fails, so the service is not ready.
    #[default]
    Broken,
    /// The storage is away, for which `/readyz` has checks of its own.
    Storage,
    /// A system is away that no request of the API needs.
    Elsewhere,
}

impl JobHealth {
    pub(super) fn new() -> Self {
        describe_gauge!("job_up", "Whether the last round of a background job succeeded.");
        describe_counter!(
            "job_restarts_total",
            "Rounds of a background job that failed and were started again."
        );
        let last = "job_last_success_timestamp_seconds";
        describe_gauge!(
            last,
            Unit::Seconds,
            "When a round of a background job last succeeded, or else when the job was started."
        );
        let duration = "job_duration_seconds";
        describe_histogram!(duration, Unit::Seconds, "How long the rounds of a background job took.");
        Self(Mutex::default())
    }

    pub(super) fn started(&self, job: &'static str) {
        self.update(job, |state| *state = JobState::default());
        counter!("job_restarts_total", "job" => job).increment(0);
        gauge!("job_up", "job" => job).set(1.0);
        // A job whose first round hangs is noticed too.
        let seconds = SystemClock.now().as_duration().as_secs_f64();
        gauge!("job_last_success_timestamp_seconds", "job" => job).set(seconds);
    }

    pub(super) fn succeeded(&self, job: &'static str) {
        let now = SystemClock.now();
        self.update(job, |state| *state = JobState { last_success: Some(now), ..JobState::default() });
        gauge!("job_up", "job" => job).set(1.0);
        let seconds = now.as_duration().as_secs_f64();
        gauge!("job_last_success_timestamp_seconds", "job" => job).set(seconds);
    }

    /// Returns how many rounds have failed in a row.
    pub(super) fn failed(&self, job: &'static str, failure: &JobFailure) -> u32 {
        counter!("job_restarts_total", "job" => job).increment(1);
        gauge!("job_up", "job" => job).set(0.0);
        self.update(job, |state| {
            state.failures = state.failures.saturating_add(1);
            state.cause = match failure {
                JobFailure::Outage { .. } => Cause::Storage,
                JobFailure::Elsewhere(_) => Cause::Elsewhere,
                JobFailure::Broken(_) => Cause::Broken,
            };
            state.failures
        })
    }

    fn update<T>(&self, job: &'static str, change: impl FnOnce(&mut JobState) -> T) -> T {
        let mut jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        change(jobs.entry(job).or_default())
    }

    fn state(&self) -> CheckState {
        let jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let named = |cause: Cause| {
            let failing =
                jobs.iter().filter(move |(_, state)| state.failures >= MAX_FAILURES && state.cause == cause);
            let names = failing.map(|(job, _)| *job).collect::<Vec<_>>().join(", ");
            Some(names).filter(|names| !names.is_empty())
        };
        if let Some(broken) = named(Cause::Broken) {
            return CheckState::Failed(format!("Background jobs fail again and again: {broken}."));
        }
        if let Some(waiting) = named(Cause::Storage) {
            return CheckState::Warning(format!("Background jobs wait for the storage: {waiting}."));
        }
        if let Some(waiting) = named(Cause::Elsewhere) {
            return CheckState::Warning(format!("Background jobs wait for another system: {waiting}."));
        }
        CheckState::Ok
    }
}

/// A round of this job took so long.
pub(super) fn took(job: &'static str, time: Duration) {
    histogram!("job_duration_seconds", "job" => job).record(time);
}

impl JobReports for JobHealth {
    fn jobs(&self) -> Vec<JobReport> {
        let jobs = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        let report = |(name, state): (&&'static str, &JobState)| JobReport {
            name,
            failures: state.failures,
            last_success: state.last_success,
        };
        jobs.iter().map(report).collect()
    }
}

impl StandingCheck for JobHealth {
    fn check(&self) -> Check {
        Check::new(CheckName::Jobs, self.state())
    }
}
