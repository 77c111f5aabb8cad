//! Hostile callers hold connections in every way there is, while honest ones work.

mod attack;

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use self::attack::{Attack, Attackers};
use crate::bench::Bench;
use crate::caller::Caller;
use crate::findings::Oracle;
use crate::history::Attempt;
use crate::options::{Options, Setup};
use crate::report::Report;
use crate::{Actor, Binary, RunError, processes};

/// Honest writers, each of which rests after an answer.
const WRITERS: u64 = 8;
const REST: Duration = Duration::from_millis(50);
/// Honest answers may take twice as long as before at the 99th percentile, and this much on a busy machine.
const FACTOR: u32 = 2;
const BUSY: Duration = Duration::from_millis(250);
/// By when a connection on which nothing useful comes is closed: 10 s for a header and for a body, 30 s for an answer that is
/// not read, and what a busy machine takes. A phase of the long form is longer; the short one is over before.
const CLOSED: Duration = Duration::from_secs(45);
/// What the service may hold at most, in MiB.
const MEBIBYTES: u64 = 300;

/// Honest callers are answered, and about as fast as before; hostile connections are closed by their deadlines; memory stays
/// bounded.
///
/// The control gives the service fewer connections than the attackers open.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let arguments: &[&str] = if options.control {
        &["--max-connections", "64", "--request-timeout", "10"]
    } else {
        &["--max-connections", "8192", "--request-timeout", "10"]
    };
    let setup = Setup { arguments, ..Setup::default() };
    let mut bench = Bench::open("hostile-load", options, setup).await?;
    bench.report.control = options.control.then_some(Oracle::Hang);
    let length = Duration::from_secs(options.rounds(4, 60));
    let number = if options.short { 250 } else { 5_000 };
    let binary = Binary::find(options.service.as_deref())?;
    bench.report.measure("hostile connections at a time", number);

    let baseline = honest(&mut bench, &binary, length).await?;
    bench.report.measure("undisturbed, p99 s", baseline.as_secs_f64());
    let limit = (baseline * FACTOR).max(BUSY);
    let mut most = 0;
    for attack in Attack::ALL {
        let address = bench.service()?.address().to_owned();
        let token = bench.caller.token(Actor::Other).to_owned();
        let attackers = Attackers::begin(attack, number, &address, &token);
        // They are there before an honest caller connects.
        sleep(Duration::from_secs(2)).await;
        let p99 = honest(&mut bench, &binary, length).await?;
        most = most.max(processes::kibibytes(bench.service()?.process()) / 1024);
        let closed = attackers.end().await;
        bench.report.measure(
            attack.name(),
            json!({ "honest p99 s": p99.as_secs_f64(), "opened": closed.opened, "closed by the service": closed.closed,
                "longest s": closed.longest.as_secs_f64() }),
        );
        bench.report.findings.expect(p99 <= limit, Oracle::Hang, || {
            format!("{}: honest callers waited {p99:?}, undisturbed {baseline:?}", attack.name())
        });
        bench.report.findings.expect(closed.longest <= CLOSED, Oracle::Hang, || {
            format!("{}: a connection was held for {:?}", attack.name(), closed.longest)
        });
        let ends = attack == Attack::Churn || closed.closed > 0;
        bench.report.findings.expect(options.short || ends, Oracle::Hang, || {
            format!("{}: the service has closed no connection", attack.name())
        });
        sleep(Duration::from_secs(1)).await;
    }
    bench.report.measure("memory at most, MiB", most);
    bench.report.findings.expect(most <= MEBIBYTES, Oracle::Leak, || format!("{most} MiB"));
    bench.expect_all_done();
    bench.check().await
}

/// Honest callers with connections of their own, for this long: the 99th percentile of their waits, refusals to connect
/// among them.
async fn honest(bench: &mut Bench, binary: &Binary, length: Duration) -> Result<Duration, RunError> {
    bench.caller = Caller::new(binary, bench.answer_rules.deadline + Duration::from_secs(2))?;
    let from = bench.history.attempts().len();
    let crew = CREWS.get(bench.report.measures.len() % CREWS.len()).copied().unwrap_or("honest");
    let writers = bench.write_slowly(0, WRITERS, REST, crew);
    sleep(length).await;
    bench.finish(writers).await;
    let mut waits: Vec<_> = bench.history.attempts().iter().skip(from).map(wait).collect();
    waits.sort_unstable();
    Ok(waits.get(waits.len() * 99 / 100).copied().unwrap_or_default())
}

/// Each phase has tags of its own.
const CREWS: [&str; 8] = ["h0", "h1", "h2", "h3", "h4", "h5", "h6", "h7"];

/// How long a caller waited; an attempt without an answer counts as long as the longest wait there is.
fn wait(attempt: &Attempt) -> Duration {
    if attempt.status == 0 { Duration::from_mins(1) } else { attempt.end.saturating_sub(attempt.start) }
}
