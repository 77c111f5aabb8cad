//! Load: concurrent callers, each of which sends its next request as soon as it is answered.

use std::future::Future;
use std::time::{Duration, Instant};

use clients_campaigns::RunError;
use tokio::task::JoinSet;

use crate::latencies::Latencies;

/// How often each caller asks before it is measured: the server plans a statement again for its first five values.
const WARM_UP: u64 = 6;

/// How long it is measured.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Length {
    Seconds(u64),
    /// This many requests of each caller: enough to see that it works.
    Requests(u64),
}

/// What was done.
#[derive(Clone, Debug)]
pub(crate) struct Done {
    /// How many were measured.
    pub(crate) requests: u64,
    /// The number of unmeasured requests, for warm-up and at the end.
    pub(crate) besides: u64,
    pub(crate) seconds: f64,
    pub(crate) latencies: Latencies,
}

/// A caller.
pub(crate) trait Calls: Send + 'static {
    /// Asks once and checks the answer; false where there is nothing left to ask for.
    fn call(&mut self) -> impl Future<Output = Result<bool, RunError>> + Send;
}

/// Lets all callers run concurrently until the time is over, each to the end of its last answer. The first wrong answer
/// ends it.
pub(crate) async fn run<C: Calls>(callers: Vec<C>, length: Length) -> Result<Done, RunError> {
    let begun = Instant::now();
    let mut running = JoinSet::new();
    for caller in callers {
        running.spawn(repeat(caller, begun, length));
    }
    let mut latencies = Latencies::default();
    while let Some(ended) = running.join_next().await {
        latencies.extend(ended.map_err(RunError::during("a caller"))??);
    }
    Ok(Done {
        requests: latencies.count() as u64,
        besides: 0,
        seconds: begun.elapsed().as_secs_f64(),
        latencies,
    })
}

/// Lets all call a few times, so that sessions are there and statements prepared and planned; how many answers that were.
pub(crate) async fn warmed<C: Calls>(callers: Vec<C>) -> Result<(Vec<C>, u64), RunError> {
    let mut running = JoinSet::new();
    for mut caller in callers {
        running.spawn(async move {
            let mut answers = 0;
            while answers < WARM_UP && caller.call().await? {
                answers += 1;
            }
            Ok::<_, RunError>((caller, answers))
        });
    }
    let (mut callers, mut all) = (Vec::new(), 0);
    while let Some(ended) = running.join_next().await {
        let (caller, answers) = ended.map_err(RunError::during("a caller"))??;
        callers.push(caller);
        all += answers;
    }
    Ok((callers, all))
}

async fn repeat<C: Calls>(mut caller: C, begun: Instant, length: Length) -> Result<Latencies, RunError> {
    let mut latencies = Latencies::default();
    loop {
        let goes_on = match length {
            Length::Seconds(seconds) => begun.elapsed() < Duration::from_secs(seconds),
            Length::Requests(each) => (latencies.count() as u64) < each,
        };
        let asked = Instant::now();
        if !goes_on || !caller.call().await? {
            return Ok(latencies);
        }
        latencies.add(asked.elapsed().as_micros());
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    struct Counts(u64);

    impl Calls for Counts {
        async fn call(&mut self) -> Result<bool, RunError> {
            self.0 = self.0.saturating_sub(1);
            if self.0 == 7 { Err(RunError::new("seven")) } else { Ok(self.0 > 0) }
        }
    }

    #[tokio::test]
    async fn callers_stop_at_their_limit_or_without_requests() {
        let done = run(vec![Counts(1000), Counts(4)], Length::Requests(20)).await.unwrap();
        assert_eq!(done.requests, 20 + 3);
    }

    #[tokio::test]
    async fn warm_up_is_counted_separately() {
        let (callers, answers) = warmed(vec![Counts(100), Counts(3)]).await.unwrap();
        assert_eq!((callers.len(), answers), (2, WARM_UP + 2));
    }

    #[tokio::test]
    async fn one_wrong_answer_voids_the_run() {
        let ended = run(vec![Counts(100), Counts(9)], Length::Requests(50)).await;
        assert_eq!(ended.unwrap_err().to_string(), "seven");
    }
}
