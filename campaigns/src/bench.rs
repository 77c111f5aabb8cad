//! The set-up of every campaign, and the final check of each.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use crate::answers::AnswerRules;
use crate::caller::{Caller, Retry};
use crate::findings::Oracle;
use crate::history::{History, Outcome, Record};
use crate::inventory::Inventory;
use crate::report::Report;
use crate::writers::{Writers, Writing};
use crate::{Binary, Cluster, Proxy, RunError, Seeded, Service, Tools, answers, checker, replay, schema};

/// How soon everything must work again after a fault has ended: in the long form, and in the short form, which checks
/// correctness rather than speed, on any machine.
const RECOVERY: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(15)];
/// How many times as long an answer may take in the short form.
const SHORT_FORM_FACTOR: u32 = 2;
/// How much longer than an answer may take its caller waits.
const GRACE: Duration = Duration::from_secs(2);
/// How often the progress of a run is reported.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(15);

/// What was asked for on the command line.
#[derive(Clone, Debug)]
pub struct Options {
    /// The form for every merge.
    pub short: bool,
    /// Repeats a run.
    pub seed: u64,
    /// How often, if not as often as the campaign says itself.
    pub rounds: Option<u64>,
    /// Whether the fault is let in that the campaign must see.
    pub control: bool,
    /// A rehearsal on the in-memory service, without a database to look into.
    pub in_memory: bool,
    /// The binary of the service.
    pub service: Option<PathBuf>,
    /// The folder of PostgreSQL's programs.
    pub pg_bin: Option<PathBuf>,
    /// Where logs and histories are left.
    pub out: PathBuf,
}

impl Options {
    /// How many rounds: as asked, else the campaign's own number for its short or its long form.
    pub fn rounds(&self, short: u64, long: u64) -> u64 {
        self.rounds.unwrap_or(if self.short { short } else { long })
    }
}

/// What a campaign needs.
#[derive(Clone, Copy, Debug)]
pub struct Setup {
    /// How many services work on the database.
    pub services: usize,
    /// Whether a proxy stands between them and it.
    pub through_proxy: bool,
    /// Further arguments of the service.
    pub arguments: &'static [&'static str],
    /// By when every request is to be answered.
    pub deadline: Duration,
    /// Whether callers race, so that some of them are rightly refused.
    pub refusals: bool,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            services: 1,
            through_proxy: false,
            arguments: &[],
            deadline: Duration::from_secs(10),
            refusals: false,
        }
    }
}

/// Services on a database of their own, with callers and a history. All of it ends when this is dropped.
#[derive(Debug)]
pub struct Bench {
    /// The services; they end before what they use.
    pub services: Vec<Service>,
    /// Between the services and the database.
    pub proxy: Option<Proxy>,
    /// The database.
    pub cluster: Option<Cluster>,
    /// Sends orders.
    pub caller: Caller,
    /// Their outcomes.
    pub history: Arc<History>,
    /// Decides what happens when.
    pub random: Seeded,
    /// The report so far.
    pub report: Report,
    /// Where PostgreSQL is.
    pub tools: Option<Tools>,
    /// What callers may be answered.
    pub answer_rules: AnswerRules,
    /// How soon everything must work again.
    pub recovery: Duration,
    last_progress: Duration,
    folder: PathBuf,
    binary: Binary,
}

impl Bench {
    /// Starts everything.
    pub async fn open(campaign: &'static str, options: &Options, setup: Setup) -> Result<Self, RunError> {
        let binary = Binary::find(options.service.as_deref())?;
        let name = if options.control { format!("{campaign}-control") } else { campaign.to_owned() };
        let folder = options.out.join(format!("{name}-{}", options.seed));
        std::fs::create_dir_all(&folder).map_err(RunError::during(folder.display()))?;
        let answer_rules = AnswerRules {
            deadline: setup.deadline * if options.short { SHORT_FORM_FACTOR } else { 1 },
            refusals: setup.refusals,
            away: Vec::new(),
        };
        let [recovery, leniently] = RECOVERY;
        let mut bench = Self {
            services: Vec::new(),
            proxy: None,
            cluster: None,
            caller: Caller::new(&binary, answer_rules.deadline + GRACE)?,
            history: Arc::new(History::begin(&folder.join("history.jsonl"))?),
            random: Seeded::new(options.seed),
            report: Report::begin(campaign, options.seed),
            tools: None,
            answer_rules,
            recovery: if options.short { leniently } else { recovery },
            last_progress: Duration::ZERO,
            folder,
            binary,
        };
        let mut url = None;
        if !options.in_memory {
            let tools = Tools::find(options.pg_bin.as_deref())?;
            let cluster = Cluster::start(&tools).await?;
            let mut port = cluster.port();
            if setup.through_proxy {
                let proxy = Proxy::start(SocketAddr::from(([127, 0, 0, 1], port))).await?;
                port = proxy.address().port();
                bench.proxy = Some(proxy);
            }
            url = Some(Cluster::url_through(port));
            bench.cluster = Some(cluster);
            bench.tools = Some(tools);
        }
        for _ in 0..setup.services {
            bench.add_service(url.as_deref(), setup.arguments).await?;
        }
        bench.report.measure("store", if options.in_memory { "memory (rehearsal)" } else { "PostgreSQL" });
        Ok(bench)
    }

    /// Starts one more service.
    pub async fn add_service(&mut self, url: Option<&str>, arguments: &[&str]) -> Result<(), RunError> {
        let log = self.folder.join(format!("service-{}.log", self.services.len() + 1));
        self.services.push(Service::start(&self.binary, url, arguments, &log).await?);
        Ok(())
    }

    /// Runs another command of the service's program to its end: what it printed, or what it said was wrong.
    pub async fn run_service(&self, arguments: &[&str]) -> Result<String, RunError> {
        self.binary.run(arguments).await
    }

    /// The first service.
    pub fn service(&mut self) -> Result<&mut Service, RunError> {
        self.services.first_mut().ok_or_else(|| RunError::new("no service was started"))
    }

    /// Where a service is, each in its turn.
    pub fn base(&self, number: usize) -> String {
        let at = number.checked_rem(self.services.len()).unwrap_or(0);
        self.services.get(at).map(Service::base).unwrap_or_default()
    }

    /// The database, which a rehearsal does not have.
    pub fn cluster(&mut self) -> Result<&mut Cluster, RunError> {
        let none = || RunError::new("this cannot be rehearsed in memory: it is about the database");
        self.cluster.as_mut().ok_or_else(none)
    }

    /// Starts this many writers on the first service.
    pub fn write(&mut self, number: u64, retry: Retry, crew: &'static str) -> Writers {
        let writing = Writing {
            caller: self.caller.clone(),
            base: self.base(0),
            history: Arc::clone(&self.history),
            retry,
            crew,
            seed: self.random.number(),
        };
        Writers::start(number, &writing)
    }

    /// Lets writers finish; one that broke is a finding.
    pub async fn finish(&mut self, writers: Writers) {
        let broken = writers.finish().await;
        self.report.findings.expect(broken == 0, Oracle::Broken, || format!("{broken} writers broke"));
    }

    /// Records a finding.
    pub fn find(&mut self, oracle: Oracle, what: impl Into<String>) {
        self.report.findings.add(oracle, what);
    }

    /// Records a recovery that took too long.
    pub fn recovered(&mut self, took: Duration, what: &str) {
        let recovery = self.recovery;
        self.report.findings.expect(took <= recovery, Oracle::Recovery, || format!("{what}: {took:?}"));
    }

    /// Records sessions that are in the middle of a transaction at this moment. No command leaves one there even for a
    /// moment: each is a single statement.
    pub async fn look_for_open_transactions(&mut self, when: &str) -> Result<(), RunError> {
        let Some(cluster) = &self.cluster else { return Ok(()) };
        let open = cluster.sql(schema::IDLE_IN_TRANSACTION).await?.concat().concat();
        self.report
            .findings
            .expect(open == "0", Oracle::IdleInTransaction, || format!("{open} sessions {when}"));
        Ok(())
    }

    /// Reports on standard error, now and then, the progress of the run and the estimated time left.
    pub fn progress(&mut self, done: u64, of: u64) {
        let now = self.history.now();
        if done > 0 && now.saturating_sub(self.last_progress) >= PROGRESS_INTERVAL {
            self.last_progress = now;
            let left = now.as_secs().saturating_mul(of.saturating_sub(done)) / done;
            let name = self.report.campaign;
            // Ignored: standard error may be closed.
            let _ = writeln!(std::io::stderr(), "{name}: {done} of {of}, some {left} s left");
        }
    }

    /// Looks for orders of writers that were not done: each of them is valid and was repeated until answered.
    pub fn expect_all_done(&mut self) {
        for record in self.history.records() {
            let example = || format!("{} {}: {}", record.order.command, record.order.tag, record.body);
            match record.outcome {
                Outcome::Done => {}
                Outcome::Refused => self.report.findings.add(Oracle::WrongAnswer, example()),
                Outcome::Unknown => self.report.findings.add(Oracle::Stuck, example()),
            }
        }
    }

    /// Compares history and database, replays every acknowledged order, and closes.
    pub async fn check(mut self) -> Result<Report, RunError> {
        let records = self.history.records();
        let count = |outcome| records.iter().filter(|record| record.outcome == outcome).count();
        self.report.measure("acknowledged", count(Outcome::Done));
        self.report.measure("refused", count(Outcome::Refused));
        self.report.measure("unknown to the end", count(Outcome::Unknown));
        self.report
            .findings
            .expect(count(Outcome::Done) > 0, Oracle::Broken, || "nothing was done".to_owned());
        let attempts = self.history.attempts();
        self.report.findings.append(answers::check(&attempts, &self.answer_rules));
        self.report.measure("requests", attempts.len());
        self.report.measure("answers", json!(answers::statuses(&attempts)));
        let done = records.iter().filter(|record| record.outcome == Outcome::Done);
        self.report.measure_times("answered after, s", done.map(Record::took).collect());

        if let Some(cluster) = &self.cluster {
            sleep(Duration::from_secs(1)).await;
            let inventory = Inventory::read(cluster).await?;
            self.report.findings.append(checker::check(&records, &inventory));
            self.report.measure("clients", inventory.clients.len());
            self.report
                .measure("history lines = events", json!([inventory.lines.len(), inventory.events.len()]));
            self.report.measure("idle in transaction", inventory.idle_in_transaction);
        }
        let right_so_far = self.report.findings.is_empty();
        let bases: Vec<String> = (0..self.services.len()).map(|number| self.base(number)).collect();
        let (replayed, found) = replay::replay(&self.caller, &bases, &records).await;
        self.report.findings.append(found);
        self.report.measure("replays", replayed);
        if let (true, Some(cluster)) = (right_so_far, &self.cluster) {
            // Whatever is found now that was not there before, the replays have done.
            self.report.findings.append(checker::check(&records, &Inventory::read(cluster).await?));
        }
        for (name, oracle) in [("lost", Oracle::Lost), ("doubled", Oracle::Doubled), ("stuck", Oracle::Stuck)]
        {
            let count = self.report.findings.count(oracle);
            self.report.measure(name, count);
        }
        self.report.measure("history", self.folder.join("history.jsonl").display().to_string());
        Ok(self.report)
    }
}
