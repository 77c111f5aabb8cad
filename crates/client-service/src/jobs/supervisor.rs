//! One owner of all background jobs: it starts their rounds, restarts what fails, and waits for their end.

use std::future::Future;
use std::sync::Arc;
use std::time::Duration;

use client_app::ports::StoreError;
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;
use tokio_util::task::{AbortOnDropHandle, TaskTracker};

use super::health::JobHealth;

/// How long a job rests after failures.
#[derive(Clone, Copy, Debug)]
struct BackOff {
    /// After the first failure; twice as long after each further one.
    first: Duration,
    /// The limit.
    longest: Duration,
}

impl BackOff {
    fn after(self, failures: u32) -> Duration {
        let factor = 1_u32.checked_shl(failures.saturating_sub(1)).unwrap_or(u32::MAX);
        self.first.saturating_mul(factor).min(self.longest)
    }
}

impl Default for BackOff {
    fn default() -> Self {
        Self { first: Duration::from_secs(1), longest: Duration::from_mins(1) }
    }
}

/// Why a round of a job failed. The text is for the log and holds no personal data.
#[derive(Debug, thiserror::Error)]
pub(super) enum JobFailure {
    /// The storage did not answer. That is no fault of the job, and it passes.
    #[error("{error}")]
    Outage {
        error: StoreError,
        /// The rest that the job asks for, where it knows better.
        rest: Option<Duration>,
    },
    /// Something that does not pass by itself.
    #[error("{0}")]
    Broken(String),
}

impl From<StoreError> for JobFailure {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::Corrupt { .. } => Self::Broken(error.to_string()),
            StoreError::Unavailable(_) | StoreError::TimedOut(_) => Self::Outage { error, rest: None },
        }
    }
}

/// What a round of a job answers: how long the job rests before the next one.
pub(super) type Round = Result<Duration, JobFailure>;

/// What happens to a round that has begun when the program stops.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum AtStop {
    /// It is cut: everything that it has done is committed.
    Cut,
    /// It is waited for, up to the drain deadline.
    Finish,
}

/// Runs jobs until it is told to stop.
#[derive(Debug)]
pub(crate) struct Supervisor {
    tasks: TaskTracker,
    stop: CancellationToken,
    /// Cancelled at the drain deadline.
    cut: CancellationToken,
    health: Arc<JobHealth>,
    back_off: BackOff,
}

impl Supervisor {
    /// A supervisor without jobs, whose jobs end after `stop`.
    pub(crate) fn new(stop: CancellationToken) -> Self {
        Self {
            tasks: TaskTracker::new(),
            stop,
            cut: CancellationToken::new(),
            health: Arc::new(JobHealth::new()),
            back_off: BackOff::default(),
        }
    }

    /// How the jobs are.
    pub(crate) fn health(&self) -> Arc<JobHealth> {
        self.health.clone()
    }

    /// Told when the jobs are to end.
    pub(super) fn stop(&self) -> &CancellationToken {
        &self.stop
    }

    /// Starts a job: after `first_rest` a round, then the rest that the round asks for, and so on.
    ///
    /// A round that answers an error or panics is started again after a back-off.
    pub(super) fn start<F, R>(&self, job: &'static str, first_rest: Duration, at_stop: AtStop, round: R)
    where
        F: Future<Output = Round> + Send + 'static,
        R: Fn() -> F + Send + Sync + 'static,
    {
        let (stop, cut, health) = (self.stop.clone(), self.cut.clone(), self.health.clone());
        let back_off = self.back_off;
        health.started(job);
        let rounds = async move {
            let mut rest = first_rest;
            while stop.run_until_cancelled(sleep(rest)).await.is_some() {
                // In a task of its own, so that a panic ends the round and not the job.
                let round = AbortOnDropHandle::new(tokio::spawn(round()));
                let ended = match at_stop {
                    AtStop::Finish => Some(round.await),
                    AtStop::Cut => stop.run_until_cancelled(round).await,
                };
                rest = match ended {
                    None => return,
                    Some(Ok(Ok(rest))) => {
                        health.succeeded(job);
                        rest
                    }
                    Some(Ok(Err(failure))) => failed(&health, job, &failure, back_off),
                    Some(Err(_)) => {
                        failed(&health, job, &JobFailure::Broken("it panicked".to_owned()), back_off)
                    }
                };
            }
        };
        self.tasks.spawn(async move { cut.run_until_cancelled(rounds).await });
    }

    /// Waits until all jobs have ended, and cuts those that have not at the deadline; answers how many.
    pub(crate) async fn finish(self, deadline: Duration) -> usize {
        self.tasks.close();
        if timeout(deadline, self.tasks.wait()).await.is_ok() {
            return 0;
        }
        let unfinished = self.tasks.len();
        self.cut.cancel();
        self.tasks.wait().await;
        tracing::warn!(unfinished, "background jobs were cut at the drain deadline");
        unfinished
    }
}

/// Notes a failure and answers the rest before the next round.
fn failed(health: &JobHealth, job: &'static str, failure: &JobFailure, back_off: BackOff) -> Duration {
    let failures = health.failed(job, failure);
    let rest = match failure {
        JobFailure::Outage { rest: Some(rest), .. } => *rest,
        _ => back_off.after(failures),
    };
    tracing::warn!(job, failures, error = %failure, rest = ?rest, "a background job failed and is started again");
    rest
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicU32, Ordering::SeqCst};
    use std::time::Instant;

    use client_app::StandingCheck as _;

    use super::*;

    const HOUR: Duration = Duration::from_hours(1);

    fn hasty(stop: &CancellationToken) -> Supervisor {
        let back_off = BackOff { first: Duration::from_millis(5), longest: Duration::from_millis(40) };
        Supervisor { back_off, ..Supervisor::new(stop.clone()) }
    }

    /// Waits until the check of the jobs is in this state, at most five seconds.
    async fn becomes(supervisor: &Supervisor, state: &str) -> Option<String> {
        let begun = Instant::now();
        loop {
            let check = supervisor.health().check();
            if check.state.name() == state {
                return check.state.message().map(str::to_owned);
            }
            assert!(begun.elapsed() < Duration::from_secs(5), "never {state}: {check:?}");
            sleep(Duration::from_millis(1)).await;
        }
    }

    #[tokio::test]
    async fn panicking_job_is_restarted_and_fails_readiness_until_it_succeeds() {
        let stop = CancellationToken::new();
        let supervisor = hasty(&stop);
        let rounds = Arc::new(AtomicU32::new(0));
        let heals = Arc::new(AtomicU32::new(u32::MAX));
        let (counted, healing) = (rounds.clone(), heals.clone());
        supervisor.start("fragile", Duration::ZERO, AtStop::Cut, move || {
            let round = counted.fetch_add(1, SeqCst) + 1;
            let heals = healing.load(SeqCst);
            async move {
                assert!(round >= heals, "a panic for the test");
                Ok(HOUR)
            }
        });
        let message = becomes(&supervisor, "failed").await.unwrap();
        assert!(message.contains("fragile"), "{message}");
        assert!(rounds.load(SeqCst) >= 5, "a few failures in a row are no alarm");
        heals.store(0, SeqCst);
        becomes(&supervisor, "ok").await;
        stop.cancel();
        assert_eq!(supervisor.finish(HOUR).await, 0);
    }

    #[tokio::test]
    async fn outage_of_the_storage_warns_and_broken_round_fails() {
        for (broken, expected) in [(false, "warning"), (true, "failed")] {
            let stop = CancellationToken::new();
            let supervisor = hasty(&stop);
            supervisor.start("waiting", Duration::ZERO, AtStop::Cut, move || async move {
                let what = "a row".to_owned();
                let error = if broken { StoreError::Corrupt { what } } else { StoreError::Unavailable(None) };
                Err(error.into())
            });
            becomes(&supervisor, expected).await;
            stop.cancel();
            assert_eq!(supervisor.finish(HOUR).await, 0);
        }
    }

    #[tokio::test]
    async fn stop_cuts_one_round_and_waits_for_the_other_up_to_the_deadline() {
        let short = Duration::from_millis(20);
        for (at_stop, takes, deadline, unfinished) in
            [(AtStop::Cut, HOUR, HOUR, 0), (AtStop::Finish, short, HOUR, 0), (AtStop::Finish, HOUR, short, 1)]
        {
            let stop = CancellationToken::new();
            let supervisor = hasty(&stop);
            let (begun, mut has_begun) = tokio::sync::mpsc::unbounded_channel();
            supervisor.start("long", Duration::ZERO, at_stop, move || {
                let begun = begun.clone();
                async move {
                    begun.send(()).unwrap();
                    sleep(takes).await;
                    Ok(HOUR)
                }
            });
            has_begun.recv().await.unwrap();
            stop.cancel();
            assert_eq!(supervisor.finish(deadline).await, unfinished, "{at_stop:?} {deadline:?}");
        }
    }

    #[test]
    fn back_off_grows_to_its_limit_and_never_overflows() {
        let seconds = |failures| BackOff::default().after(failures).as_secs();
        assert_eq!([1, 2, 3, 7, 8, 40, u32::MAX].map(seconds), [1, 2, 4, 60, 60, 60, 60]);
    }
}
