//! The service is killed while 32 writers repeat their orders until they are done.

use std::time::Duration;

use tokio::time::sleep;

use crate::RunError;
use crate::bench::Bench;
use crate::caller::Retry;
use crate::findings::Oracle;
use crate::options::{Options, Setup};
use crate::report::Report;

/// Kills the service at random moments and starts it again.
///
/// The control's writers repeat unanswered orders under another key: an order that was done without an answer is then
/// done twice.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let mut bench = Bench::open("service-killed", options, Setup::default()).await?;
    bench.report.control = options.control.then_some(Oracle::Doubled);
    let retry = if options.control { Retry::FreshKey } else { Retry::SameKey };
    let writers = bench.write(32, retry, "w");
    let rounds = options.rounds(10, 100);
    let mut back = Vec::new();
    for round in 0..rounds {
        sleep(bench.random.millis(50, 1_500)).await;
        let from = bench.history.now();
        let took = bench.service()?.restart().await?;
        bench.answer_rules.away.push((from, bench.history.now()));
        bench.recovered(took, "ready again");
        back.push(took);
        bench.progress(round + 1, rounds);
    }
    sleep(Duration::from_millis(500)).await;
    bench.finish(writers).await;
    bench.report.measure("kills", rounds);
    bench.report.measure_times("ready again after, s", back);
    bench.expect_all_done();
    bench.check().await
}
