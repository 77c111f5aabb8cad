//! The connections to the database are slow, cut, half-open, refused or nearly silent.

use std::io::Write as _;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinHandle;
use tokio::time::sleep;

use crate::bench::Bench;
use crate::caller::Retry;
use crate::findings::Oracle;
use crate::history::Attempt;
use crate::options::{Options, Setup};
use crate::report::Report;
use crate::{Actor, Fault, RunError};

/// By when every request is to be answered, whatever the database does.
const DEADLINE: Duration = Duration::from_secs(10);
/// How long a campaign waits for a recovery.
const TIMEOUT: Duration = Duration::from_secs(30);

const fn millis(number: u64) -> Duration {
    Duration::from_millis(number)
}

/// What is done to the connections, one after the other.
const FAULTS: [(&str, Fault); 8] = [
    ("pass", Fault::Pass),
    ("50 ms later", Fault::Delay { up: millis(0), down: millis(50) }),
    ("200 ms later", Fault::Delay { up: millis(100), down: millis(100) }),
    ("1,000 ms later", Fault::Delay { up: millis(500), down: millis(500) }),
    ("cut in the middle", Fault::CutAfter(5_000)),
    ("half-open", Fault::Swallow),
    ("refused", Fault::Refuse),
    ("a byte at a time", Fault::Trickle(millis(2))),
];

/// Every request is answered in time, by success or 503 or 504 with Retry-After, and all is well soon after each fault.
///
/// The control stops the service's process for longer than the deadline.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    // A bank that promises an answer within ten seconds configures the service so.
    let arguments = &["--request-timeout", "8"];
    let setup = Setup { through_proxy: true, arguments, deadline: DEADLINE, ..Setup::default() };
    let mut bench = Bench::open("bad-connections", options, setup).await?;
    if bench.proxy.is_none() {
        return Err(RunError::new("this cannot be rehearsed in memory: it is about the database"));
    }
    let (rounds, phase) = (options.rounds(1, 3), millis(if options.short { 4_000 } else { 20_000 }));
    let faults = if options.control { 0 } else { rounds * FAULTS.len() as u64 };
    // Ignored: standard error may be closed.
    let _ = writeln!(
        std::io::stderr(),
        "bad-connections: {faults} faults of {} s, and at most {} s until all is well again after each",
        phase.as_secs(),
        TIMEOUT.as_secs()
    );
    let writers = bench.write(16, Retry::SameKey, "w");
    let reader = read(&bench);
    if options.control {
        bench.report.control = Some(Oracle::Hang);
        sleep(millis(500)).await;
        bench.service()?.signal("STOP");
        sleep(bench.answer_rules.deadline + millis(1_000)).await;
        bench.service()?.signal("CONT");
    } else {
        for round in 1..=rounds {
            for ((name, fault), nth) in FAULTS.into_iter().zip(1..) {
                one_fault(&mut bench, &format!("{name}, round {round}"), fault, phase).await;
                bench.progress((round - 1) * FAULTS.len() as u64 + nth, faults);
            }
        }
    }
    reader.abort();
    bench.finish(writers).await;
    bench.expect_all_done();
    bench.check().await
}

async fn one_fault(bench: &mut Bench, name: &str, fault: Fault, phase: Duration) {
    let Some(proxy) = &bench.proxy else { return };
    let from = bench.history.now();
    proxy.set(fault);
    if matches!(fault, Fault::CutAfter(_)) {
        // Again and again, since nothing passes once it has happened.
        for _ in 0..phase.as_millis() / 200 {
            sleep(millis(200)).await;
            proxy.set(fault);
        }
    } else {
        sleep(phase).await;
    }
    proxy.set(Fault::Pass);
    let healed = bench.history.now();
    let back = loop {
        let waited = bench.history.now().saturating_sub(healed);
        match bench.history.first_success_from(healed) {
            Some(success) => break success.saturating_sub(healed),
            None if waited > TIMEOUT => break waited,
            None => sleep(millis(10)).await,
        }
    };
    let during = bench.history.attempts().into_iter().filter(|attempt| attempt.end >= from);
    let during: Vec<Attempt> = during.filter(|attempt| attempt.start < healed).collect();
    let with = |status: u16| during.iter().filter(|attempt| attempt.status == status).count();
    let longest = during.iter().map(|attempt| attempt.end.saturating_sub(attempt.start)).max();
    let measured = json!({
        "requests": during.len(), "200": with(200), "503": with(503), "504": with(504), "none": with(0),
        "longest, s": longest.map(|time| (time.as_secs_f64() * 1e3).round() / 1e3),
        "back after, s": (back.as_secs_f64() * 1e3).round() / 1e3,
    });
    bench.report.measure(name, measured);
    bench.recovered(back, name);
}

/// A caller that only sends queries.
fn read(bench: &Bench) -> JoinHandle<()> {
    let (caller, base, history) = (bench.caller.clone(), bench.base(0), Arc::clone(&bench.history));
    tokio::spawn(async move {
        loop {
            let start = history.now();
            let query = json!({ "pageSize": 5, "includeTotal": false });
            let result = caller.ask(&base, Actor::Other, "RetrieveContactListQuery", &query).await;
            history.note_query(start, result.as_ref());
            sleep(millis(20)).await;
        }
    })
}
