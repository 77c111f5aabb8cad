//! Several relays on one database, which die at any moment; and the cost of taking events.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use adapter_postgres::{PostgresStore, statements};
use async_trait::async_trait;
use client_app::ports::{
    Backlog, ClientStore, Clock, Committed, DeliveryFailure, EventId, EventReceiver, Outbox, OutboxEvent,
    ReceiverName, Rejection, to_microseconds,
};
use client_app::relay::{Relay, RelaySettings, RetrySchedule};
use jiff::Timestamp;
use sqlx::{AssertSqlSafe, Row as _};
use store_conformance::fixtures::{creation, moment, onboarded, renamed, replacement};
use tokio::sync::Semaphore;

use crate::database::Database;

const CLIENTS: i64 = 400;
const EVENTS_EACH: usize = 5;
const RELAYS: u64 = 4;

/// Real time, counted from the beginning of the fixtures.
struct Stopwatch(Instant);

impl Clock for Stopwatch {
    fn now(&self) -> Timestamp {
        to_microseconds(moment(3_600) + self.0.elapsed())
    }
}

/// The same, by a clock that is wrong by this many seconds.
struct Wrong(Instant, i64);

impl Clock for Wrong {
    fn now(&self) -> Timestamp {
        to_microseconds(moment(3_600 + self.1) + self.0.elapsed())
    }
}

/// Accepts events once it may, in the order of their delivery.
struct Gate {
    open: Semaphore,
    waiting: AtomicU64,
    accepted: Mutex<Vec<u64>>,
}

#[async_trait]
impl EventReceiver for Gate {
    async fn deliver(&self, event: &OutboxEvent) -> Result<(), Rejection> {
        self.waiting.fetch_add(1, Ordering::SeqCst);
        self.open.acquire().await.unwrap().forget();
        self.accepted.lock().unwrap().push(event.version.get());
        Ok(())
    }
}

/// The clock of one relay is ten minutes ahead of the other's. It does not take what the other has leased for two minutes.
#[tokio::test(flavor = "multi_thread")]
async fn a_relay_with_a_fast_clock_respects_leases() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let mut client = onboarded(1).client;
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
    for name in ["Ngozi", "Ifeoma"] {
        let change = renamed(&client, name);
        assert_eq!(store.commit(replacement(&client, &change)).await.unwrap(), Committed::Done);
        client = change.client;
    }
    let gate =
        Arc::new(Gate { open: Semaphore::new(0), waiting: AtomicU64::new(0), accepted: Mutex::default() });
    let relay = |seconds| {
        let clock = Arc::new(Wrong(Instant::now(), seconds));
        Arc::new(Relay::new(Arc::new(store.clone()), gate.clone(), clock, RelaySettings::default()))
    };
    let (slow, ahead) = (relay(0), relay(600));
    let first = tokio::spawn(async move { slow.round(10).await });
    while gate.waiting.load(Ordering::SeqCst) == 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
    let round = tokio::time::timeout(Duration::from_secs(10), ahead.round(10)).await;
    assert_eq!(round.expect("it takes what the other has").unwrap().taken, 0);
    gate.open.add_permits(9);
    assert_eq!(first.await.unwrap().unwrap().delivered, 3);
    assert_eq!(*gate.accepted.lock().unwrap(), [1, 2, 3]);
}

/// Pseudo-random numbers, the same in every run.
struct Dice(AtomicU64);

impl Dice {
    fn below(&self, bound: u64) -> u64 {
        let step = |state: u64| {
            state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407)
        };
        let before =
            self.0.fetch_update(Ordering::SeqCst, Ordering::SeqCst, |state| Some(step(state))).unwrap();
        (before >> 33) % bound
    }
}

/// Accepts most events, and records them in the order of their delivery.
struct Careless {
    dice: Dice,
    accepted: Mutex<Vec<OutboxEvent>>,
}

#[async_trait]
impl EventReceiver for Careless {
    async fn deliver(&self, event: &OutboxEvent) -> Result<(), Rejection> {
        let fate = self.dice.below(40);
        if fate == 0 {
            return Err(DeliveryFailure::Refused { status: 500 }.into());
        }
        self.accepted.lock().unwrap().push(event.clone());
        tokio::time::sleep(Duration::from_micros(200 + 50 * fate)).await;
        // It has got this one, and the relay will not hear of it.
        if fate == 1 { Err(DeliveryFailure::TimedOut.into()) } else { Ok(()) }
    }
}

async fn fill(store: &PostgresStore) {
    let fillers: Vec<_> = (1..=CLIENTS)
        .map(|n| {
            let store = store.clone();
            tokio::spawn(async move {
                let mut client = onboarded(n).client;
                assert_eq!(store.commit(creation(&onboarded(n))).await.unwrap(), Committed::Done);
                for step in 1..EVENTS_EACH {
                    let change = renamed(&client, ["Ngozi", "Ifeoma"][step % 2]);
                    let changeset = replacement(&client, &change);
                    assert_eq!(store.commit(changeset).await.unwrap(), Committed::Done);
                    client = change.client;
                }
            })
        })
        .collect();
    for filler in fillers {
        filler.await.unwrap();
    }
}

/// Each event is delivered at least once, and in order for each client: no event comes for the first time before
/// every earlier one of its client has come.
#[tokio::test(flavor = "multi_thread")]
async fn relays_that_die_lose_no_event_and_keep_the_order() {
    let database = Database::fresh().await;
    let store = database.store().await;
    fill(&store).await;
    let receiver = Arc::new(Careless { dice: Dice(AtomicU64::new(20_261_122)), accepted: Mutex::default() });
    let clock = Arc::new(Stopwatch(Instant::now()));
    let deaths = Arc::new(AtomicU64::new(0));
    let workers: Vec<_> = (0..RELAYS)
        .map(|number| {
            let (store, receiver) = (store.clone(), receiver.clone());
            let (clock, deaths) = (clock.clone(), deaths.clone());
            tokio::spawn(async move {
                let settings = RelaySettings {
                    lease: Duration::from_millis(400),
                    max_delivery_time: Duration::from_millis(50),
                    retry_schedule: RetrySchedule::new(vec![Duration::from_millis(20); 50]),
                    ..RelaySettings::default()
                };
                let dice = Dice(AtomicU64::new(number));
                while store.backlog().await.unwrap()[&ReceiverName::DEFAULT] != Backlog::default() {
                    let outbox = Arc::new(store.clone());
                    let relay = Relay::new(outbox, receiver.clone(), clock.clone(), settings.clone());
                    let round = tokio::spawn(async move { relay.round(60).await });
                    if dice.below(3) == 0 {
                        tokio::time::sleep(Duration::from_millis(dice.below(40))).await;
                        round.abort();
                        deaths.fetch_add(1, Ordering::SeqCst);
                    } else {
                        let round = round.await.unwrap().unwrap();
                        if round.taken == 0 {
                            tokio::time::sleep(Duration::from_millis(20)).await;
                        }
                    }
                }
            })
        })
        .collect();
    for worker in workers {
        tokio::time::timeout(Duration::from_mins(3), worker).await.unwrap().unwrap();
    }

    assert!(store.dead_letters(None, 1).await.unwrap().is_empty());
    let accepted = receiver.accepted.lock().unwrap();
    let mut seen: BTreeSet<&EventId> = BTreeSet::new();
    let mut by_client: BTreeMap<_, Vec<u64>> = BTreeMap::new();
    for event in accepted.iter() {
        if seen.insert(&event.id) {
            by_client.entry(&event.client).or_default().push(event.version.get());
        }
    }
    assert_eq!(by_client.len(), usize::try_from(CLIENTS).unwrap());
    for (client, versions) in by_client {
        assert_eq!(versions, [1, 2, 3, 4, 5], "{client}");
    }
    let (deaths, repeats) = (deaths.load(Ordering::SeqCst), accepted.len() - seen.len());
    println!("{} events, {deaths} deaths, {repeats} repeats, {:?}", seen.len(), clock.0.elapsed());
    assert!(deaths >= 5 && repeats >= 5, "the hard case was not met: {deaths} deaths, {repeats} repeats");
}

/// The port is no cursor: a reader that remembers its position never sees an event that commits behind it.
#[tokio::test(flavor = "multi_thread")]
async fn a_reader_with_a_cursor_would_lose_late_commits() {
    let database = Database::fresh().await;
    let insert = |n: i64| {
        format!(
            "INSERT INTO client_outbox (client_key, version, event_id, event, at, data)
            VALUES ('client-{n}', 1, 'event-{n}', 'ClientCreated', '2026-01-05T09:00:0{n}Z', '{{}}')"
        )
    };
    let mut slow = database.connect().await;
    sqlx::raw_sql(AssertSqlSafe(format!("BEGIN; {}", insert(1)))).execute(&mut slow).await.unwrap();
    database.run(&insert(2)).await.unwrap();

    let mut cursor = "-infinity".to_owned();
    let mut read = Vec::new();
    let store = database.store().await;
    let mut taken = Vec::new();
    for round in 0..3 {
        let after = format!("SELECT event_id, at::text FROM client_outbox WHERE at > '{cursor}' ORDER BY at");
        for row in database.run(&after).await.unwrap() {
            read.push(row.get::<String, _>(0));
            cursor = row.get(1);
        }
        let now = moment(3_600 * round);
        taken.extend(store.take(&ReceiverName::DEFAULT, 9, now, Timestamp::MAX).await.unwrap());
        if round == 0 {
            sqlx::raw_sql("COMMIT").execute(&mut slow).await.unwrap();
        }
    }
    assert_eq!(read, ["event-2"], "the other one is never read");
    let taken: Vec<_> = taken.iter().map(|taken| taken.event.id.as_str()).collect();
    assert_eq!(taken, ["event-2", "event-1"]);
}

/// Neither delivered events nor those behind a waiting event are read.
#[tokio::test(flavor = "multi_thread")]
async fn taking_skips_delivered_and_waiting_events() {
    let database = Database::fresh().await;
    for sql in [
        "INSERT INTO client_outbox (client_key, version, event_id, event, at, data, delivered_at)
            SELECT 'done-' || n % 100, n, 'done-' || n, 'ClientUpdated', now(), '{}', now()
            FROM generate_series(1, 60000) n",
        // Ten clients whose first event waits, with thousands behind it.
        "INSERT INTO client_outbox (client_key, version, event_id, event, at, data, leased_until)
            SELECT 'waits-' || n % 10, n, 'waits-' || n, 'ClientUpdated', now(), '{}',
                CASE WHEN n <= 10 THEN timestamptz '2099-01-01' END
            FROM generate_series(1, 60000) n",
        "INSERT INTO client_outbox (client_key, version, event_id, event, at, data)
            SELECT 'free-' || n, 1, 'free-' || n, 'ClientCreated', now(), '{}' FROM generate_series(1, 20) n",
        "ANALYZE client_outbox",
    ] {
        database.run(sql).await.unwrap();
    }
    let take = statements().into_iter().find(|(name, _)| *name == "TAKE_EVENTS").unwrap().1;
    let take = take.replace("$1", "100").replace("$2", "now()").replace("$3", "now() + interval '1 minute'");
    let plan = database.run(&format!("EXPLAIN (ANALYZE, BUFFERS, FORMAT TEXT) {take}")).await.unwrap();
    let plan: Vec<String> = plan.iter().map(|row| row.get(0)).collect();
    let first = plan.iter().find(|line| line.contains("Buffers:")).unwrap();
    let pages: u64 = first
        .split_whitespace()
        .filter_map(|word| word.strip_prefix("hit=").or(word.strip_prefix("read=")))
        .map(|number| number.parse::<u64>().unwrap())
        .sum();
    let plan = plan.join("\n");
    assert!(pages < 1_000, "{pages} pages\n{plan}");
    assert!(!plan.contains("Seq Scan on client_outbox"), "{plan}");
    let taken = "SELECT count(*) FROM client_outbox WHERE lease = 1";
    assert_eq!(database.run(taken).await.unwrap()[0].get::<i64, _>(0), 20);
}
