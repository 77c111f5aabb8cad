//! A thousand callers concurrently send conflicting commands about one client, through two services.

use std::sync::Arc;
use std::time::Duration;

use serde_json::json;
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::bench::Bench;
use crate::caller::{Retry, RetryPolicy};
use crate::findings::Oracle;
use crate::history::{Outcome, Record};
use crate::options::{Options, Setup, Store};
use crate::report::Report;
use crate::{Actor, Order, RunError, schema};

/// The number of concurrent callers.
const RACERS: usize = 1_000;

/// Two commands that exclude each other, and the commands that lead to a state in which both are allowed.
struct Pair {
    name: &'static str,
    before: &'static [Command],
    commands: [Command; 2],
}

/// The caller, the command, and the member that it needs besides the client.
type Command = (Actor, &'static str, Option<&'static str>);

const APPROVE: Command = (Actor::Checker, "ApproveCustomerCommand", None);
const REJECT: Command = (Actor::Checker, "RejectCustomerCommand", Some("rejectionReason"));
const ACTIVATE: Command = (Actor::Other, "RecordCustomerTransactionCommand", Some("transactionReference"));
const BLACKLIST: Command = (Actor::Other, "BlacklistCustomerCommand", Some("reason"));
const UNDO_REJECT: Command = (Actor::Other, "UndoRejectCustomerCommand", Some("reason"));
const UNDO: Command = (Actor::Other, "UndoBlacklistCustomerCommand", Some("reason"));
const EXIT: Command = (Actor::Other, "ExitCustomerCommand", Some("reason"));
const RETURN: Command = (Actor::Other, "ReturnCustomerCommand", Some("reason"));

/// The pairs, one in each round. The control is about the first.
const PAIRS: [Pair; 7] = [
    Pair { name: "approve, reject", before: &[], commands: [APPROVE, REJECT] },
    Pair { name: "exit, exit (approved)", before: &[APPROVE], commands: [EXIT, EXIT] },
    Pair {
        name: "blacklist, blacklist (active)",
        before: &[APPROVE, ACTIVATE],
        commands: [BLACKLIST, BLACKLIST],
    },
    Pair { name: "undo, exit (blacklisted)", before: &[APPROVE, BLACKLIST], commands: [UNDO, EXIT] },
    Pair { name: "undo, undo (rejected)", before: &[REJECT], commands: [UNDO_REJECT, UNDO_REJECT] },
    Pair { name: "undo, undo (blacklisted)", before: &[APPROVE, BLACKLIST], commands: [UNDO, UNDO] },
    // The winner is a new client.
    Pair { name: "return, return", before: &[APPROVE, EXIT], commands: [RETURN, RETURN] },
];

fn order(tag: String, (by, command, member): Command, client: &str) -> Order {
    let more = member.map_or(json!({}), |member| json!({ member: format!("T-{client}") }));
    Order::about(tag, by, command, client, more)
}

/// Each round has one winner, and every other caller is refused.
///
/// The control has a rogue program that reads the client, waits a moment and approves it.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let arguments = &["--max-in-flight", "2000", "--max-connections", "2000"];
    // In memory, two services would be two banks; a data folder is opened by one.
    let services = if options.store == Store::Postgresql { 2 } else { 1 };
    let deadline = Duration::from_secs(30);
    let setup = Setup { services, arguments, deadline, refusals: true, ..Setup::default() };
    let mut bench = Bench::open("race", options, setup).await?;
    if options.control {
        bench.report.control = Some(Oracle::Gap);
        bench.cluster()?;
    }
    let rounds = if options.control { 1 } else { options.rounds(7, 100) };
    let (mut winners, mut asked_again, mut times) = (0, 0, Vec::new());
    for (round, pair) in (0..rounds).zip(PAIRS.iter().cycle()) {
        let create = Order::create(format!("race-{round}"), Actor::Maker);
        let created = bench.caller.try_once(&bench.base(0), create, &bench.history).await;
        let client = created.client().ok_or_else(|| RunError::new(format!("no client: {}", created.body)))?;
        bench.history.add(created);
        for (step, command) in pair.before.iter().enumerate() {
            let order = order(format!("race-{round}-before-{step}"), *command, &client);
            let done = bench.caller.try_once(&bench.base(0), order, &bench.history).await;
            if done.outcome != Outcome::Done {
                return Err(RunError::new(format!("{}: {}", pair.name, done.body)));
            }
            bench.history.add(done);
        }
        let decisions = if options.control {
            let rogue = schema::approve_without_looking_again(&client);
            let cluster = bench.cluster.as_ref().ok_or_else(|| RunError::new("no database"))?;
            let racing = async {
                sleep(Duration::from_millis(150)).await;
                race(&bench, round, pair, &client).await
            };
            let (decisions, meddled) = tokio::join!(racing, cluster.sql(&rogue));
            meddled?;
            decisions
        } else {
            race(&bench, round, pair, &client).await
        };
        let won = decisions.iter().filter(|decision| decision.outcome == Outcome::Done).count();
        winners += won;
        bench
            .report
            .findings
            .expect(won == 1, Oracle::Winners, || format!("round {round}, {}: {won} winners", pair.name));
        for decision in decisions {
            // The time includes the wait of callers that were asked to retry.
            times.push(decision.end.saturating_sub(decision.start));
            asked_again += usize::from(decision.attempts > 1);
            if !matches!(decision.status, 200 | 409) {
                bench.find(Oracle::WrongAnswer, format!("status {}: {}", decision.status, decision.body));
            }
        }
        bench.progress(round + 1, rounds);
    }
    bench.report.measure("rounds", rounds);
    bench.report.measure("racers", rounds * RACERS as u64);
    bench.report.measure("told to come back first", asked_again);
    bench.report.measure("winners", winners);
    bench.report.measure_times("decided after, s", times);
    bench.check().await
}

async fn race(bench: &Bench, round: u64, pair: &Pair, client: &str) -> Vec<Record> {
    let start = Arc::new(Barrier::new(RACERS));
    let mut racers = JoinSet::new();
    for racer in 0..RACERS {
        let [one, other] = pair.commands;
        let command = if racer % 2 == 0 { one } else { other };
        let order = order(format!("race-{round}-{racer}"), command, client);
        // Both kinds go to both services.
        let (caller, base) = (bench.caller.clone(), bench.base(racer / 2));
        let (history, start) = (Arc::clone(&bench.history), Arc::clone(&start));
        racers.spawn(async move {
            start.wait().await;
            // An overloaded service may ask for a retry; the race is over when every caller has a definite answer.
            let timeout = Duration::from_secs(30);
            let policy = RetryPolicy { retry: Retry::SameKey, timeout, seed: racer as u64 };
            caller.retry_until_done(&base, order, &policy, &history).await
        });
    }
    racers.join_all().await
}
