//! The clock of the service is turned, forwards and back, by minutes and by decades, while callers create clients.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use serde_json::json;
use tokio::time::sleep;

use crate::bench::Bench;
use crate::caller::{Retry, RetryPolicy};
use crate::findings::Oracle;
use crate::history::Outcome;
use crate::options::{Options, Setup};
use crate::report::Report;
use crate::{Actor, Binary, Cluster, Order, RunError, Storage};

/// Where Debian's package `libfaketime` has the library; `LIBFAKETIME` names another one.
const LIBRARY: &str = "/usr/lib/x86_64-linux-gnu/faketime/libfaketime.so.1";
/// The clock of the service is compared with the database's once a minute.
const COMPARED: Duration = Duration::from_secs(80);
const MINUTE: i64 = 60;
const DAY: i64 = 86_400;

/// A wrong clock, and what orders may be answered meanwhile.
struct Turn {
    name: &'static str,
    seconds: i64,
    /// The only right status, and whether it takes a comparison of the clocks until it comes.
    status: u16,
    noticed_later: bool,
}

/// Tokens are good for a day, and may be issued 30 seconds in the future.
const TURNS: [Turn; 9] = [
    Turn { name: "20 s ahead", seconds: 20, status: 200, noticed_later: false },
    Turn { name: "20 s behind", seconds: -20, status: 200, noticed_later: false },
    Turn { name: "5 min ahead", seconds: 5 * MINUTE, status: 200, noticed_later: false },
    Turn { name: "5 min behind", seconds: -5 * MINUTE, status: 401, noticed_later: false },
    Turn { name: "a day behind", seconds: -DAY, status: 401, noticed_later: false },
    Turn { name: "2 days ahead", seconds: 2 * DAY, status: 401, noticed_later: false },
    Turn { name: "12 years ahead, after 2038", seconds: 12 * 365 * DAY, status: 401, noticed_later: false },
    Turn { name: "75 years ahead, after 2100", seconds: 75 * 365 * DAY, status: 401, noticed_later: false },
    Turn { name: "2 h ahead", seconds: 120 * MINUTE, status: 503, noticed_later: true },
];

/// Whatever the clock says, the service lives, no answer is 500, a token is good when its own rules say so, and a clock that is
/// hours ahead of the database's stops commands; when it is right again orders are done, each once.
///
/// In the control the clock is not turned back.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let mut bench = Bench::open("turned-clock", options, Setup { services: 0, ..Setup::default() }).await?;
    bench.report.control = options.control.then_some(Oracle::Recovery);
    bench.answer_rules.further = vec![401];
    let clock = Clock::new()?;
    let url = Cluster::url_through(bench.cluster()?.port());
    let turned = Binary::find(options.service.as_deref())?.with_environment(clock.environment()?);
    bench.add_service_of(&turned, Storage::Url(&url), &[]).await?;
    let rounds = options.rounds(1, 3);
    let mut orders = 0;
    for round in 0..rounds {
        for turn in &TURNS {
            let seen = one_turn(&mut bench, &clock, turn, &mut orders).await?;
            if round == 0 {
                bench.report.measure(turn.name, json!(seen));
            }
            let alive = bench.service()?.runs();
            bench
                .report
                .findings
                .expect(alive, Oracle::Broken, || format!("{}: the service ended", turn.name));
            if !options.control {
                clock.turn(0)?;
            }
            let back = until(&mut bench, &mut orders, 200).await;
            bench.report.findings.expect(back <= COMPARED, Oracle::Recovery, || {
                format!("{}: no order was done {back:?} after the clock was right again", turn.name)
            });
            if options.control && back > COMPARED {
                break;
            }
        }
        bench.progress(round + 1, rounds);
    }
    clock.turn(0)?;
    until(&mut bench, &mut orders, 200).await;
    bench.report.measure("orders", orders);
    bench.check().await
}

/// Turns the clock and sends orders: the statuses of their answers.
async fn one_turn(
    bench: &mut Bench,
    clock: &Clock,
    turn: &Turn,
    orders: &mut u64,
) -> Result<Vec<u16>, RunError> {
    clock.turn(turn.seconds)?;
    if turn.noticed_later {
        until(bench, orders, turn.status).await;
    }
    let mut seen = Vec::new();
    for _ in 0..20 {
        seen.push(order(bench, orders).await);
    }
    seen.dedup();
    let right = seen == [turn.status];
    bench.report.findings.expect(right, Oracle::WrongAnswer, || format!("{}: answered {seen:?}", turn.name));
    Ok(seen)
}

/// Sends orders until one is answered so: how long that took.
async fn until(bench: &mut Bench, orders: &mut u64, status: u16) -> Duration {
    let begun = Instant::now();
    while order(bench, orders).await != status && begun.elapsed() < COMPARED * 5 / 4 {
        sleep(Duration::from_millis(250)).await;
    }
    begun.elapsed()
}

/// Sends an order of its own, once.
async fn order(bench: &mut Bench, orders: &mut u64) -> u16 {
    *orders += 1;
    let order = Order::create(format!("t-{orders}"), Actor::Maker);
    let policy = RetryPolicy { retry: Retry::SameKey, timeout: Duration::ZERO, seed: *orders };
    let base = bench.base(0);
    let record = bench.caller.retry_until_done(&base, order, &policy, &bench.history).await;
    if record.outcome == Outcome::Refused { record.status.max(400) } else { record.status }
}

/// The clock of a process, in a file that libfaketime reads whenever the process asks for the time.
struct Clock {
    folder: tempfile::TempDir,
}

impl Clock {
    fn new() -> Result<Self, RunError> {
        let clock = Self { folder: tempfile::tempdir()? };
        clock.turn(0)?;
        Ok(clock)
    }

    fn file(&self) -> PathBuf {
        self.folder.path().join("offset")
    }

    /// Sets how many seconds it is ahead; a file is replaced, so that no half of it is read.
    fn turn(&self, seconds: i64) -> Result<(), RunError> {
        let new = self.folder.path().join("new");
        std::fs::write(&new, format!("{seconds:+}\n"))?;
        Ok(std::fs::rename(new, self.file())?)
    }

    fn environment(&self) -> Result<Vec<(&'static str, String)>, RunError> {
        #[expect(clippy::disallowed_methods, reason = "where a library of the machine is")]
        let library = std::env::var("LIBFAKETIME").unwrap_or_else(|_| LIBRARY.to_owned());
        if !Path::new(&library).is_file() {
            return Err(RunError::new(format!(
                "there is no {library}: apt-get install libfaketime, or name it in LIBFAKETIME"
            )));
        }
        Ok(vec![
            ("LD_PRELOAD", library),
            ("FAKETIME_TIMESTAMP_FILE", self.file().display().to_string()),
            ("FAKETIME_NO_CACHE", "1".to_owned()),
            // Timers go on as they were: they never look at this clock.
            ("FAKETIME_DONT_FAKE_MONOTONIC", "1".to_owned()),
        ])
    }
}
