//! The rounds: each cell once in each of them.

use std::io::Write as _;
use std::sync::Arc;

use clients_campaigns::Trouble;
use serde::Serialize;

use crate::answer::Expected;
use crate::callers::{Directly, OverHttp};
use crate::cell::{Cell, Choice, Task, Who, rotated};
use crate::load::{self, Calls, Done, Length};
use crate::peers::Peers;
use crate::processor::{Reading, Spent, resident};
use crate::request::{Requests, Source, object};
use crate::search::SEARCHES;
use crate::stand::{PEOPLE, Stand};

/// What one cell was in one round.
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
    /// Of all the machine could do, in hundredths.
    pub(crate) foreign_percent: f64,
}

/// What all rounds have brought.
#[derive(Clone, Debug, Default)]
pub(crate) struct Results {
    pub(crate) cells: Vec<Measured>,
    /// Resident memory of the service after it had the most connections, in MiB, and how many those were.
    pub(crate) resident: Option<(f64, usize)>,
}

/// Measures everything so many times.
pub(crate) async fn run(
    stand: &mut Stand,
    peers: &Peers,
    choice: &Choice,
    rounds: usize,
    length: Length,
) -> Result<Results, Trouble> {
    let mut results = Results::default();
    let groups = choice.groups();
    let all = rounds * groups.iter().map(Vec::len).sum::<usize>();
    for round in 0..rounds {
        for cell in groups.iter().flat_map(|group| rotated(group, round)) {
            let mut serial = Serial { stand, peers, length, number: results.cells.len() as u64 };
            let measured = serial.measure(cell, round).await.map_err(Trouble::during(cell))?;
            let done = results.cells.len() + 1;
            let _ = writeln!(
                std::io::stderr(),
                "{done}/{all} {cell}: {:.0}/s, p50 {:.2} ms, others {:.0} %",
                measured.rate,
                measured.p50_ms,
                measured.foreign_percent
            );
            results.cells.push(measured);
            if cell.who == Who::Service && results.resident.is_none_or(|(_, most)| cell.connections >= most) {
                results.resident =
                    resident(stand.service.process()).map(|mebibytes| (mebibytes, cell.connections));
            }
        }
    }
    Ok(results)
}

/// One measurement after the other, each with a number of its own.
struct Serial<'a> {
    stand: &'a mut Stand,
    peers: &'a Peers,
    length: Length,
    number: u64,
}

impl Serial<'_> {
    async fn measure(&mut self, cell: Cell, round: usize) -> Result<Measured, Trouble> {
        let source = self.source(cell).await?;
        let requests = Arc::new(Requests::new(source, format!("bench-{}", self.number)));
        let made = self.stand.made().await?;
        let (mut done, spent) = match cell.who {
            Who::Floor => self.floor(cell).await?,
            Who::Adapter => {
                let (maker, checker) = Stand::direct_callers()?;
                let clients = &self.stand.clients;
                let callers = Directly::several(cell.connections, clients, (&maker, &checker), &requests);
                self.load(callers, None).await?
            }
            Who::Service | Who::Memory => {
                let is_memory = cell.who == Who::Memory;
                let service = if is_memory { &self.stand.memory } else { &self.stand.service };
                let (address, tokens) = (service.address(), &self.stand.tokens);
                let callers = OverHttp::several(cell.connections, address, tokens, &requests).await?;
                self.load(callers, Some(service.process())).await?
            }
            Who::Fastapi | Who::Postgraphile => {
                let callers = self.peers.callers(cell, &requests).await?;
                self.load(callers, self.peers.process(cell.who)).await?
            }
        };
        self.look_at_what_is_there(cell, &done, made).await?;
        if done.requests == 0 {
            return Err(Trouble::new("nothing was done"));
        }
        Ok(measured(cell, round, &mut done, spent))
    }

    /// What is asked.
    async fn source(&mut self, cell: Cell) -> Result<Source, Trouble> {
        Ok(match cell.task {
            Task::Create => Source::Create { first: self.stand.fresh_people(), most: PEOPLE },
            Task::Approve => Source::Approve(self.stand.await_approval().await?),
            Task::Get if cell.who == Who::Memory => Source::Get(self.stand.memory_keys.clone()),
            Task::Get => Source::Get(self.stand.keys.clone()),
            Task::Search(at) => {
                let search = SEARCHES.get(at).ok_or_else(|| Trouble::new("there is no such search"))?;
                let draws = &self.stand.draws;
                let found = search.found(&self.stand.cluster, draws).await?;
                let pairs = draws.iter().zip(found).map(|(draw, (ids, total))| {
                    (object(search.asked(draw)), Expected::List(Arc::new(ids), total))
                });
                Source::Search(pairs.collect())
            }
        })
    }

    async fn floor(&mut self, cell: Cell) -> Result<(Done, Spent), Trouble> {
        let base = match cell.task {
            Task::Approve => self.stand.crowd.clients + 1,
            _ => self.stand.fresh_people(),
        };
        let stand = &self.stand;
        let scripts = match cell.task {
            Task::Create => vec![stand.floor.create.clone()],
            Task::Approve => vec![stand.floor.approve.clone()],
            Task::Get => vec![stand.floor.get.clone()],
            Task::Search(at) => {
                let search = SEARCHES.get(at);
                stand.draws.iter().filter_map(|draw| Some(search?.script(draw))).collect()
            }
        };
        let whole = |number: u64| i64::try_from(number).unwrap_or(i64::MAX);
        let variables = [
            // The script counts before it uses the number.
            ("i", -1),
            ("base", whole(base)),
            ("step", whole(cell.connections as u64)),
            ("cell", whole(self.number)),
            ("clients", whole(stand.crowd.clients)),
        ];
        let database = stand.cluster.postmaster();
        stand.pgbench.run(&scripts, &variables, cell.connections, self.length, database).await
    }

    /// Has callers warm up and then measures them.
    async fn load<C: Calls>(&self, callers: Vec<C>, service: Option<u32>) -> Result<(Done, Spent), Trouble> {
        let (callers, besides) = load::warmed(callers).await?;
        let before = Reading::now();
        let done = load::run(callers, self.length).await?;
        let spent = Reading::now().since(&before, service, self.stand.cluster.postmaster(), None);
        Ok((Done { besides, ..done }, spent))
    }

    /// What was answered is compared with what the database has afterwards, also where nobody reads the answers.
    async fn look_at_what_is_there(&self, cell: Cell, done: &Done, made: u64) -> Result<(), Trouble> {
        let (there, what) = match cell.task {
            Task::Create if cell.who != Who::Memory => (self.stand.made().await? - made, "made"),
            Task::Approve => (self.stand.approved().await?, "approved"),
            _ => return Ok(()),
        };
        let answered = done.requests + done.besides;
        if there == answered {
            return Ok(());
        }
        Err(Trouble::new(format!("{answered} were answered and {there} clients were {what}")))
    }
}

#[expect(
    clippy::cast_precision_loss,
    reason = "requests of one run are far fewer than a double counts exactly"
)]
fn measured(cell: Cell, round: usize, done: &mut Done, spent: Spent) -> Measured {
    let requests = done.requests as f64;
    Measured {
        round,
        task: cell.task.name(),
        who: cell.who,
        connections: cell.connections,
        requests: done.requests,
        rate: requests / done.seconds,
        p50_ms: done.latencies.percentile(50),
        p99_ms: done.latencies.percentile(99),
        service_us: spent.service * 1e6 / requests,
        database_us: spent.database * 1e6 / requests,
        load_us: spent.load * 1e6 / requests,
        foreign_percent: spent.foreign * 100.0,
    }
}
