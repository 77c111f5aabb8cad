//! The leader of three servers hands over, dies, or is cut off from its standbys and then dies, while 16 writers repeat their
//! orders until they are done: half of them by `HAProxy`, half by an address with all three servers.

use std::time::Duration;

use tokio::time::sleep;

use crate::bench::Bench;
use crate::findings::Oracle;
use crate::options::{Options, Setup};
use crate::patroni::{LEASE, PatroniCluster, Replication};
use crate::report::Report;
use crate::{Cluster, RunError, Storage, Tools};

/// The writers of each way, and how long they rest after each answer.
const WRITERS: u64 = 8;
const REST: Duration = Duration::from_millis(100);
/// The ways to the leader, as the tags of the orders and the report name them.
const WAYS: [&str; 2] = ["haproxy", "hosts"];
/// How long standbys receive nothing before the leader dies.
const CUT: Duration = Duration::from_millis(700);
/// How long a way may be without a success.
const GAP_OF_A_SWITCHOVER: Duration = Duration::from_secs(5);
const GAP_OF_A_DEATH: Duration = Duration::from_secs(LEASE + 5);
/// How long a campaign waits for a success of both ways.
const TIMEOUT: Duration = Duration::from_mins(1);

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Disturbance {
    Switchover,
    Kill,
    CutOff,
}

impl Disturbance {
    const ALL: [Self; 3] = [Self::Switchover, Self::Kill, Self::CutOff];

    const fn name(self) -> &'static str {
        match self {
            Self::Switchover => "switchover",
            Self::Kill => "kill",
            Self::CutOff => "cut-off and kill",
        }
    }

    const fn longest_gap(self) -> Duration {
        match self {
            Self::Switchover => GAP_OF_A_SWITCHOVER,
            Self::Kill | Self::CutOff => GAP_OF_A_DEATH,
        }
    }
}

/// Causes each disturbance so many times, one kind after the other.
///
/// The control replicates asynchronously and cuts the leader off: what it then confirms is lost with it.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let mut bench = Bench::without_storage("failover", options, Setup::default())?;
    let tools = Tools::find(options.pg_bin.as_deref())?;
    let replication = if options.control { Replication::Asynchronous } else { Replication::Synchronous };
    let mut servers = PatroniCluster::start(&tools, replication).await?;
    bench.cluster = Some(Cluster::behind(&tools, servers.balancer_port()).await?);
    bench.tools = Some(tools);
    servers.wait_until_whole(bench.cluster()?).await?;
    let addresses = [Cluster::url_through(servers.balancer_port()), servers.address_of_all()];
    for address in &addresses {
        bench.add_service(Storage::Url(address), &[]).await?;
    }
    let outcome = disturb(&mut bench, options, &mut servers).await;
    servers.keep_logs(bench.folder());
    outcome?;
    bench.expect_all_done();
    bench.check().await
}

async fn disturb(bench: &mut Bench, options: &Options, servers: &mut PatroniCluster) -> Result<(), RunError> {
    let kinds: &[Disturbance] = if options.control { &[Disturbance::CutOff] } else { &Disturbance::ALL };
    if options.control {
        bench.report.control = Some(Oracle::Lost);
    }
    let rounds = options.rounds(1, if options.control { 1 } else { 10 });
    let writers =
        [bench.write_slowly(0, WRITERS, REST, WAYS[0]), bench.write_slowly(1, WRITERS, REST, WAYS[1])];
    let all = rounds * kinds.len() as u64;
    bench.report.measure("rounds of each", rounds);
    let mut done = 0;
    for kind in kinds {
        let mut gaps = [Vec::new(), Vec::new()];
        for _ in 0..rounds {
            sleep(bench.random.millis(2_000, 4_000)).await;
            let begun = bench.history.now();
            cause(*kind, servers).await?;
            for (way, gaps) in WAYS.iter().zip(&mut gaps) {
                let gap = gap_of(bench, way, begun).await;
                let what = || format!("{} by {way}: {gap:?} without a success", kind.name());
                bench.report.findings.expect(gap <= kind.longest_gap(), Oracle::Recovery, what);
                gaps.push(gap);
            }
            let cluster = bench.cluster.as_ref().ok_or_else(|| RunError::new("no database"))?;
            servers.wait_until_whole(cluster).await?;
            done += 1;
            bench.progress(done, all);
        }
        for (way, gaps) in WAYS.iter().zip(gaps) {
            bench.report.measure_times(&format!("{}, {way}, s", kind.name()), gaps);
        }
    }
    for writers in writers {
        bench.finish(writers).await;
    }
    Ok(())
}

/// Disturbs the leader, and starts it again where it died.
async fn cause(kind: Disturbance, servers: &mut PatroniCluster) -> Result<(), RunError> {
    match kind {
        Disturbance::Switchover => servers.switch_over().await,
        Disturbance::Kill => {
            let dead = servers.kill_leader().await?;
            sleep(Duration::from_secs(LEASE + 8)).await;
            servers.start_again(dead)
        }
        Disturbance::CutOff => {
            let leader = servers.cut_off().await?;
            sleep(CUT).await;
            servers.kill(leader);
            servers.reconnect(leader);
            sleep(Duration::from_secs(LEASE + 8)).await;
            servers.start_again(leader)
        }
    }
}

/// The longest time since `begun` in which no order of this way was done; it ends with the first one that is done later.
async fn gap_of(bench: &Bench, way: &str, begun: Duration) -> Duration {
    let limit = bench.history.now() + TIMEOUT;
    loop {
        let now = bench.history.now();
        let done = bench.history.done_from(way, begun);
        let has_recovered =
            done.last().is_some_and(|last| now.saturating_sub(*last) < Duration::from_secs(1));
        if has_recovered || now > limit {
            let end = if has_recovered { None } else { Some(now) };
            let moments: Vec<_> = std::iter::once(begun).chain(done).chain(end).collect();
            let gaps = moments.iter().zip(moments.iter().skip(1)).map(|(from, to)| to.saturating_sub(*from));
            return gaps.max().unwrap_or_default();
        }
        sleep(Duration::from_millis(200)).await;
    }
}
