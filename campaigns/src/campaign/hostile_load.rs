//! Hostile callers hold connections in every way there is, while honest ones work.

mod attack;
mod bare_server;
mod newcomers;

use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use self::attack::{Attack, Attackers, Fate};
use self::bare_server::BareServer;
use self::newcomers::{Waits, newcomers};
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
/// After which time a system repeats the first packet of a connection that was dropped.
const FIRST_REPETITION: Duration = Duration::from_secs(1);
/// By when a connection on which nothing useful comes is closed: 10 s for a header and for a body, 30 s for an answer that is
/// not read, and what a busy machine takes. A phase of the long form is longer; the short one is over before.
const CLOSED: Duration = Duration::from_secs(45);
/// What the service may hold at most, in MiB.
const MEBIBYTES: u64 = 300;

/// Honest callers are answered, and about as fast as before; hostile connections are closed by their deadlines; memory stays
/// bounded.
///
/// Thousands of connections a second fill the queue of the machine's own loopback device, which then drops new ones, whatever
/// would accept them. So beside callers that open and close, what an honest caller waits for a new connection is compared with
/// its wait for one to a [`BareServer`] beside as many of them.
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

    let baseline = honest(&mut bench, &binary, length, false).await?;
    bench.report.measure("undisturbed, p99 s", baseline.as_secs_f64());
    let limit = (baseline * FACTOR).max(BUSY);
    let mut most = 0;
    for attack in Attack::ALL {
        let address = bench.service()?.address().to_owned();
        let token = bench.caller.token(Actor::Other).to_owned();
        let attackers = Attackers::begin(attack, number, &address, &token);
        // They are there before an honest caller connects.
        sleep(Duration::from_secs(2)).await;
        let p99 = honest(&mut bench, &binary, length, false).await?;
        most = most.max(processes::kibibytes(bench.service()?.process()) / 1024);
        let fate = attackers.end().await;
        bench.report.measure(
            attack.name(),
            json!({ "honest p99 s": p99.as_secs_f64(), "opened": fate.opened, "closed by the service": fate.closed,
                "longest s": fate.longest.as_secs_f64() }),
        );
        bench.report.findings.expect(p99 <= limit, Oracle::Hang, || {
            format!("{}: honest callers waited {p99:?}, undisturbed {baseline:?}", attack.name())
        });
        judge(&mut bench, attack, &fate, options.short);
        sleep(Duration::from_secs(1)).await;
    }
    churn(&mut bench, &binary, (number, length, limit)).await?;
    most = most.max(processes::kibibytes(bench.service()?.process()) / 1024);
    bench.report.measure("memory at most, MiB", most);
    bench.report.findings.expect(most <= MEBIBYTES, Oracle::Leak, || format!("{most} MiB"));
    bench.expect_all_done();
    bench.check().await
}

/// Hostile connections end by their deadlines.
fn judge(bench: &mut Bench, attack: Attack, fate: &Fate, is_short: bool) {
    bench.report.findings.expect(fate.longest <= CLOSED, Oracle::Hang, || {
        format!("{}: a connection was held for {:?}", attack.name(), fate.longest)
    });
    bench.report.findings.expect(is_short || fate.closed > 0, Oracle::Hang, || {
        format!("{}: the service has closed no connection", attack.name())
    });
}

/// Callers that open and close: first at a server that only answers, then at the service.
async fn churn(
    bench: &mut Bench,
    binary: &Binary,
    (number, length, limit): (u64, Duration, Duration),
) -> Result<(), RunError> {
    let token = bench.caller.token(Actor::Other).to_owned();
    let bare = BareServer::start()?;
    let attackers = Attackers::begin(Attack::Churn, number, &bare.address, &token);
    sleep(Duration::from_secs(2)).await;
    let elsewhere = newcomers(WRITERS, &bare.address, length, REST).await;
    let opened = attackers.end().await.opened;
    measure_churn(bench, "connections that close at once, at a bare server", &elsewhere, opened);
    drop(bare);
    sleep(Duration::from_secs(1)).await;

    // A connection that this machine does not open is no fault of the service.
    let drops = elsewhere.longest >= FIRST_REPETITION;
    let address = bench.service()?.address().to_owned();
    let attackers = Attackers::begin(Attack::Churn, number, &address, &token);
    sleep(Duration::from_secs(2)).await;
    let from = bench.history.now();
    let (p99, here) =
        tokio::join!(honest(bench, binary, length, drops), newcomers(WRITERS, &address, length, REST));
    let p99 = p99?;
    let opened = attackers.end().await.opened;
    measure_churn(bench, Attack::Churn.name(), &here, opened);
    bench.report.measure("beside connections that close at once, p99 s", p99.as_secs_f64());
    let limit = limit.max(elsewhere.p99 * FACTOR);
    for (who, waited) in [("new honest callers", here.p99), ("honest callers", p99)] {
        bench.report.findings.expect(waited <= limit, Oracle::Hang, || {
            format!("{}: {who} waited {waited:?}, at a bare server {:?}", Attack::Churn.name(), elsewhere.p99)
        });
    }
    let lost = |waits: &Waits| waits.unanswered * 1_000 / waits.questions.max(1);
    bench.report.findings.expect(lost(&here) <= lost(&elsewhere) * 2 + 5, Oracle::Hang, || {
        format!("{} of {} new callers were not answered", here.unanswered, here.questions)
    });
    if drops {
        bench.answer_rules.unconnected.push((from, bench.history.now()));
    }
    Ok(())
}

fn measure_churn(bench: &mut Bench, name: &str, waits: &Waits, opened: u64) {
    bench.report.measure(
        name,
        json!({ "new honest p99 s": waits.p99.as_secs_f64(), "questions": waits.questions,
            "unanswered": waits.unanswered, "opened": opened }),
    );
}

/// Honest callers with connections of their own, for this long: the 99th percentile of their waits, refusals to connect
/// among them but where the machine opens no connection.
async fn honest(
    bench: &mut Bench,
    binary: &Binary,
    length: Duration,
    machine_drops: bool,
) -> Result<Duration, RunError> {
    bench.caller = Caller::new(binary, bench.answer_rules.deadline + Duration::from_secs(2))?;
    let from = bench.history.attempts().len();
    let crew = CREWS.get(bench.report.measures.len() % CREWS.len()).copied().unwrap_or("honest");
    let writers = bench.write_slowly(0, WRITERS, REST, crew);
    sleep(length).await;
    bench.finish(writers).await;
    let attempts = bench.history.attempts();
    let counted = attempts.iter().skip(from).filter(|one| !(machine_drops && one.never_sent));
    let mut waits: Vec<_> = counted.map(wait).collect();
    waits.sort_unstable();
    Ok(waits.get(waits.len() * 99 / 100).copied().unwrap_or_default())
}

/// Each phase has tags of its own.
const CREWS: [&str; 8] = ["h0", "h1", "h2", "h3", "h4", "h5", "h6", "h7"];

/// How long a caller waited; an attempt without an answer counts as long as the longest wait there is.
fn wait(attempt: &Attempt) -> Duration {
    if attempt.status == 0 { Duration::from_mins(1) } else { attempt.end.saturating_sub(attempt.start) }
}
