//! The set-up of every campaign, and the final check of each.

mod final_check;

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use crate::answers::AnswerRules;
use crate::caller::{Caller, Retry};
use crate::documents::Documents;
use crate::findings::Oracle;
use crate::history::History;
use crate::inventory::Inventory;
use crate::options::{Options, Setup, Store};
use crate::report::Report;
use crate::writers::{Writers, Writing};
use crate::{Binary, Cluster, DataFolder, Proxy, RunError, Seeded, Service, Storage, Tools, schema};

/// How soon everything must work again after a fault has ended: in the long form, and in the short form, which checks
/// correctness rather than speed, on any machine.
const RECOVERY: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(15)];
/// How many times as long an answer may take in the short form.
const SHORT_FORM_FACTOR: u32 = 2;
/// How much longer than an answer may take its caller waits.
const GRACE: Duration = Duration::from_secs(2);
/// How often the progress of a run is reported.
const PROGRESS_INTERVAL: Duration = Duration::from_secs(15);

/// Services on a database of their own, with callers and a history. All of it ends when this is dropped.
#[derive(Debug)]
pub struct Bench {
    /// The services; they end before what they use.
    pub services: Vec<Service>,
    /// Between the services and the database.
    pub proxy: Option<Proxy>,
    /// The database.
    pub cluster: Option<Cluster>,
    /// The data folder of the service that stores clients in SQLite.
    pub data: Option<DataFolder>,
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
    /// Everything but a database and services.
    pub fn without_storage(
        campaign: &'static str,
        options: &Options,
        setup: Setup,
    ) -> Result<Self, RunError> {
        let binary = Binary::find(options.service.as_deref())?;
        let name = if options.control { format!("{campaign}-control") } else { campaign.to_owned() };
        let folder = options.out.join(format!("{name}-{}", options.seed));
        std::fs::create_dir_all(&folder).map_err(RunError::during(folder.display()))?;
        let answer_rules = AnswerRules {
            deadline: setup.deadline * if options.short { SHORT_FORM_FACTOR } else { 1 },
            refusals: setup.refusals,
            away: Vec::new(),
            unconnected: Vec::new(),
            further: Vec::new(),
        };
        let [recovery, leniently] = RECOVERY;
        Ok(Self {
            services: Vec::new(),
            proxy: None,
            cluster: None,
            data: None,
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
        })
    }

    /// The folder of its logs.
    pub fn folder(&self) -> &Path {
        &self.folder
    }

    /// Starts everything.
    pub async fn open(campaign: &'static str, options: &Options, setup: Setup) -> Result<Self, RunError> {
        let mut bench = Self::without_storage(campaign, options, setup)?;
        let mut url = None;
        if options.store == Store::Postgresql {
            let tools = Tools::find(options.pg_bin.as_deref())?;
            let cluster = Cluster::start_with(&tools, setup.server_settings).await?;
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
        if options.store == Store::Sqlite {
            bench.data = Some(DataFolder::new()?);
        }
        let folder = bench.data.as_ref().map(DataFolder::path);
        let storage = match (&url, &folder) {
            (Some(url), _) => Storage::Url(url),
            (None, Some(folder)) => Storage::Folder(folder),
            (None, None) => Storage::Memory,
        };
        for _ in 0..setup.services {
            bench.add_service(storage, setup.arguments).await?;
        }
        bench.report.measure("store", options.store.name());
        Ok(bench)
    }

    /// Starts one more service.
    pub async fn add_service(&mut self, storage: Storage<'_>, arguments: &[&str]) -> Result<(), RunError> {
        let binary = self.binary.clone();
        self.add_service_of(&binary, storage, arguments).await
    }

    /// Starts one more service, of another release.
    pub async fn add_service_of(
        &mut self,
        binary: &Binary,
        storage: Storage<'_>,
        arguments: &[&str],
    ) -> Result<(), RunError> {
        let log = self.folder.join(format!("service-{}.log", self.services.len() + 1));
        self.services.push(Service::start(binary, storage, arguments, &log).await?);
        Ok(())
    }

    /// Ends the first service; the next one is the first then.
    pub fn retire_first_service(&mut self) {
        if !self.services.is_empty() {
            drop(self.services.remove(0));
        }
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

    /// The rows of a query, which a rehearsal in memory cannot answer.
    pub async fn rows(&self, query: &str) -> Result<Option<Vec<Vec<String>>>, RunError> {
        match (&self.cluster, &self.data) {
            (Some(cluster), _) => cluster.sql(query).await.map(Some),
            (None, Some(folder)) => folder.rows(query).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// What the database holds, which is not known of a rehearsal in memory.
    pub async fn inventory(&self) -> Result<Option<Inventory>, RunError> {
        match (&self.cluster, &self.data) {
            (Some(cluster), _) => Inventory::read(cluster).await.map(Some),
            (None, Some(folder)) => Inventory::read_folder(folder).map(Some),
            (None, None) => Ok(None),
        }
    }

    /// The PostgreSQL database.
    pub fn cluster(&mut self) -> Result<&mut Cluster, RunError> {
        let none = || RunError::new("this is about PostgreSQL, and needs --store postgresql");
        self.cluster.as_mut().ok_or_else(none)
    }

    /// Starts this many writers on the first service.
    pub fn write(&mut self, number: u64, retry: Retry, crew: &'static str) -> Writers {
        let writing = self.writing(0, retry, crew);
        Writers::start(number, &writing)
    }

    /// Starts this many writers on a service; each rests after every answer.
    pub fn write_slowly(
        &mut self,
        service: usize,
        number: u64,
        rest: Duration,
        crew: &'static str,
    ) -> Writers {
        let writing = Writing { rest, ..self.writing(service, Retry::SameKey, crew) };
        Writers::start(number, &writing)
    }

    /// A caller that gives clients of a service documents.
    pub fn documents(&mut self, service: usize) -> Documents {
        Documents {
            caller: self.caller.clone(),
            base: self.base(service),
            history: Arc::clone(&self.history),
            seed: self.random.number(),
        }
    }

    fn writing(&mut self, service: usize, retry: Retry, crew: &'static str) -> Writing {
        Writing {
            caller: self.caller.clone(),
            base: self.base(service),
            history: Arc::clone(&self.history),
            retry,
            crew,
            seed: self.random.number(),
            rest: Duration::ZERO,
        }
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
}
