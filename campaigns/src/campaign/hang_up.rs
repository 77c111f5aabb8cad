//! Clients that hang up: after any byte of their request, or at any moment while it is worked on.

use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::json;
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::process::Child;
use tokio::task::JoinSet;
use tokio::time::{sleep, timeout};

use crate::bench::Bench;
use crate::caller::{Caller, Retry, RetryPolicy};
use crate::findings::Oracle;
use crate::options::{Options, Setup};
use crate::report::Report;
use crate::{Actor, Fault, Order, RunError, Seeded, schema};

/// How many hang up at the same time.
const CONCURRENCY: u64 = 16;

/// Hangs up, checks that nothing is stuck, and then repeats every order that was begun until it is done.
///
/// The control leaves a session in the middle of a transaction, as a hang-up would that cancels what it should not.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let setup = Setup { through_proxy: true, ..Setup::default() };
    let mut bench = Bench::open("hang-up", options, setup).await?;
    let mut rogue = None;
    if options.control {
        bench.report.control = Some(Oracle::IdleInTransaction);
        rogue = Some(leave_in_transaction(&mut bench).await?);
    }
    let hang_ups = options.rounds(500, 10_000);
    let writers = bench.write(4, Retry::SameKey, "w");
    let begun = hang_up(&mut bench, hang_ups).await?;
    if let Some(proxy) = &bench.proxy {
        proxy.set(Fault::Pass);
    }
    let took = pool_is_back(&bench).await;
    bench.recovered(took, "32 queries at once after the last hang-up");
    bench.report.measure("hang-ups", hang_ups);
    bench.report.measure("pool back after, s", took.as_secs_f64());
    sleep(Duration::from_secs(1)).await;
    bench.look_for_open_transactions("a second after the last hang-up").await?;
    bench.finish(writers).await;
    if let Some(rows) = bench.rows(schema::EFFECTS_OF_HANG_UPS).await? {
        let done = rows.concat().concat().parse::<u64>().unwrap_or_default();
        bench.report.measure("of which were done", done);
        if done == 0 || done >= hang_ups {
            bench.find(
                Oracle::Broken,
                format!("{done} of {hang_ups} were done: no client hung up in the middle"),
            );
        }
    }
    retry_until_done(&mut bench, begun).await;
    bench.expect_all_done();
    let report = bench.check().await;
    drop(rogue);
    report
}

/// Hangs up this often, while the latency to the database varies.
async fn hang_up(bench: &mut Bench, number: u64) -> Result<Vec<Order>, RunError> {
    let address = bench.service()?.address().to_owned();
    let left = Arc::new(AtomicU64::new(0));
    let mut hanging = JoinSet::new();
    for one in 0..CONCURRENCY {
        let random = bench.random.part(one);
        let token = bench.caller.token(Actor::Maker).to_owned();
        let each = number.div_ceil(CONCURRENCY);
        hanging.spawn(one_after_another(one, each, address.clone(), token, random, Arc::clone(&left)));
    }
    let mut orders = Vec::new();
    loop {
        let wait = bench.random.millis(50, 300);
        if let Some(proxy) = &bench.proxy {
            let up = bench.random.millis(0, 100);
            let down = bench.random.millis(0, 100);
            let quick = bench.random.chance(30);
            proxy.set(if quick { Fault::Pass } else { Fault::Delay { up, down } });
        }
        match timeout(wait, hanging.join_next()).await {
            Ok(None) => return Ok(orders),
            Ok(Some(Ok(some))) => orders.extend(some),
            Ok(Some(Err(error))) => bench.find(Oracle::Broken, error.to_string()),
            Err(_) => {}
        }
        bench.look_for_open_transactions("while callers hang up").await?;
        bench.progress(left.load(Ordering::Relaxed), number);
    }
}

async fn one_after_another(
    one: u64,
    number: u64,
    address: String,
    token: String,
    mut random: Seeded,
    left: Arc<AtomicU64>,
) -> Vec<Order> {
    let mut orders = Vec::new();
    for at in 0..number {
        let order = Order::create(format!("h-{one}-{at}"), Actor::Maker);
        let request = request(&order, &token);
        let whole = random.chance(60);
        let length = if whole { request.len() as u64 } else { random.below(request.len() as u64) };
        let wait = random.millis(0, if whole { 300 } else { 20 });
        let sent = request.get(..usize::try_from(length).unwrap_or_default()).unwrap_or(&request);
        let _ = send_and_leave(&address, sent, wait).await;
        orders.push(order);
        left.fetch_add(1, Ordering::Relaxed);
    }
    orders
}

/// Sends it, and leaves after `wait` at the latest, whether or not there is an answer.
async fn send_and_leave(address: &str, sent: &[u8], wait: Duration) -> std::io::Result<()> {
    let mut connection = TcpStream::connect(address).await?;
    connection.write_all(sent).await?;
    let mut answer = Vec::new();
    if let Ok(read) = timeout(wait, connection.read_to_end(&mut answer)).await {
        read?;
    }
    Ok(())
}

fn request(order: &Order, token: &str) -> Vec<u8> {
    let body = order.body();
    format!(
        "POST /api/bpm/cmd HTTP/1.1\r\nHost: clients\r\nAuthorization: Bearer {token}\r\nContent-Type: \
         application/json\r\nIdempotency-Key: {}\r\nX-Request-Id: {}\r\nContent-Length: {}\r\nConnection: \
         close\r\n\r\n{body}",
        order.key,
        order.tag,
        body.len()
    )
    .into_bytes()
}

/// How long it takes to answer as many concurrent queries as there may be sessions.
async fn pool_is_back(bench: &Bench) -> Duration {
    let begun = bench.history.now();
    while bench.history.now().saturating_sub(begun) < bench.recovery * 5 {
        let mut queries = JoinSet::new();
        for _ in 0..32 {
            let (caller, base) = (bench.caller.clone(), bench.base(0));
            queries.spawn(async move {
                let query = json!({ "pageSize": 1 });
                let asked = caller.ask(&base, Actor::Maker, "RetrieveContactListQuery", &query).await;
                asked.is_ok_and(|answer| answer.status == 200)
            });
        }
        if queries.join_all().await.into_iter().all(|answered| answered) {
            break;
        }
        sleep(Duration::from_millis(50)).await;
    }
    bench.history.now().saturating_sub(begun)
}

/// Every order that was begun is done now, once, whether or not it had been before.
async fn retry_until_done(bench: &mut Bench, orders: Vec<Order>) {
    let orders = Arc::new(orders);
    let mut insisting = JoinSet::new();
    for one in 0..8 {
        let (caller, base): (Caller, String) = (bench.caller.clone(), bench.base(0));
        let (orders, history) = (Arc::clone(&orders), Arc::clone(&bench.history));
        let policy =
            RetryPolicy { retry: Retry::SameKey, timeout: Duration::from_secs(30), seed: one as u64 };
        insisting.spawn(async move {
            for order in orders.iter().skip(one).step_by(8) {
                caller.retry_until_done(&base, order.clone(), &policy, &history).await;
            }
        });
    }
    insisting.join_all().await;
}

/// A database session that begins a transaction and then stays idle. It ends when this is dropped.
async fn leave_in_transaction(bench: &mut Bench) -> Result<Child, RunError> {
    let psql = bench.cluster()?.psql("clients");
    let mut psql = tokio::process::Command::from(psql);
    psql.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).kill_on_drop(true);
    let mut child = psql.spawn()?;
    if let Some(stdin) = &mut child.stdin {
        stdin.write_all(b"BEGIN; SELECT count(*) FROM client;\n").await?;
        stdin.flush().await?;
    }
    Ok(child)
}
