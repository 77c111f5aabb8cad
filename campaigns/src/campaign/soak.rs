//! Callers work for hours, and nothing grows.

mod vitals;

use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::sync::watch;
use tokio::task::JoinSet;
use tokio::time::sleep;

use self::vitals::{Sample, Vitals};
use crate::bench::Bench;
use crate::caller::Caller;
use crate::documents::pdf;
use crate::findings::Oracle;
use crate::history::{Attempt, History};
use crate::options::{Options, Setup};
use crate::report::Report;
use crate::{Actor, Fault, RunError, Seeded};

/// Seven of ten requests are queries, 25 of a hundred commands and five uploads.
const READERS: u64 = 8;
const WRITERS: u64 = 2;
const REST: Duration = Duration::from_millis(60);
const UPLOAD_REST: Duration = Duration::from_millis(300);
/// How often the process is looked at.
const SAMPLE: Duration = Duration::from_secs(5);
/// How often the database becomes slow, and for how long.
const FAULT_EVERY: Duration = Duration::from_mins(5);
const FAULT: Duration = Duration::from_secs(10);
/// A fault also slows what was begun before its end.
const AFTER_A_FAULT: Duration = Duration::from_secs(5);

/// Memory, open files and sessions stay as they are, and answers as fast, while callers ask, command and upload, and the
/// database becomes slow from time to time.
///
/// The control is a program that opens connections to the service and never closes them.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let setup = Setup { through_proxy: true, ..Setup::default() };
    let mut bench = Bench::open("soak", options, setup).await?;
    bench.report.control = options.control.then_some(Oracle::Leak);
    let length = if options.short && options.rounds.is_none() {
        Duration::from_secs(30)
    } else {
        Duration::from_secs(60 * options.rounds(1, 120))
    };
    let (stop, stopped) = watch::channel(false);
    let mut tasks = JoinSet::new();
    for reader in 0..READERS {
        let random = bench.random.part(reader);
        let (caller, base, history) = (bench.caller.clone(), bench.base(0), Arc::clone(&bench.history));
        tasks.spawn(read(caller, base, history, random, stopped.clone()));
    }
    let documents = bench.documents(0);
    let uploads = stopped.clone();
    tasks.spawn(async move {
        let mut client = None;
        for n in 0_u64.. {
            if *uploads.borrow() {
                break;
            }
            if n % 20 == 0 {
                client = documents.client(format!("upload-{n}-client")).await;
            }
            if let Some(client) = &client {
                let tag = format!("upload-{n}");
                let file = pdf(&tag, 20_000);
                documents.submit(tag, client, &format!("U{n:07}"), &file).await;
            }
            sleep(UPLOAD_REST).await;
        }
    });
    let writers = bench.write_slowly(0, WRITERS, REST, "w");
    let (vitals, faults) = watch_for(&mut bench, length, options.control).await?;
    stop.send_replace(true);
    bench.finish(writers).await;
    tasks.join_all().await;
    judge(&mut bench, &vitals, &faults, length);
    bench.expect_all_done();
    bench.check().await
}

/// Looks at the service for as long as the campaign takes, and slows the database down now and then: what was seen, and when
/// it was slow.
async fn watch_for(
    bench: &mut Bench,
    length: Duration,
    leak: bool,
) -> Result<(Vitals, Vec<(Duration, Duration)>), RunError> {
    let mut vitals = Vitals::default();
    let mut faults = Vec::new();
    let mut leaked = Vec::new();
    let begun = Instant::now();
    let mut next_fault = FAULT_EVERY.min(length / 2);
    while begun.elapsed() < length {
        sleep(SAMPLE).await;
        vitals.add(Sample::take(bench).await?);
        if leak {
            for _ in 0..32 {
                leaked.push(tokio::net::TcpStream::connect(bench.service()?.address()).await?);
            }
            // A request holds the connection open beyond the limit for silent ones.
            for connection in &mut leaked {
                use tokio::io::AsyncWriteExt as _;
                let _ = connection.write_all(b"GET /healthz HTTP/1.1\r\nHost: clients\r\n\r\n").await;
            }
        }
        if begun.elapsed() > next_fault {
            next_fault += FAULT_EVERY;
            let from = bench.history.now();
            if let Some(proxy) = &bench.proxy {
                proxy.set(Fault::Delay { up: Duration::from_millis(50), down: Duration::from_millis(50) });
                sleep(FAULT.min(length / 10)).await;
                proxy.set(Fault::Pass);
            }
            faults.push((from, bench.history.now() + AFTER_A_FAULT));
        }
        bench.progress(begun.elapsed().as_secs(), length.as_secs());
    }
    Ok((vitals, faults))
}

/// Compares the end with the beginning, without the times of faults.
fn judge(bench: &mut Bench, vitals: &Vitals, faults: &[(Duration, Duration)], length: Duration) {
    bench.report.measure("minutes", length.as_secs_f64() / 60.0);
    bench.report.measure("database slow", faults.len());
    vitals.report(&mut bench.report, length);
    let disturbed = |one: &Attempt| faults.iter().any(|(from, to)| one.start <= *to && one.end >= *from);
    let attempts: Vec<_> = bench.history.attempts().into_iter().filter(|one| !disturbed(one)).collect();
    let failed = attempts.iter().filter(|one| one.status >= 500).count();
    bench
        .report
        .findings
        .expect(failed == 0, Oracle::WrongAnswer, || format!("{failed} answers of 500 and more"));
    let last = attempts.iter().map(|one| one.end).max().unwrap_or_default();
    let first = attempts.iter().map(|one| one.start).min().unwrap_or_default();
    let third = |part: u32| {
        let length = last.saturating_sub(first);
        let (from, to) = (first + length * part / 3, first + length * (part + 1) / 3);
        attempts
            .iter()
            .filter(move |one| one.start >= from && one.start < to)
            .map(|one| one.end.saturating_sub(one.start))
    };
    bench.report.measure_times("answered in the first third, s", third(0).collect());
    bench.report.measure_times("answered in the last third, s", third(2).collect());
}

/// Asks for clients in turn, by what people look for.
async fn read(
    caller: Caller,
    base: String,
    history: Arc<History>,
    mut random: Seeded,
    stopped: watch::Receiver<bool>,
) {
    while !*stopped.borrow() {
        let id = random.below(1_000) + 1;
        let (query, data) = match random.below(4) {
            0 => ("RetrieveContactListQuery", json!({ "pageSize": 20 })),
            1 => ("RetrieveContactListQuery", json!({ "status": ["Approved"], "pageSize": 20 })),
            2 => ("RetrieveContactListQuery", json!({ "searchTerm": format!("CUST{}", 1_000_000 + id) })),
            _ => ("RetrieveCountsQuery", json!({ "groupBy": "state" })),
        };
        let start = history.now();
        let asked = caller.ask(&base, Actor::Other, query, &data).await;
        history.note_query(start, asked.as_ref());
        sleep(REST).await;
    }
}
