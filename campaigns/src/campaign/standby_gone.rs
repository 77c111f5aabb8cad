//! The standby that should have a copy of each commit is away, and new callers keep coming.

use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::bench::Bench;
use crate::findings::Oracle;
use crate::options::{Options, Setup};
use crate::report::Report;
use crate::{Actor, RunError, plain_http, schema, waves};

/// How many connections the service may have.
const CONNECTIONS: usize = 16;
/// The number of concurrent callers, each with a client of its own.
const CALLERS: usize = 12;
/// By when each of them is answered.
const LIMIT: Duration = Duration::from_secs(5);
/// How long the callers continue when commits are confirmed again.
const TIMEOUT: Duration = Duration::from_secs(30);

/// There are never more sessions than connections, reads go on, `/readyz` is red, and in the end every order is done.
///
/// The control has sessions of an outsider that call themselves the service's.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let mut bench = Bench::open("standby-gone", options, Setup::default()).await?;
    if options.control {
        bench.report.control = Some(Oracle::Broken);
    }
    let waves = options.rounds(8, 60);
    let known = waves::creations(&bench, CALLERS, "known").await;
    waves::retry_until_done(&bench, known, TIMEOUT).await;
    bench.cluster()?.sql("ALTER SYSTEM SET synchronous_standby_names = 'away'").await?;
    bench.cluster()?.sql("SELECT pg_reload_conf()").await?;
    sleep(Duration::from_millis(500)).await;
    let (mut orders, mut times, mut sessions) = (Vec::new(), Vec::new(), Vec::new());
    for number in 0..waves {
        let mut answered = waves::creations(&bench, CALLERS, &format!("gone-{number}")).await;
        for record in &answered {
            let example = || format!("status {} after {:?}: {}", record.status, record.took(), record.body);
            times.push(record.took());
            bench.report.findings.expect(record.took() <= LIMIT, Oracle::Hang, example);
            bench.report.findings.expect(matches!(record.status, 503 | 504), Oracle::WrongAnswer, example);
        }
        orders.append(&mut answered);
        let outsiders = if options.control { CONNECTIONS } else { 0 };
        sessions.push(count_sessions(&bench, outsiders).await?);
        read(&mut bench).await;
        sleep(Duration::from_millis(200)).await;
    }
    let most = sessions.into_iter().max().unwrap_or_default();
    bench.report.measure("sessions at most", most);
    bench.report.findings.expect(most <= CONNECTIONS, Oracle::Broken, || format!("{most} sessions"));
    if bench.service()?.is_ready(&plain_http()?).await {
        bench.find(Oracle::WrongAnswer, "ready, while no commit is confirmed");
    }
    bench.cluster()?.sql("ALTER SYSTEM RESET synchronous_standby_names").await?;
    bench.cluster()?.sql("SELECT pg_reload_conf()").await?;
    waves::retry_until_done(&bench, orders, TIMEOUT).await;
    bench.report.measure("waves", waves);
    bench.report.measure_times("answered meanwhile after, s", times);
    bench.expect_all_done();
    bench.check().await
}

/// Counts the sessions of the service, while an outsider opens this many sessions as well.
async fn count_sessions(bench: &Bench, outsiders: usize) -> Result<usize, RunError> {
    let cluster = bench.cluster.as_ref().ok_or_else(|| RunError::new("no database"))?;
    let mut others = JoinSet::new();
    for _ in 0..outsiders {
        let mut psql = tokio::process::Command::from(cluster.psql("clients"));
        psql.args(["-c", "SELECT pg_sleep(2)"]).env("PGAPPNAME", "client-service").kill_on_drop(true);
        others.spawn(async move { psql.output().await });
    }
    if outsiders > 0 {
        sleep(Duration::from_secs(1)).await;
    }
    let counted = cluster.sql(schema::SESSIONS).await?.concat().concat();
    counted.parse().map_err(RunError::during("the number of sessions"))
}

/// A list is answered, whether commits succeed or not.
async fn read(bench: &mut Bench) {
    let query = json!({ "pageSize": 5, "includeTotal": false });
    let base = bench.base(0);
    let answer = bench.caller.ask(&base, Actor::Other, "RetrieveContactListQuery", &query).await;
    let status = answer.map_or(0, |answer| answer.status);
    bench.report.findings.expect(status == 200, Oracle::WrongAnswer, || format!("a list: status {status}"));
}
