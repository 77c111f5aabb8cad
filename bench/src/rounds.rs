//! The rounds: each case once in each of them.

use std::io::Write as _;
use std::sync::Arc;

use clients_campaigns::{RunError, Service};
use serde::Serialize;

use crate::answer::Expected;
use crate::back_office::QUESTIONS;
use crate::batches::BatchMeasured;
use crate::callers::{Directly, OverHttp};
use crate::case::{Case, Choice, Task, Who, rotated};
use crate::console_bed::PAGES;
use crate::load::{self, Calls, Done, Length};
use crate::peers::Peers;
use crate::processor::{Reading, Spent, resident};
use crate::request::{Requests, Source, object};
use crate::search::SEARCHES;
use crate::test_bed::{PEOPLE, TestBed};

/// What one case was in one round.
#[derive(Clone, Debug, Serialize)]
pub(crate) struct Measured {
    pub(crate) round: usize,
    pub(crate) task: &'static str,
    pub(crate) who: Who,
    pub(crate) connections: usize,
    pub(crate) requests: u64,
    /// Requests in a second.
    pub(crate) rate: f64,
    pub(crate) p50_ms: f64,
    pub(crate) p99_ms: f64,
    /// Microseconds of processor time for each request.
    pub(crate) service_us: f64,
    pub(crate) database_us: f64,
    pub(crate) load_us: f64,
    /// KiB of PostgreSQL's log of writes for each request.
    pub(crate) log_kib: f64,
    /// Of all the machine could do, in hundredths.
    pub(crate) foreign_percent: f64,
}

/// What all rounds have brought.
#[derive(Clone, Debug, Default)]
pub(crate) struct Results {
    pub(crate) cases: Vec<Measured>,
    /// Resident memory of the service in MiB after the case with the most connections, and their number.
    pub(crate) resident: Option<(f64, usize)>,
    /// The most resident memory in MiB of the service on a data folder after a case.
    pub(crate) sqlite_resident: Option<f64>,
    /// The batch, if one was measured.
    pub(crate) batch: Option<BatchMeasured>,
}

/// Measures every case this many times.
pub(crate) async fn run(
    bed: &mut TestBed,
    peers: &Peers,
    choice: &Choice,
    rounds: usize,
    length: Length,
) -> Result<Results, RunError> {
    let mut results = Results::default();
    let groups = choice.groups();
    let all = rounds * groups.iter().map(Vec::len).sum::<usize>();
    for round in 0..rounds {
        for case in groups.iter().flat_map(|group| rotated(group, round)) {
            let mut serial = Serial { bed, peers, length, number: results.cases.len() as u64 };
            let measured = serial.measure(case, round).await.map_err(RunError::during(case))?;
            let done = results.cases.len() + 1;
            let _ = writeln!(
                std::io::stderr(),
                "{done}/{all} {case}: {:.0}/s, p50 {:.2} ms, others {:.0} %",
                measured.rate,
                measured.p50_ms,
                measured.foreign_percent
            );
            results.cases.push(measured);
            if case.who == Who::Service && results.resident.is_none_or(|(_, most)| case.connections >= most) {
                results.resident =
                    resident(bed.service.process()).map(|mebibytes| (mebibytes, case.connections));
            }
            if let Some(sqlite) = bed.sqlite.as_ref().filter(|_| case.who == Who::Sqlite) {
                let now = resident(sqlite.service.process());
                let before = results.sqlite_resident;
                results.sqlite_resident =
                    now.map(|now| before.map_or(now, |before| now.max(before))).or(before);
            }
        }
    }
    Ok(results)
}

/// One measurement after the other, each with a number of its own.
struct Serial<'a> {
    bed: &'a mut TestBed,
    peers: &'a Peers,
    length: Length,
    number: u64,
}

impl Serial<'_> {
    async fn measure(&mut self, case: Case, round: usize) -> Result<Measured, RunError> {
        if let Task::Page(at) = case.task {
            let page = PAGES.get(at).ok_or_else(|| RunError::new("there is no such page"))?;
            let console = self.bed.console()?;
            let browsers = console.browsers(case.connections, *page).await?;
            let (mut done, spent) = self.load(browsers, console.process().as_slice()).await?;
            return Ok(measured(case, round, &mut done, spent));
        }
        let source = self.source(case).await?;
        let requests = Arc::new(Requests::new(source, format!("bench-{}", self.number)));
        let made = self.made(case.who).await?;
        let written = self.bed.written().await?;
        let (mut done, spent) = match case.who {
            Who::Baseline => self.baseline(case).await?,
            Who::Adapter | Who::SqliteAdapter => {
                let (maker, checker) = TestBed::direct_callers()?;
                let is_sqlite = case.who == Who::SqliteAdapter;
                let clients = if is_sqlite { &self.bed.sqlite()?.clients } else { &self.bed.clients };
                let callers = Directly::several(case.connections, clients, (&maker, &checker), &requests);
                self.load(callers, &[]).await?
            }
            Who::TwoInstances => {
                let both = self.bed.instances()?;
                let mut callers = Vec::with_capacity(case.connections);
                for (service, share) in
                    both.into_iter().zip([case.connections / 2, case.connections.div_ceil(2)])
                {
                    let (address, tokens) = (service.address(), &self.bed.tokens);
                    callers.extend(OverHttp::several(share, address, tokens, &requests).await?);
                }
                self.load(callers, &both.map(Service::process)).await?
            }
            Who::Service | Who::Before | Who::Memory | Who::Sqlite => {
                let service = match case.who {
                    Who::Memory => &self.bed.memory,
                    Who::Before => self.bed.before()?,
                    Who::Sqlite => &self.bed.sqlite()?.service,
                    _ => &self.bed.service,
                };
                let (address, tokens) = (service.address(), &self.bed.tokens);
                let callers = OverHttp::several(case.connections, address, tokens, &requests).await?;
                self.load(callers, &[service.process()]).await?
            }
            Who::Fastapi | Who::Postgraphile => {
                let callers = self.peers.callers(case, &requests).await?;
                self.load(callers, self.peers.process(case.who).as_slice()).await?
            }
        };
        self.check_database(case, &done, made).await?;
        if done.requests == 0 {
            return Err(RunError::new("nothing was done"));
        }
        let written = self.bed.written().await? - written;
        Ok(Measured {
            log_kib: kibibytes(written, done.requests + done.besides),
            ..measured(case, round, &mut done, spent)
        })
    }

    /// How many clients there are where this case makes them.
    async fn made(&self, who: Who) -> Result<u64, RunError> {
        match who {
            Who::Sqlite | Who::SqliteAdapter => self.bed.sqlite()?.made(who == Who::Sqlite),
            _ => self.bed.made().await,
        }
    }

    /// What is asked.
    async fn source(&mut self, case: Case) -> Result<Source, RunError> {
        Ok(match case.task {
            Task::Create => Source::Create { first: self.bed.fresh_people(), most: PEOPLE },
            Task::Approve => Source::Approve(self.bed.await_approval().await?),
            Task::Get if case.who == Who::Memory => Source::Get(self.bed.memory_keys.clone()),
            Task::Get if case.who == Who::Sqlite => Source::Get(self.bed.sqlite()?.keys.clone()),
            Task::Get => Source::Get(self.bed.keys.clone()),
            Task::Page(_) => return Err(RunError::new("a page is asked for by browsers")),
            Task::Ask(at) => {
                let question = QUESTIONS.get(at).ok_or_else(|| RunError::new("there is no such question"))?;
                Source::Ask(*question, self.bed.keys.clone())
            }
            Task::Search(_) if case.who == Who::Sqlite => self.bed.sqlite()?.words()?,
            Task::Search(at) => {
                let search = SEARCHES.get(at).ok_or_else(|| RunError::new("there is no such search"))?;
                let draws = &self.bed.draws;
                let found = search.found(&self.bed.cluster, draws).await?;
                let pairs = draws.iter().zip(found).map(|(draw, (ids, total))| {
                    (object(search.asked(draw)), Expected::List(Arc::new(ids), total))
                });
                Source::Search(pairs.collect())
            }
        })
    }

    async fn baseline(&mut self, case: Case) -> Result<(Done, Spent), RunError> {
        let base = match case.task {
            Task::Approve => self.bed.data_set.clients + 1,
            _ => self.bed.fresh_people(),
        };
        let bed = &self.bed;
        let scripts = match case.task {
            Task::Create => vec![bed.baseline.create.clone()],
            Task::Approve => vec![bed.baseline.approve.clone()],
            Task::Get => vec![bed.baseline.get.clone()],
            Task::Ask(_) | Task::Page(_) => {
                return Err(RunError::new("what the back office asks has no floor"));
            }
            Task::Search(at) => {
                let search = SEARCHES.get(at);
                bed.draws.iter().filter_map(|draw| Some(search?.script(draw))).collect()
            }
        };
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let variables = [
            // The script counts before it uses the number.
            ("i", -1),
            ("base", whole(base)),
            ("step", whole(case.connections as u64)),
            ("case", whole(self.number)),
            ("clients", whole(bed.data_set.clients)),
        ];
        let database = bed.cluster.postmaster();
        bed.pgbench.run(&scripts, &variables, case.connections, self.length, database).await
    }

    /// Has callers warm up and then measures them.
    async fn load<C: Calls>(&self, callers: Vec<C>, services: &[u32]) -> Result<(Done, Spent), RunError> {
        let (callers, besides) = load::warmed(callers).await?;
        let before = Reading::now();
        let done = load::run(callers, self.length).await?;
        let spent = Reading::now().since(&before, services, self.bed.cluster.postmaster(), None);
        Ok((Done { besides, ..done }, spent))
    }

    /// The answers are compared with the database afterwards, also where no caller reads the answers.
    async fn check_database(&self, case: Case, done: &Done, made: u64) -> Result<(), RunError> {
        let (there, what) = match case.task {
            Task::Create if case.who != Who::Memory => (self.made(case.who).await? - made, "made"),
            Task::Approve => (self.bed.approved().await?, "approved"),
            _ => return Ok(()),
        };
        let answered = done.requests + done.besides;
        if there == answered {
            return Ok(());
        }
        Err(RunError::new(format!("{answered} were answered and {there} clients were {what}")))
    }
}

#[expect(clippy::cast_precision_loss, reason = "what a run writes is far less than a double counts exactly")]
fn kibibytes(written: u64, requests: u64) -> f64 {
    written as f64 / 1024.0 / requests.max(1) as f64
}

#[expect(
    clippy::cast_precision_loss,
    reason = "requests of one run are far fewer than a double counts exactly"
)]
fn measured(case: Case, round: usize, done: &mut Done, spent: Spent) -> Measured {
    let requests = done.requests as f64;
    Measured {
        round,
        task: case.task.name(),
        who: case.who,
        connections: case.connections,
        requests: done.requests,
        rate: requests / done.seconds,
        p50_ms: done.latencies.percentile(50),
        p99_ms: done.latencies.percentile(99),
        service_us: spent.service * 1e6 / requests,
        database_us: spent.database * 1e6 / requests,
        load_us: spent.load * 1e6 / requests,
        log_kib: 0.0,
        foreign_percent: spent.foreign * 100.0,
    }
}
