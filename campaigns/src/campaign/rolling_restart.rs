//! Two services are stopped and started in turn while callers work.

use std::time::Duration;

use tokio::io::AsyncWriteExt as _;
use tokio::net::TcpStream;
use tokio::time::sleep;

use crate::bench::Bench;
use crate::findings::Oracle;
use crate::options::{Options, Setup};
use crate::report::Report;
use crate::{RunError, processes};

/// Writers on each service; they rest so that a request is rarely in progress and often enough.
const WRITERS: u64 = 12;
const REST: Duration = Duration::from_millis(20);
/// A stop takes its notice of a second and its drain deadline at most, and a moment.
const STOP: Duration = Duration::from_secs(15);
/// How long each service works between two stops.
const PAUSE: Duration = Duration::from_millis(300);

/// No request that a service has received is left without its answer, and no stop takes longer than it may, whatever is
/// open at that moment: half a request, and a connection on which nothing was sent.
///
/// The control kills the services instead of stopping them.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let mut bench =
        Bench::open("rolling-restart", options, Setup { services: 2, ..Setup::default() }).await?;
    bench.report.control = options.control.then_some(Oracle::WrongAnswer);
    let crews = [bench.write_slowly(0, WRITERS, REST, "a"), bench.write_slowly(1, WRITERS, REST, "b")];
    let rolls = options.rounds(4, 200);
    let mut stops = Vec::new();
    let mut starts = Vec::new();
    for roll in 0..rolls {
        sleep(PAUSE).await;
        let at = usize::try_from(roll % 2).unwrap_or_default();
        let (from, stopped, started) = one_roll(&mut bench, at, options.control).await?;
        stops.push(stopped);
        starts.push(started);
        let to = bench.history.now();
        bench.answer_rules.away.push((from, to));
        bench.progress(roll + 1, rolls);
    }
    for crew in crews {
        bench.finish(crew).await;
    }
    let slow = stops.iter().filter(|took| **took > STOP).count();
    bench.report.findings.expect(slow == 0, Oracle::Recovery, || format!("{slow} stops took too long"));
    bench.report.measure("rolls", rolls);
    bench.report.measure_times("stopped in, s", stops);
    bench.report.measure_times("ready in, s", starts);
    let unanswered = bench.history.attempts().into_iter().filter(|one| one.status == 0);
    let (refused, cut): (Vec<_>, Vec<_>) = unanswered.partition(|one| one.never_sent);
    bench.report.measure("refused connections", refused.len());
    bench.report.measure("cut without an answer", cut.len());
    for attempt in cut {
        bench.find(Oracle::WrongAnswer, format!("sent at {:?} and cut at {:?}", attempt.start, attempt.end));
    }
    bench.expect_all_done();
    bench.check().await
}

/// Stops a service and starts it again: since when it takes no request, and how long both took.
async fn one_roll(
    bench: &mut Bench,
    at: usize,
    kill: bool,
) -> Result<(Duration, Duration, Duration), RunError> {
    let history = std::sync::Arc::clone(&bench.history);
    let service = bench.services.get_mut(at).ok_or_else(|| RunError::new("no service was started"))?;
    let mut half = TcpStream::connect(service.address()).await?;
    half.write_all(b"POST /api/bpm/cmd HTTP/1.1\r\nHost: clients\r\n").await?;
    let silent = TcpStream::connect(service.address()).await?;
    let from = history.now();
    let code = if kill {
        processes::signal("KILL", &[service.process()]);
        Some(0)
    } else {
        service.stop().await?
    };
    let stopped = history.now().saturating_sub(from);
    let started = service.restart().await?;
    drop((half, silent));
    bench.report.findings.expect(code == Some(0), Oracle::Broken, || format!("a stop ended with {code:?}"));
    Ok((from, stopped, started))
}
