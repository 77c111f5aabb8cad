//! Two services share batches while they and PostgreSQL are killed, from the announcement to the last row.

mod driver;
mod list;
mod share;

use std::collections::BTreeMap;
use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use self::driver::{Driven, Driver};
use self::list::{Ended, List};
use self::share::Share;
use crate::bench::Bench;
use crate::findings::{Findings, Oracle};
use crate::options::{Options, Setup};
use crate::report::Report;
use crate::{RunError, Stop, checker, schema};

/// Nothing but the outcome under the key of a row keeps it from being done twice: neither its e-mail address nor its document
/// does. Rows of a service that was killed wait for five seconds.
const ARGUMENTS: &[&str] = &[
    "--batch-confirmation",
    "any-person",
    "--batch-lease",
    "5",
    "--same-email",
    "off",
    "--same-identification",
    "off",
];
/// Longer than the lease of the rows.
const SETTLES: Duration = Duration::from_secs(6);
/// The most kills of one batch, so that kills meet every part of its life.
const KILLS_OF_A_BATCH: u64 = 8;
/// Every so often a batch is stopped while it runs.
const STOPPED: u64 = 4;

/// What is killed.
#[derive(Clone, Copy, Debug)]
enum Kill {
    /// One of the two services.
    Service(usize),
    /// Both services.
    BothServices,
    /// Every process of PostgreSQL, at the same time.
    Database,
    /// PostgreSQL is stopped without a checkpoint.
    DatabaseStop,
}

const KILLS: [Kill; 6] = [
    Kill::Service(0),
    Kill::Database,
    Kill::Service(1),
    Kill::BothServices,
    Kill::DatabaseStop,
    Kill::Service(0),
];

impl Kill {
    const fn name(self) -> &'static str {
        match self {
            Self::Service(_) => "one service",
            Self::BothServices => "both services",
            Self::Database => "PostgreSQL",
            Self::DatabaseStop => "PostgreSQL, stopped",
        }
    }
}

/// Uploads batches, one after the other, and kills meanwhile. Every valid row is done once, every other one is refused; what
/// the files that are sent back say of each row is what the database holds.
///
/// In the control an operator deletes the outcome of each row as soon as it is stored.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let setup = Setup { services: 2, arguments: ARGUMENTS, ..Setup::default() };
    let mut bench = Bench::open("batches", options, setup).await?;
    bench.cluster()?;
    bench.report.control = options.control.then_some(Oracle::Doubled);
    if options.control {
        bench.cluster()?.sql(schema::FORGET_ROWS).await?;
    }
    let kills = options.rounds(3, 50);
    let rows = if options.short { 1_500 } else { 6_000 };
    let (mut killed, mut totals, mut kinds) = (0, Totals::default(), BTreeMap::new());
    let mut batches = Vec::new();
    while killed < kills {
        let list = List::new(bench.report.seed, totals.batches, rows);
        let stops = !options.short && totals.batches % STOPPED == STOPPED - 1;
        let driver = Driver::new(&bench, &list, stops);
        let most = (kills - killed).min(KILLS_OF_A_BATCH);
        let mut share = Share::begin(&bench).await;
        let driving = tokio::spawn(driver.drive());
        for _ in 0..most {
            sleep(bench.random.millis(100, 1_500)).await;
            if driving.is_finished() {
                break;
            }
            let kill = KILLS.get(usize::try_from(killed).unwrap_or_default() % KILLS.len());
            let kill = kill.copied().unwrap_or(Kill::Database);
            cause(&mut bench, kill, &mut share).await?;
            *kinds.entry(kill.name()).or_insert(0_u64) += 1;
            killed += 1;
            bench.progress(killed, kills);
        }
        let ended = driving.await.map_err(RunError::during("a batch"))??;
        share.end(&bench).await;
        let parts = share.parts();
        if parts.contains(&0) {
            bench.find(Oracle::Broken, format!("the services executed {parts:?} rows: they share nothing"));
        }
        let (outcomes, findings) = compare(&mut bench, &list, &ended).await?;
        bench.report.findings.append(findings);
        totals.add(&list, &ended, outcomes);
        batches.push((list, ended));
    }
    bench.report.measure("kills", killed);
    bench.report.measure("of them", json!(kinds));
    let clients = totals.done();
    totals.report(&mut bench.report);
    finish(bench, &batches, clients).await
}

#[derive(Debug, Default)]
struct Totals {
    batches: u64,
    stopped: u64,
    rows: u64,
    outcomes: BTreeMap<String, u64>,
    took: Vec<Duration>,
}

impl Totals {
    fn add(&mut self, list: &List, ended: &Driven, outcomes: BTreeMap<String, u64>) {
        for (outcome, count) in outcomes {
            *self.outcomes.entry(outcome).or_default() += count;
        }
        self.batches += 1;
        self.stopped += u64::from(ended.is_stopped());
        self.rows += list.rows();
        self.took.push(ended.took);
    }

    /// The rows that were done, by their results.
    fn done(&self) -> u64 {
        ["done", "alreadyDone"].iter().filter_map(|outcome| self.outcomes.get(*outcome)).sum()
    }

    fn report(self, report: &mut Report) {
        report.measure("batches", self.batches);
        report.measure("of them stopped", self.stopped);
        report.measure("rows", self.rows);
        report.measure("outcomes", json!(self.outcomes));
        report.measure_times("a batch took, s", self.took);
    }
}

async fn cause(bench: &mut Bench, kill: Kill, share: &mut Share) -> Result<(), RunError> {
    let services: &[usize] = match kill {
        Kill::Service(0) => &[0],
        Kill::Service(_) => &[1],
        Kill::BothServices => &[0, 1],
        Kill::Database | Kill::DatabaseStop => {
            let cluster = bench.cluster()?;
            match kill {
                Kill::DatabaseStop => cluster.stop(Stop::Immediate).await?,
                _ => cluster.kill(),
            }
            cluster.restart().await?;
            return Ok(());
        }
    };
    for service in services {
        share.look(bench, *service).await;
        if let Some(service) = bench.services.get_mut(*service) {
            service.kill();
        }
        share.restarted(*service);
    }
    for service in services {
        if let Some(service) = bench.services.get_mut(*service) {
            service.restart().await?;
        }
    }
    Ok(())
}

/// Compares what the files say of every row with what the database holds; returns how many rows had each outcome.
async fn compare(
    bench: &mut Bench,
    list: &List,
    driven: &Driven,
) -> Result<(BTreeMap<String, u64>, Findings), RunError> {
    let id = &driven.id;
    let lines = bench.cluster()?.sql(&schema::lines_of_batch(id)).await?;
    let labels = bench.cluster()?.sql(&schema::clients_by_city(list.prefix())).await?;
    let ended = Ended { id, stopped: driven.is_stopped(), files: &driven.files };
    Ok(ended.check(list, &lines, &labels))
}

/// The database is whole, every line of it belongs to a row of a batch, and nothing has happened to a batch after its end:
/// there are as many clients as rows that were done.
async fn finish(mut bench: Bench, batches: &[(List, Driven)], done: u64) -> Result<Report, RunError> {
    // What was begun by a service that was killed has ended by then.
    sleep(SETTLES).await;
    let mut late = Findings::default();
    for (list, driven) in batches {
        late.append(compare(&mut bench, list, driven).await?.1);
    }
    // What was found at the end of the batches is found again.
    bench.report.findings.append(late.since(&bench.report.findings));
    if let Some(inventory) = bench.inventory().await? {
        bench.report.findings.append(checker::whole(&inventory));
        let clients = inventory.clients.len();
        bench.report.measure("clients", clients);
        bench.report.findings.expect(
            u64::try_from(clients).is_ok_and(|clients| clients == done),
            Oracle::Difference,
            || format!("{clients} clients of {done} rows that were done"),
        );
        bench
            .report
            .measure("history lines = events", json!([inventory.lines.len(), inventory.events.len()]));
        let strangers = inventory.lines.iter().filter(|line| !line.request.starts_with("batch-")).count();
        bench
            .report
            .findings
            .expect(strangers == 0, Oracle::Uncalled, || format!("{strangers} lines of no batch"));
    }
    for (name, oracle) in [("lost", Oracle::Lost), ("doubled", Oracle::Doubled)] {
        let count = bench.report.findings.count(oracle);
        bench.report.measure(name, count);
    }
    Ok(bench.report)
}
