//! PostgreSQL is away for longer than the reserved customer numbers last, and new callers keep coming.

use std::time::Duration;

use tokio::time::sleep;

use crate::bench::Bench;
use crate::findings::Oracle;
use crate::history::Record;
use crate::options::{Options, Setup};
use crate::report::Report;
use crate::{RunError, Stop, waves};

/// The number of concurrent callers, each with a client of its own.
const CALLERS: usize = 24;
/// By when each of them is answered in an outage.
const LIMIT: Duration = Duration::from_secs(5);
/// How many times they come while the server is away: more than two blocks of numbers last.
const WAVES: u64 = 4;
/// How long the callers continue when the server is back.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Every creation in an outage is answered within five seconds: nothing was written. Afterwards each is done.
///
/// The control stops the service's process for longer than that.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let mut bench = Bench::open("database-away", options, Setup::default()).await?;
    bench.cluster()?;
    let rounds = if options.control { 1 } else { options.rounds(1, 10) };
    let mut times = Vec::new();
    for round in 0..rounds {
        // Connections are open, and customer numbers are reserved.
        let warm = waves::creations(&bench, CALLERS, &format!("warm-{round}")).await;
        waves::retry_until_done(&bench, warm, TIMEOUT).await;
        bench.cluster()?.stop(Stop::Immediate).await?;
        let mut orders = Vec::new();
        for number in 0..WAVES {
            if options.control && number == 1 {
                bench.report.control = Some(Oracle::Hang);
                bench.service()?.signal("STOP");
            }
            let name = format!("away-{round}-{number}");
            let racing = waves::creations(&bench, CALLERS, &name);
            let resumed = async {
                if options.control && number == 1 {
                    sleep(LIMIT + Duration::from_secs(1)).await;
                    if let Some(service) = bench.services.first() {
                        service.signal("CONT");
                    }
                }
            };
            let (answered, ()) = tokio::join!(racing, resumed);
            for record in &answered {
                times.push(record.took());
            }
            check(&mut bench, &answered, number == 0);
            orders.extend(answered);
        }
        bench.cluster()?.restart().await?;
        waves::retry_until_done(&bench, orders, TIMEOUT).await;
        bench.progress(round + 1, rounds);
    }
    bench.report.measure("outages", rounds);
    bench.report.measure_times("answered in an outage after, s", times);
    bench.expect_all_done();
    bench.check().await
}

/// Every answer comes in time, and says that nothing was written. The first may have been sent over a connection
/// that was still open; their outcome is reported as unknown.
fn check(bench: &mut Bench, answered: &[Record], first: bool) {
    for record in answered {
        let example = || format!("status {} after {:?}: {}", record.status, record.took(), record.body);
        let findings = &mut bench.report.findings;
        findings.expect(record.took() <= LIMIT, Oracle::Hang, example);
        let right = record.status == 503 && record.body.contains("store_unavailable")
            || first && matches!(record.status, 503 | 504) && record.body.contains("outcome_unknown");
        findings.expect(right, Oracle::WrongAnswer, example);
    }
}
