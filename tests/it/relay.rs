//! The relay over the store in memory, with a receiver that does what a test says.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapter_inmem::{Fault, FixedClock, MemoryStore};
use async_trait::async_trait;
use client_app::ports::{
    ClientStore as _, Committed, DeadLetterSelection, DeliveryFailure, EventReceiver, Outbox as _,
    OutboxEvent, Rejection,
};
use client_app::relay::{Relay, RelaySettings, RetrySchedule, Round};
use client_domain::ClientState;
use client_domain::value::ClientKey;
use store_conformance::fixtures::{applicant, creation, path_to, replacement};

use crate::bank::NOW;

const REFUSED: DeliveryFailure = DeliveryFailure::Refused { status: 500 };

/// Accepts what its script says nothing about, and remembers what it was told, accepted or not.
#[derive(Default)]
struct Scripted {
    script: Mutex<BTreeMap<ClientKey, VecDeque<DeliveryFailure>>>,
    told: Mutex<Vec<(ClientKey, u64)>>,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
}

impl Scripted {
    /// The next attempts for client `n` fail so.
    fn fails(&self, n: i64, failures: impl IntoIterator<Item = DeliveryFailure>) {
        self.script.lock().unwrap().entry(applicant(n).key).or_default().extend(failures);
    }

    /// The versions of client `n` that it was told, in that order.
    fn told(&self, n: i64) -> Vec<u64> {
        let key = applicant(n).key;
        self.told.lock().unwrap().iter().filter(|(of, _)| *of == key).map(|(_, version)| *version).collect()
    }
}

#[async_trait]
impl EventReceiver for Scripted {
    async fn deliver(&self, event: &OutboxEvent) -> Result<(), Rejection> {
        let at_once = 1 + self.at_once.fetch_add(1, Ordering::SeqCst);
        self.most_at_once.fetch_max(at_once, Ordering::SeqCst);
        self.told.lock().unwrap().push((event.client.clone(), event.version.get()));
        tokio::time::sleep(Duration::from_millis(2)).await;
        self.at_once.fetch_sub(1, Ordering::SeqCst);
        let failure = self.script.lock().unwrap().get_mut(&event.client).and_then(VecDeque::pop_front);
        failure.map_or(Ok(()), |why| Err(why.into()))
    }
}

struct Bench {
    store: MemoryStore,
    clock: FixedClock,
    receiver: Arc<Scripted>,
    relay: Arc<Relay>,
}

impl Bench {
    /// With so many active clients of three events each.
    async fn with(clients: i64, settings: RelaySettings) -> Self {
        let store = MemoryStore::new();
        for n in 1..=clients {
            let way = path_to(ClientState::Active, applicant(n));
            let mut changesets = vec![creation(&way[0])];
            changesets.extend(way.windows(2).map(|step| replacement(&step[0].client, &step[1])));
            for changeset in changesets {
                assert_eq!(store.commit(changeset).await.unwrap(), Committed::Done);
            }
        }
        let clock = FixedClock::new(NOW.parse().unwrap());
        let receiver = Arc::new(Scripted::default());
        let relay = Relay::new(Arc::new(store.clone()), receiver.clone(), Arc::new(clock.clone()), settings);
        Self { store, clock, receiver, relay: Arc::new(relay) }
    }

    async fn round(&self) -> Round {
        self.relay.round(1_000).await.unwrap()
    }

    async fn dead(&self) -> usize {
        self.store.dead_letters(None, 100).await.unwrap().len()
    }
}

fn back_off(seconds: &[u64]) -> RelaySettings {
    let waits = seconds.iter().map(|seconds| Duration::from_secs(*seconds)).collect();
    RelaySettings { retry_schedule: RetrySchedule::new(waits), ..RelaySettings::default() }
}

#[tokio::test]
async fn a_round_tells_each_client_s_events_in_order_and_clients_side_by_side() {
    let settings = RelaySettings { concurrent_clients: 4, ..RelaySettings::default() };
    let bench = Bench::with(12, settings).await;
    let round = bench.round().await;
    assert_eq!(round, Round { taken: 36, delivered: 36, ..Round::default() });
    for n in 1..=12 {
        assert_eq!(bench.receiver.told(n), [1, 2, 3]);
    }
    assert_eq!(bench.receiver.most_at_once.load(Ordering::SeqCst), 4);
    bench.clock.advance(Duration::from_hours(24 * 365));
    assert_eq!(bench.round().await, Round::default(), "it is done");
}

#[tokio::test]
async fn an_event_that_is_refused_holds_back_its_own_client_until_its_next_attempt() {
    let bench = Bench::with(3, back_off(&[100, 1_000])).await;
    bench.receiver.fails(2, [REFUSED]);
    let round = bench.round().await;
    assert_eq!(round, Round { taken: 9, delivered: 6, failed: 1, ..Round::default() });
    assert_eq!(bench.receiver.told(2), [1]);
    bench.clock.advance(Duration::from_secs(99));
    assert_eq!(bench.round().await, Round::default());
    bench.clock.advance(Duration::from_secs(21));
    assert_eq!(bench.round().await.delivered, 3, "at once, though the lease of the first round goes on");
    assert_eq!(bench.receiver.told(2), [1, 1, 2, 3]);
}

#[tokio::test]
async fn the_schedule_ends_with_a_dead_letter_and_a_person_decides() {
    let bench = Bench::with(2, back_off(&[10, 10])).await;
    bench.receiver.fails(1, [REFUSED; 6]);
    let mut buried = Vec::new();
    for _ in 0..6 {
        buried.push(bench.round().await.dead_lettered);
        bench.clock.advance(Duration::from_secs(13));
    }
    assert_eq!(buried, [0, 0, 1, 0, 0, 0]);
    assert_eq!((bench.receiver.told(1), bench.receiver.told(2)), (vec![1; 3], vec![1, 2, 3]));
    assert_eq!(bench.dead().await, 1);

    assert_eq!(bench.store.resend(&DeadLetterSelection::All).await.unwrap(), 1);
    for _ in 0..4 {
        bench.round().await;
        bench.clock.advance(Duration::from_secs(13));
    }
    assert_eq!(bench.receiver.told(1), [1; 6], "it has all its attempts again");
    assert_eq!(bench.dead().await, 1);
    let letter = bench.store.dead_letters(None, 1).await.unwrap().remove(0);
    assert!(bench.store.discard(&letter.event.id, NOW.parse().unwrap()).await.unwrap());
    bench.round().await;
    assert_eq!(bench.receiver.told(1)[6..], [2, 3]);
}

#[tokio::test]
async fn a_receiver_that_is_away_is_not_asked_for_everything() {
    for why in [
        DeliveryFailure::Unreachable,
        DeliveryFailure::TimedOut,
        DeliveryFailure::Refused { status: 503 },
        DeliveryFailure::Refused { status: 429 },
    ] {
        let settings = RelaySettings { concurrent_clients: 3, ..RelaySettings::default() };
        let bench = Bench::with(50, settings).await;
        (1..=50).for_each(|n| bench.receiver.fails(n, [why]));
        let round = bench.round().await;
        assert!((1..=3).contains(&round.failed), "{round:?}");
        assert_eq!((round.taken, round.delivered), (150, 0));
        // What was not tried is free, and has lost no attempt.
        let (now, later) = (NOW.parse().unwrap(), "2026-01-05T09:00:01Z".parse().unwrap());
        let free = bench.store.take(1_000, now, later).await.unwrap();
        assert_eq!(free.len() as u64, 3 * (50 - round.failed));
        assert!(free.iter().all(|taken| taken.failures == 0));
    }
}

#[tokio::test]
async fn who_is_told_to_stop_begins_nothing_and_gives_the_rest_back() {
    let settings = RelaySettings { concurrent_clients: 2, ..RelaySettings::default() };
    let bench = Bench::with(30, settings).await;
    let relay = bench.relay.clone();
    let round = tokio::spawn(async move { relay.round(1_000).await.unwrap() });
    while bench.receiver.told.lock().unwrap().len() < 5 {
        tokio::task::yield_now().await;
    }
    bench.relay.stop();
    let round = round.await.unwrap();
    assert!((4..=10).contains(&round.delivered), "{round:?}");
    let backlog = bench.store.take(1_000, NOW.parse().unwrap(), NOW.parse().unwrap()).await.unwrap();
    assert_eq!(backlog.len() as u64, 90 - round.delivered, "the rest is free at once");
}

#[tokio::test]
async fn no_delivery_is_begun_that_could_outlast_the_lease() {
    let settings = RelaySettings {
        lease: Duration::from_secs(10),
        max_delivery_time: Duration::from_secs(10),
        ..RelaySettings::default()
    };
    let bench = Bench::with(2, settings).await;
    assert_eq!(bench.round().await, Round { taken: 6, ..Round::default() });
    assert!(bench.receiver.told.lock().unwrap().is_empty());
}

#[tokio::test]
async fn what_could_not_be_noted_comes_again_when_the_lease_ends() {
    let bench = Bench::with(3, RelaySettings::default()).await;
    // The first call of the store is the taking.
    let told = async || {
        let round = bench.relay.round(1_000).await;
        (round.is_err(), bench.receiver.told.lock().unwrap().len())
    };
    bench.store.faults().next_outbox(Fault::Slow(Duration::ZERO));
    bench.store.faults().outbox(Fault::Unavailable);
    assert_eq!(told().await, (true, 9));
    bench.store.faults().clear();
    assert_eq!(told().await, (false, 9), "they are somebody's until then");
    bench.clock.advance(RelaySettings::default().lease);
    assert_eq!(told().await, (false, 18), "at least once");
    bench.clock.advance(RelaySettings::default().lease);
    assert_eq!(told().await, (false, 18));
    for n in 1..=3 {
        assert_eq!(bench.receiver.told(n), [1, 2, 3, 1, 2, 3]);
    }
}

#[tokio::test]
async fn a_note_that_fails_once_is_made_again() {
    let bench = Bench::with(1, RelaySettings::default()).await;
    bench.store.faults().next_outbox(Fault::Slow(Duration::ZERO));
    bench.store.faults().next_outbox(Fault::Unavailable);
    assert_eq!(bench.round().await.delivered, 3);
    bench.clock.advance(RelaySettings::default().lease);
    assert_eq!(bench.round().await, Round::default());
}
