//! Random sequences of commands and queries, sent to the service in memory and to the service on a durable storage: the
//! answers match, step by step.

mod comparison;
mod steps;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::bench::Bench;
use crate::caller::Caller;
use crate::findings::{Findings, Oracle};
use crate::options::{Options, Setup};
use crate::report::Report;
use crate::{RunError, Seeded, Storage, checker};
use comparison::Names;
use steps::{Sequence, Step};

/// How many sequences run side by side, each with clients of its own.
const CONCURRENCY: u64 = 8;
/// The placeholder for a missing answer.
const UNANSWERED: &str = "was not answered";

/// Sends each sequence to both services.
///
/// The control leaves out, of each sequence, the first command that was done on one side.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let mut bench = Bench::open("sequences", options, Setup::default()).await?;
    bench.report.control = options.control.then_some(Oracle::Difference);
    bench.add_service(Storage::Memory, &[]).await?;
    let (one, other) = (bench.base(0), bench.base(1));
    let sequences = options.rounds(200, 5_000);
    let pair = Pair { caller: bench.caller.clone(), one, other, steps: Arc::new(AtomicU64::new(0)) };
    let mut done: BTreeMap<&'static str, u64> = BTreeMap::new();
    let mut runners = JoinSet::new();
    for runner in 0..CONCURRENCY {
        let (pair, random) = (pair.clone(), bench.random.clone());
        let control = options.control;
        runners.spawn(async move {
            let (mut findings, mut done) = (Findings::default(), BTreeMap::new());
            for number in (runner..sequences).step_by(8) {
                let random = random.part(number);
                let found = pair.compare(number, random, control, &mut done).await;
                findings.expect(found.is_none(), Oracle::Difference, || found.unwrap_or_default());
            }
            (findings, done)
        });
    }
    while let Some(found) = runners.join_next().await {
        match found {
            Ok((findings, some)) => {
                bench.report.findings.append(findings);
                for (name, number) in some {
                    *done.entry(name).or_default() += number;
                }
            }
            Err(error) => bench.find(Oracle::Broken, error.to_string()),
        }
    }
    let steps = pair.steps.load(Ordering::Relaxed);
    let answered: u64 = done.values().sum();
    if answered == 0 {
        bench.find(Oracle::Broken, format!("of {steps} steps none was done or answered"));
    }
    sleep(Duration::from_secs(1)).await;
    if let Some(inventory) = bench.inventory().await? {
        bench.report.findings.append(checker::whole(&inventory));
        bench
            .report
            .measure("history lines = events", json!([inventory.lines.len(), inventory.events.len()]));
    }
    bench.report.measure("sequences", sequences);
    bench.report.measure("steps", steps);
    bench.report.measure("done or answered", json!(done));
    bench.report.measure("differences", bench.report.findings.count(Oracle::Difference));
    Ok(bench.report)
}

/// The two services and how far they were compared.
#[derive(Clone)]
struct Pair {
    caller: Caller,
    one: String,
    other: String,
    steps: Arc<AtomicU64>,
}

impl Pair {
    /// The first difference between the two, if there is one.
    async fn compare(
        &self,
        number: u64,
        random: Seeded,
        mut skip: bool,
        done: &mut BTreeMap<&'static str, u64>,
    ) -> Option<String> {
        let mut sequence = Sequence::new(number, random);
        let mut names = [Names::default(), Names::default()];
        let mut at = 0;
        while let Some(step) = sequence.next() {
            at += 1;
            self.steps.fetch_add(1, Ordering::Relaxed);
            let first = self.send(&self.one, &step, &mut names[0]).await;
            // One that was refused would not be missed.
            if skip && matches!(step, Step::Command(_)) && first.starts_with("200") {
                skip = false;
                continue;
            }
            let second = self.send(&self.other, &step, &mut names[1]).await;
            // Two missing or unknown answers do not count as equal.
            if first != second || first.starts_with('5') || first == UNANSWERED {
                return Some(format!("sequence {number}, step {at}: {step}\n      {first}\n      {second}"));
            }
            if first.starts_with("200") {
                *done.entry(step.name()).or_default() += 1;
            }
        }
        None
    }

    /// The answer with every name that one side gave replaced by what both can know.
    async fn send(&self, base: &str, step: &Step, names: &mut Names) -> String {
        for _ in 0..50 {
            let answer = match step {
                Step::Command(order) => self.caller.send(base, &names.order(order)).await,
                Step::Query(by, query, data) => {
                    self.caller.ask(base, *by, query, &names.resolved(data)).await
                }
            };
            match answer {
                // The outcome is unknown so far; every command has its key.
                Ok(answer) if matches!(answer.status, 429 | 503 | 504) && answer.retry_after => {}
                Ok(answer) => {
                    let (etag, replayed) = (answer.etag.as_deref().unwrap_or("-"), answer.replayed);
                    let body = names.learned(&answer.json());
                    return format!("{} etag {etag} replayed {replayed} {body}", answer.status);
                }
                Err(_) => return UNANSWERED.to_owned(),
            }
            sleep(Duration::from_millis(100)).await;
        }
        UNANSWERED.to_owned()
    }
}
