//! PostgreSQL is killed, in part or as a whole, or stopped, while 32 writers repeat their orders until they are done.

use std::time::{Duration, Instant};

use tokio::time::sleep;

use crate::bench::Bench;
use crate::caller::Retry;
use crate::findings::Oracle;
use crate::options::{Options, Setup};
use crate::report::Report;
use crate::{RunError, Stop, plain_http};

/// What is done to the server, one after the other.
const OUTAGES: [Outage; 5] = [
    Outage::All,
    Outage::One("clients clients"),
    Outage::One("checkpointer"),
    Outage::Stop(Stop::Fast),
    Outage::Stop(Stop::Immediate),
];

#[derive(Clone, Copy, Debug)]
enum Outage {
    /// Every process is killed at the same time.
    All,
    /// One process is killed, and the server restarts itself.
    One(&'static str),
    /// The server is stopped.
    Stop(Stop),
}

/// How long the service may take to say that it is not ready.
const NOTICE: Duration = Duration::from_secs(10);
/// How long a campaign waits for the first success after a recovery.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Causes one outage a round and waits until orders are done again.
///
/// The control puts back a copy of the data that was taken before: whatever was acknowledged since is lost.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let mut bench = Bench::open("database-killed", options, Setup::default()).await?;
    bench.cluster()?;
    let writers = bench.write(32, Retry::SameKey, "w");
    let (mut accepting, mut first_success) = (Vec::new(), Vec::new());
    let rounds = if options.control { 1 } else { options.rounds(5, 250) };
    if options.control {
        bench.report.control = Some(Oracle::Lost);
        sleep(Duration::from_secs(1)).await;
        restore_old_copy(&mut bench).await?;
    }
    for (round, outage) in (0..rounds).zip(OUTAGES.iter().cycle()) {
        sleep(bench.random.millis(300, 1_500)).await;
        accepting.push(cause(&mut bench, *outage, round < 5).await?);
        let accepts = bench.history.now();
        let took = first_success_from(&bench, accepts).await;
        bench.recovered(took, "first success after the server accepts");
        first_success.push(took);
        bench.progress(round + 1, rounds);
    }
    sleep(Duration::from_millis(500)).await;
    bench.finish(writers).await;
    bench.report.measure("blows", rounds);
    bench.report.measure("of each kind, at least", rounds / OUTAGES.len() as u64);
    bench.report.measure_times("server accepts after, s", accepting);
    bench.report.measure_times("first success then after, s", first_success);
    if !bench.service()?.runs() {
        bench.find(Oracle::Broken, "the service has ended");
    }
    check_pages(&mut bench).await?;
    bench.expect_all_done();
    bench.check().await
}

/// Causes the outage and starts the server again: how long it took to accept connections.
async fn cause(bench: &mut Bench, outage: Outage, look: bool) -> Result<Duration, RunError> {
    match outage {
        Outage::One(title) => {
            let begun = Instant::now();
            if !bench.cluster()?.kill_one(title) {
                bench.find(Oracle::Broken, format!("there is no {title} to kill"));
            }
            // The postmaster takes a moment to see it.
            sleep(Duration::from_millis(100)).await;
            bench.cluster()?.restart().await?;
            return Ok(begun.elapsed());
        }
        Outage::All => bench.cluster()?.kill(),
        Outage::Stop(how) => bench.cluster()?.stop(how).await?,
    }
    let down = bench.history.now();
    if look {
        wait_until_not_ready(bench).await?;
    } else {
        sleep(bench.random.millis(100, 1_000)).await;
    }
    let successes = bench.history.successes_between(down, bench.history.now());
    if successes > 0 {
        bench.find(Oracle::WrongAnswer, format!("{successes} successes while the server was down"));
    }
    bench.cluster()?.restart().await
}

async fn wait_until_not_ready(bench: &mut Bench) -> Result<(), RunError> {
    let http = plain_http()?;
    let begun = Instant::now();
    while bench.service()?.is_ready(&http).await {
        if begun.elapsed() > NOTICE {
            bench.find(Oracle::WrongAnswer, "ready, without a database");
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    Ok(())
}

async fn first_success_from(bench: &Bench, moment: Duration) -> Duration {
    loop {
        let now = bench.history.now();
        if let Some(success) = bench.history.first_success_from(moment) {
            return success.saturating_sub(moment);
        }
        if now.saturating_sub(moment) > TIMEOUT {
            return now.saturating_sub(moment);
        }
        sleep(Duration::from_millis(10)).await;
    }
}

async fn restore_old_copy(bench: &mut Bench) -> Result<(), RunError> {
    let cluster = bench.cluster()?;
    cluster.stop(Stop::Fast).await?;
    cluster.save_copy()?;
    cluster.restart().await?;
    first_success_from(bench, bench.history.now()).await;
    sleep(Duration::from_secs(1)).await;
    let cluster = bench.cluster()?;
    cluster.kill();
    cluster.restore_copy()?;
    cluster.restart().await?;
    Ok(())
}

/// Checks every page of every table and index, if `pg_amcheck` is installed.
async fn check_pages(bench: &mut Bench) -> Result<(), RunError> {
    let (Some(tools), Some(cluster)) = (&bench.tools, &bench.cluster) else { return Ok(()) };
    let mut amcheck = tools.program("pg_amcheck");
    amcheck.args(["-h", "127.0.0.1", "-p", &cluster.port().to_string(), "-U", "postgres", "-d", "clients"]);
    amcheck.args(["--install-missing", "--heapallindexed"]);
    match tokio::process::Command::from(amcheck).kill_on_drop(true).output().await {
        Ok(output) if output.status.success() => bench.report.measure("pages", "whole (pg_amcheck)"),
        Ok(output) => {
            let output = [output.stdout, output.stderr].concat();
            bench.find(Oracle::Broken, format!("pg_amcheck: {}", String::from_utf8_lossy(&output).trim()));
        }
        Err(error) => bench.report.measure("pages", format!("not checked: pg_amcheck: {error}")),
    }
    Ok(())
}
