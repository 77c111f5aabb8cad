//! The owner of all background jobs: it starts their rounds, restarts rounds that fail, and waits for their end.

use std::future::Future;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};
use tracing::field::Empty;
use tracing::{Instrument as _, debug_span};

use super::health::{self, JobHealth};
use super::round::{JobFailure, Round};

/// How long a job rests after failures.
#[derive(Clone, Copy, Debug)]
struct Backoff {
    /// After the first failure; twice as long after each further one.
    first: Duration,
    /// Never longer than this.
    max: Duration,
}

impl Backoff {
    fn after(self, failures: u32) -> Duration {
        let factor = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.max)
    }
}

impl Default for Backoff {
    fn default() -> Self {
        Self { first: Duration::from_secs(1), max: Duration::from_mins(1) }
    }
}

/// What happens to a round in progress when the program stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AtStop {
    /// It is cancelled: the work that it has done so far is committed.
    Cancel,
    /// The supervisor waits for it, up to the drain deadline.
    Finish,
}

/// Runs jobs until the program stops.
#[derive(Debug)]
pub(crate) struct Supervisor {
    tasks: TaskTracker,
    stop: CancellationToken,
    /// Cancelled at the drain deadline.
    deadline: CancellationToken,
    health: Arc<JobHealth>,
    backoff: Backoff,
}

impl Supervisor {
    /// A supervisor without jobs. Its jobs end after `stop` is cancelled.
    pub(crate) fn new(stop: CancellationToken) -> Self {
        Self {
            tasks: TaskTracker::new(),
            stop,
            deadline: CancellationToken::new(),
            health: Arc::new(JobHealth::new()),
            backoff: Backoff::default(),
        }
    }

    /// The health of the jobs, for readiness.
    pub(crate) fn health(&self) -> Arc<JobHealth> {
        self.health.clone()
    }

    /// Cancelled when the jobs have to end.
    pub(super) fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// Starts a job: a round after `first_rest`, and each further one after the rest that the round before it returned.
    ///
    /// A round that fails or panics is started again after a backoff.
    pub(super) fn start<F, R>(&self, job: &'static str, first_rest: Duration, at_stop: AtStop, round: R)
    where
        F: Future<Output = Round> + Send + 'static,
        R: Fn() -> F + Send + Sync + 'static,
    {
        let (stop, deadline, health) = (self.stop.clone(), self.deadline.clone(), self.health.clone());
        let backoff = self.backoff;
        health.started(job);
        let rounds = async move {
            let mut rest = first_rest;
            while stop.run_until_cancelled(sleep(rest)).await.is_some() {
                // In a task of its own: a panic then ends the round and not the job.
                let began = Instant::now();
                let round = AbortOnDropHandle::new(tokio::spawn(traced(job, round())));
                let ended = match at_stop {
                    AtStop::Finish => Some(round.await),
                    AtStop::Cancel => stop.run_until_cancelled(round).await,
                };
                health::took(job, began.elapsed());
                rest = match ended {
                    None => return,
                    Some(Ok(Ok(rest))) => {
                        health.succeeded(job);
                        rest
                    }
                    Some(Ok(Err(failure))) => failed(&health, job, &failure, backoff),
                    Some(Err(_)) => {
                        failed(&health, job, &JobFailure::Broken("the round panicked".to_owned()), backoff)
                    }
                };
            }
        };
        self.tasks.spawn(async move { deadline.run_until_cancelled(rounds).await });
    }

    /// Waits until all jobs have ended, and cancels the others after `limit`. Returns how many were cancelled.
    pub(crate) async fn finish(self, limit: Duration) -> usize {
        self.tasks.close();
        if timeout(limit, self.tasks.wait()).await.is_ok() {
            return 0;
        }
        let unfinished = self.tasks.len();
        self.deadline.cancel();
        self.tasks.wait().await;
        tracing::warn!(unfinished, "background jobs were cancelled at the drain deadline");
        unfinished
    }
}

/// A round in a trace of its own.
async fn traced(job: &'static str, round: impl Future<Output = Round>) -> Round {
    let span = trace_context::root(None, || {
        debug_span!(
            target: trace_context::ROOT,
            parent: None,
            "job",
            otel.name = job,
            otel.status_code = Empty,
            clients.job = job,
        )
    });
    let ended = round.instrument(span.clone()).await;
    if ended.is_err() {
        span.record("otel.status_code", "ERROR");
    }
    ended
}

/// Records a failure, and returns the rest before the next round.
fn failed(health: &JobHealth, job: &'static str, failure: &JobFailure, backoff: Backoff) -> Duration {
    let failures = health.failed(job, failure);
    let rest = match failure {
        JobFailure::Outage { rest: Some(rest), .. } => *rest,
        _ => backoff.after(failures),
    };
    tracing::warn!(job, failures, error = %failure, rest = ?rest, "a background job failed and will be restarted");
    rest
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};

    use client_app::StandingCheck as _;
    use client_app::ports::StoreError;

    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn with_short_backoff(stop: &CancellationToken) -> Supervisor {
        let backoff = Backoff { first: Duration::from_millis(5), max: Duration::from_millis(40) };
        Supervisor { backoff, ..Supervisor::new(stop.clone()) }
    }

    /// Waits up to five seconds until the check of the jobs has this state, and returns its message.
    async fn wait_for_state(supervisor: &Supervisor, state: &str) -> Option<String> {
        let start = Instant::now();
        loop {
            let check = supervisor.health().check();
            if check.state.name() == state {
                return check.state.message().map(str::to_owned);
            }
            assert!(start.elapsed() < Duration::from_secs(5), "the state never became {state}: {check:?}");
            sleep(Duration::from_millis(1)).await;
        }
    }

    #[tokio::test]
    async fn panicking_job_is_restarted_and_fails_readiness_until_it_succeeds() {
        let stop = CancellationToken::new();
        let supervisor = with_short_backoff(&stop);
        let rounds = Arc::new(AtomicU32::new(0));
        let recovers_in = Arc::new(AtomicU32::new(u32::MAX));
        let (counter, recovery) = (rounds.clone(), recovers_in.clone());
        supervisor.start("panicking", Duration::ZERO, AtStop::Cancel, move || {
            let round = counter.fetch_add(1, SeqCst) + 1;
            let recovers_in = recovery.load(SeqCst);
            async move {
                assert!(round >= recovers_in, "a panic for the test");
                Ok(HOUR)
            }
        });
        let message = wait_for_state(&supervisor, "failed").await.unwrap();
        assert!(message.contains("panicking"), "{message}");
        assert!(rounds.load(SeqCst) >= 5, "a few failures in a row do not fail readiness");
        recovers_in.store(0, SeqCst);
        wait_for_state(&supervisor, "ok").await;
        stop.cancel();
        assert_eq!(supervisor.finish(HOUR).await, 0);
    }

    #[tokio::test]
    async fn outage_of_the_storage_warns_and_broken_round_fails() {
        for (broken, expected) in [(false, "warning"), (true, "failed")] {
            let stop = CancellationToken::new();
            let supervisor = with_short_backoff(&stop);
            supervisor.start("waiting", Duration::ZERO, AtStop::Cancel, move || async move {
                let what = "a row".to_owned();
                let error = if broken { StoreError::Corrupt { what } } else { StoreError::Unavailable(None) };
                Err(error.into())
            });
            wait_for_state(&supervisor, expected).await;
            stop.cancel();
            assert_eq!(supervisor.finish(HOUR).await, 0);
        }
    }

    #[tokio::test]
    async fn stop_cancels_or_finishes_a_round_up_to_the_deadline() {
        let short = Duration::from_millis(20);
        for (at_stop, takes, limit, unfinished) in [
            (AtStop::Cancel, HOUR, HOUR, 0),
            (AtStop::Finish, short, HOUR, 0),
            (AtStop::Finish, HOUR, short, 1),
        ] {
            let stop = CancellationToken::new();
            let supervisor = with_short_backoff(&stop);
            let (started, mut has_started) = tokio::sync::mpsc::unbounded_channel();
            supervisor.start("long", Duration::ZERO, at_stop, move || {
                let started = started.clone();
                async move {
                    started.send(()).unwrap();
                    sleep(takes).await;
                    Ok(HOUR)
                }
            });
            has_started.recv().await.unwrap();
            stop.cancel();
            assert_eq!(supervisor.finish(limit).await, unfinished, "{at_stop:?} {limit:?}");
        }
    }

    #[test]
    fn backoff_grows_to_its_maximum_without_overflow() {
        let seconds = |failures| Backoff::default().after(failures).as_secs();
        assert_eq!([1, 2, 3, 7, 8, 40, u32::MAX].map(seconds), [1, 2, 4, 60, 60, 60, 60]);
    }
}
