//! Random sequences of commands, queries, moving clocks and changing settings: the rules of the domain, the store in
//! memory, SQLite and PostgreSQL agree after every step.
//!
//! `CLIENT_SEQUENCES` sets their number (200 by default), `CLIENT_SEQUENCES_SEED` selects them; a run reports
//! its seed. See "Random sequences" in CONTRIBUTING.

mod bank;
mod decision;
mod evidence;
mod evidence_shown;
mod expected;
mod fixture;
mod listing;
mod makers;
mod model;
mod oracle;
mod order;
mod outbox;
mod person;
mod query;
mod returns;
mod samples;
mod settings;
mod statistics;
mod step;
mod watch;

use std::cell::RefCell;
use std::collections::HashMap;
use std::fmt::Write as _;
use std::hash::{BuildHasher as _, RandomState};
use std::panic::resume_unwind;
use std::time::Instant;

use adapter_inmem::MemoryStore;
use adapter_postgres::PostgresStore;
use adapter_sqlite::SqliteStore;
use client_wire::Reply;
use proptest::prelude::*;
use proptest::strategy::BoxedStrategy;
use proptest::test_runner::{Config, RngSeed, TestError, TestRunner};
use proptest_state_machine::{ReferenceStateMachine, StateMachineTest};
use throwaway_postgres::Cluster;

use bank::Bank;
use evidence::{PICTURE_BYTES, Situation};
use expected::Expected;
use fixture::Fixture;
use model::{Last, Model};
use statistics::{Statistics, count, what_never_occurred};
use step::Step;

const SEQUENCES: u32 = 200;
/// The concurrent players, each with a share of the sequences and a database of its own.
const PLAYERS: u64 = 2;
/// After the first round, more follow only until every required event has occurred.
const ROUNDS: u64 = 3;
const STEPS: std::ops::RangeInclusive<usize> = 1..=60;

thread_local! {
    /// State that `StateMachineTest` has no argument for: the database, and the statistics.
    static RUN: RefCell<Option<Run>> = const { RefCell::new(None) };
}

struct Run {
    fixture: Fixture,
    statistics: Statistics,
    /// After how many sequences and steps the first difference was found.
    found: Option<[usize; 2]>,
}

fn run<T>(with: impl FnOnce(&mut Run) -> T) -> T {
    RUN.with_borrow_mut(|run| with(run.as_mut().unwrap()))
}

struct Reference;

impl ReferenceStateMachine for Reference {
    type State = Model;
    type Transition = Step;

    fn init_state() -> BoxedStrategy<Model> {
        (settings::settings(), settings::requirements(), settings::calendars()).prop_map(Model::new).boxed()
    }

    fn transitions(model: &Model) -> BoxedStrategy<Step> {
        let situations: Vec<_> =
            model.clients.iter().map(|known| Situation::of(model, &known.client)).collect();
        step::step(&situations)
    }

    fn apply(mut model: Model, step: &Step) -> Model {
        model.take(step);
        model
    }
}

/// The application on each store, and what they have answered, by step.
struct Banks {
    memory: Bank,
    /// Of the durable stores.
    others: [Bank; 2],
    postgres: PostgresStore,
    sqlite: SqliteStore,
    replies: HashMap<usize, Reply>,
}

impl Banks {
    fn take(&mut self, model: &Model) -> Result<(), String> {
        let (memory, others) = run(|run| {
            run.fixture.runtime.block_on(async {
                let mut others = Vec::new();
                for bank in &mut self.others {
                    others.push(bank.take(model).await);
                }
                (self.memory.take(model).await, others)
            })
        });
        let replayed_from = match &model.last {
            Last::Command { expected: Expected::Done { replayed_from, .. }, .. } => *replayed_from,
            _ => None,
        };
        let first = replayed_from.and_then(|step| self.replies.get(&step));
        let all = std::iter::once(&memory).chain(&others);
        for (bank, seen) in self.all().zip(all) {
            oracle::check(seen, model, first).map_err(|verdict| format!("{}: {verdict}", bank.name))?;
        }
        for (bank, other) in self.others.iter().zip(&others) {
            if memory != *other {
                return Err(format!("memory and {} differ: {memory:?} and {other:?}", bank.name));
            }
        }
        if let Some((name, answer)) = &memory.report {
            let reply = answer.as_ref().map_err(|failure| format!("the report {name}: {failure:?}"))?;
            if reply.data["rows"].as_array().is_some_and(|rows| !rows.is_empty()) {
                run(|run| *run.statistics.entry(format!("report {name}")).or_default() += 1);
            }
        }
        if let Some(Ok(reply)) = memory.answers.into_iter().next() {
            self.replies.insert(model.steps, reply);
        }
        Ok(())
    }

    fn all(&self) -> impl Iterator<Item = &Bank> {
        std::iter::once(&self.memory).chain(&self.others)
    }

    /// All clients, including those that no later step named.
    fn end(&self, model: &Model) -> Result<(), String> {
        for known in &model.clients {
            for bank in self.all() {
                let (found, history) = run(|run| run.fixture.runtime.block_on(bank.look_at(&known.client)));
                let found = found.ok_or_else(|| format!("{}: a client is missing", bank.name))?;
                if found != known.client {
                    return Err(format!("{}: {}", bank.name, oracle::difference(&found, &known.client)));
                }
                if !history.iter().eq(known.history.iter().rev()) {
                    return Err(format!("{}: in the end the history is another", bank.name));
                }
            }
        }
        let documents = model.clients.iter().flat_map(|known| &known.client.kyc().documents);
        let mut files: Vec<_> =
            documents.map(|one| (one.content.key.clone(), PICTURE_BYTES.to_vec(), true)).collect();
        files.sort();
        for bank in self.all() {
            if run(|run| run.fixture.runtime.block_on(bank.files())) != files {
                return Err(format!("{}: in the end other files are kept, or in use", bank.name));
            }
        }
        Ok(())
    }
}

impl Drop for Banks {
    fn drop(&mut self) {
        run(|run| {
            run.fixture.runtime.block_on(async {
                self.postgres.close().await;
                self.sqlite.close().await;
            });
        });
    }
}

struct Agreement;

impl StateMachineTest for Agreement {
    type SystemUnderTest = Banks;
    type Reference = Reference;

    fn init_test(model: &Model) -> Banks {
        let (postgres, sqlite) = run(|run| {
            *run.statistics.entry("sequences".to_owned()).or_default() += 1;
            run.fixture.cleared()
        });
        Banks {
            memory: Bank::open("memory", MemoryStore::new(), model),
            others: [
                Bank::open("PostgreSQL", postgres.clone(), model),
                Bank::open("SQLite", sqlite.clone(), model),
            ],
            postgres,
            sqlite,
            replies: HashMap::new(),
        }
    }

    fn apply(mut banks: Banks, model: &Model, step: Step) -> Banks {
        run(|run| count(&mut run.statistics, model, &step));
        agree(banks.take(model).map_err(|verdict| format!("step {}: {verdict}", model.steps)));
        banks
    }

    fn teardown(banks: Banks, model: Model) {
        agree(banks.end(&model));
    }
}

/// Fails without output, so that hundreds of attempts to find a shorter sequence print nothing.
fn agree(verdict: Result<(), String>) {
    if let Err(verdict) = verdict {
        run(|run| {
            let statistics =
                ["sequences", "steps"].map(|name| run.statistics.get(name).copied().unwrap_or(0));
            run.found.get_or_insert(statistics);
        });
        resume_unwind(Box::new(verdict));
    }
}

/// The minimal sequence, with the requests that were sent.
fn describe(mut model: Model, steps: &[Step]) -> String {
    let mut text = format!("{:?}\n{:?}\n", model.policy, model.kyc);
    for step in steps {
        model.take(step);
        write!(text, "{:>3}. ", model.steps).unwrap();
        match &model.last {
            Last::Command { order, expected, .. } => {
                let body = serde_json::Value::Object(order.data());
                write!(text, "{:?} {} {body}", order.who, order.name()).unwrap();
                order.key.iter().for_each(|key| write!(text, " Idempotency-Key: key-{key}").unwrap());
                order
                    .expected_version
                    .iter()
                    .for_each(|seen| write!(text, " If-Match: {}", seen.get()).unwrap());
                text.push_str(if order.dry { " dry\n" } else { "\n" });
                match expected {
                    Expected::Done { replayed_from: Some(step), .. } => {
                        writeln!(text, "     is answered as step {step}").unwrap();
                    }
                    Expected::Done { .. } => text.push_str("     is done\n"),
                    Expected::Refused(refused) => {
                        writeln!(text, "     is refused: {:?}", refused.reasons).unwrap();
                    }
                }
            }
            Last::Query(query) => {
                let data = serde_json::Value::Object(query.data.clone());
                writeln!(text, "{:?} {} {data}", query.who, query.name).unwrap();
            }
            Last::Clock => writeln!(text, "the clock stands at {}", model.now).unwrap(),
            _ => writeln!(text, "{step:?}").unwrap(),
        }
    }
    text
}

fn number(name: &str) -> Option<u64> {
    let said = std::env::var_os(name)?;
    let number = said.to_str().and_then(|said| said.parse().ok());
    Some(number.unwrap_or_else(|| panic!("{name} is to be a number")))
}

#[test]
fn domain_memory_sqlite_and_postgresql_agree_after_every_step() {
    let sequences = number("CLIENT_SEQUENCES").map_or(SEQUENCES, |many| many.try_into().unwrap());
    let seed = number("CLIENT_SEQUENCES_SEED").unwrap_or_else(|| RandomState::new().hash_one(0));
    println!("CLIENT_SEQUENCES={sequences} CLIENT_SEQUENCES_SEED={seed}");
    let begun = Instant::now();
    let server = Cluster::start();
    let mut all = Statistics::new();
    // A few sequences, asked for by their number, need not reach everything.
    let rounds = if sequences < SEQUENCES { 1 } else { ROUNDS };
    for round in 0..rounds {
        play_together(&server, seed, round, sequences, &mut all);
        if what_never_occurred(&all).is_empty() {
            break;
        }
    }
    println!("{:.1} s, {all:#?}", begun.elapsed().as_secs_f64());
    if sequences >= SEQUENCES {
        assert_eq!(what_never_occurred(&all), Vec::<String>::new(), "these never occurred: {all:#?}");
    }
}

/// One round of all players. A later round has other seeds, so that a failure names the first seed of its own round.
fn play_together(server: &Cluster, seed: u64, round: u64, sequences: u32, all: &mut Statistics) {
    let first_seed = seed.wrapping_add(round * PLAYERS);
    let share = sequences.div_ceil(u32::try_from(PLAYERS).unwrap());
    let outcomes = std::thread::scope(|scope| {
        let players = (0..PLAYERS).map(|player| {
            scope.spawn(move || play(Fixture::make(server, player), first_seed, player, share))
        });
        let players: Vec<_> = players.collect();
        players.into_iter().map(|player| player.join().unwrap()).collect::<Vec<_>>()
    });
    for outcome in outcomes {
        let statistics = outcome.unwrap_or_else(|shortest| {
            panic!("CLIENT_SEQUENCES={sequences} CLIENT_SEQUENCES_SEED={first_seed}, shortened to {shortest}")
        });
        for (name, count) in statistics {
            *all.entry(name).or_default() += count;
        }
    }
}

/// Plays this many sequences, one after the other: returns what occurred, or the shortest one with a difference.
fn play(fixture: Fixture, seed: u64, player: u64, sequences: u32) -> Result<Statistics, String> {
    RUN.set(Some(Run { fixture, statistics: Statistics::new(), found: None }));
    let config = Config {
        rng_seed: RngSeed::Fixed(seed.wrapping_add(player)),
        failure_persistence: None,
        max_shrink_iters: 20_000,
        max_shrink_time: 60_000,
        ..Config::with_cases(sequences)
    };
    let outcome = TestRunner::new(config.clone()).run(
        &Reference::sequential_strategy(STEPS),
        |(model, steps, seen)| {
            Agreement::test_sequential(config.clone(), model, steps, seen);
            Ok(())
        },
    );
    let Run { statistics, found, .. } = RUN.take().unwrap();
    match outcome {
        Ok(()) => Ok(statistics),
        Err(TestError::Fail(reason, (model, steps, _))) => {
            let [sequences, all] = found.unwrap_or_default();
            Err(format!(
                "{} steps (found in sequence {sequences} of player {player}, after {all} steps in all):\n{}{}",
                steps.len(),
                describe(model, &steps),
                reason.message()
            ))
        }
        Err(TestError::Abort(reason)) => Err(format!("nothing: {}", reason.message())),
    }
}
