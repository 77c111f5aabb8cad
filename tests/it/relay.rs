//! The relay over the store in memory, with a receiver that does what a test says.

use std::collections::{BTreeMap, VecDeque};
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use adapter_inmem::{Fault, FixedClock, MemoryStore};
use async_trait::async_trait;
use client_app::ports::{
    ClientStore as _, Committed, DeadLetterSelection, DeliveryFailure, EventReceiver, Outbox as _,
    OutboxEvent, ReceiverName, Rejection,
};
use client_app::relay::{Relay, RelaySettings, RetrySchedule, Round};
use client_domain::ClientState;
use client_domain::value::ClientKey;
use store_conformance::fixtures::{applicant, creation, path_to, replacement};

use crate::bank::NOW;

const REFUSED: DeliveryFailure = DeliveryFailure::Refused { status: 500 };

/// Accepts every event that its script does not mention, and records each delivery, accepted or not.
#[derive(Default)]
struct Scripted {
    script: Mutex<BTreeMap<ClientKey, VecDeque<DeliveryFailure>>>,
    delivered: Mutex<Vec<(ClientKey, u64)>>,
    at_once: AtomicUsize,
    most_at_once: AtomicUsize,
}

impl Scripted {
    /// The next attempts for client `n` fail like this.
    fn fails(&self, n: i64, failures: impl IntoIterator<Item = DeliveryFailure>) {
        self.script.lock().unwrap().entry(applicant(n).key).or_default().extend(failures);
    }

    /// The versions of client `n` that were delivered to it, in that order.
    fn delivered(&self, n: i64) -> Vec<u64> {
        let key = applicant(n).key;
        self.delivered
            .lock()
            .unwrap()
            .iter()
            .filter(|(of, _)| *of == key)
            .map(|(_, version)| *version)
            .collect()
    }
}

#[async_trait]
impl EventReceiver for Scripted {
    async fn deliver(&self, event: &OutboxEvent) -> Result<(), Rejection> {
        let at_once = 1 + self.at_once.fetch_add(1, Ordering::SeqCst);
        self.most_at_once.fetch_max(at_once, Ordering::SeqCst);
        self.delivered.lock().unwrap().push((event.client.clone(), event.version.get()));
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
    /// With this number of active clients, of three events each.
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
async fn round_delivers_in_order_per_client_and_clients_concurrently() {
    let settings = RelaySettings { concurrent_clients: 4, ..RelaySettings::default() };
    let bench = Bench::with(12, settings).await;
    let round = bench.round().await;
    assert_eq!(round, Round { taken: 36, delivered: 36, ..Round::default() });
    for n in 1..=12 {
        assert_eq!(bench.receiver.delivered(n), [1, 2, 3]);
    }
    assert_eq!(bench.receiver.most_at_once.load(Ordering::SeqCst), 4);
    bench.clock.advance(Duration::from_hours(24 * 365));
    assert_eq!(bench.round().await, Round::default(), "it is done");
}

#[tokio::test]
async fn rejected_event_delays_only_its_own_client() {
    let bench = Bench::with(3, back_off(&[100, 1_000])).await;
    bench.receiver.fails(2, [REFUSED]);
    let round = bench.round().await;
    assert_eq!(round, Round { taken: 9, delivered: 6, failed: 1, ..Round::default() });
    assert_eq!(bench.receiver.delivered(2), [1]);
    bench.clock.advance(Duration::from_secs(99));
    assert_eq!(bench.round().await, Round::default());
    bench.clock.advance(Duration::from_secs(21));
    assert_eq!(bench.round().await.delivered, 3, "at once, though the lease of the first round goes on");
    assert_eq!(bench.receiver.delivered(2), [1, 1, 2, 3]);
}

#[tokio::test]
async fn exhausted_attempts_end_in_a_dead_letter_that_can_be_resent_or_discarded() {
    let bench = Bench::with(2, back_off(&[10, 10])).await;
    bench.receiver.fails(1, [REFUSED; 6]);
    let mut buried = Vec::new();
    for _ in 0..6 {
        buried.push(bench.round().await.dead_lettered);
        bench.clock.advance(Duration::from_secs(13));
    }
    assert_eq!(buried, [0, 0, 1, 0, 0, 0]);
    assert_eq!((bench.receiver.delivered(1), bench.receiver.delivered(2)), (vec![1; 3], vec![1, 2, 3]));
    assert_eq!(bench.dead().await, 1);

    assert_eq!(bench.store.resend(&ReceiverName::DEFAULT, &DeadLetterSelection::All).await.unwrap(), 1);
    for _ in 0..4 {
        bench.round().await;
        bench.clock.advance(Duration::from_secs(13));
    }
    assert_eq!(bench.receiver.delivered(1), [1; 6], "it has all its attempts again");
    assert_eq!(bench.dead().await, 1);
    let letter = bench.store.dead_letters(None, 1).await.unwrap().remove(0);
    assert!(
        bench.store.discard(&ReceiverName::DEFAULT, &letter.event.id, NOW.parse().unwrap()).await.unwrap()
    );
    bench.round().await;
    assert_eq!(bench.receiver.delivered(1)[6..], [2, 3]);
}

#[tokio::test]
async fn unavailable_receiver_gets_few_attempts_per_round() {
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
        // Events that were not attempted are released, and have lost no attempt.
        let (now, later) = (NOW.parse().unwrap(), "2026-01-05T09:00:01Z".parse().unwrap());
        let free = bench.store.take(&ReceiverName::DEFAULT, 1_000, now, later).await.unwrap();
        assert_eq!(free.len() as u64, 3 * (50 - round.failed));
        assert!(free.iter().all(|taken| taken.failures == 0));
    }
}

#[tokio::test]
async fn stopped_relay_starts_no_delivery_and_releases_its_leases() {
    let settings = RelaySettings { concurrent_clients: 2, ..RelaySettings::default() };
    let bench = Bench::with(30, settings).await;
    let relay = bench.relay.clone();
    let round = tokio::spawn(async move { relay.round(1_000).await.unwrap() });
    while bench.receiver.delivered.lock().unwrap().len() < 5 {
        tokio::task::yield_now().await;
    }
    bench.relay.stop();
    let round = round.await.unwrap();
    assert!((4..=10).contains(&round.delivered), "{round:?}");
    let backlog = bench
        .store
        .take(&ReceiverName::DEFAULT, 1_000, NOW.parse().unwrap(), NOW.parse().unwrap())
        .await
        .unwrap();
    assert_eq!(backlog.len() as u64, 90 - round.delivered, "the rest is free at once");
}

#[tokio::test]
async fn no_delivery_starts_that_could_outlast_its_lease() {
    let settings = RelaySettings {
        lease: Duration::from_secs(10),
        max_delivery_time: Duration::from_secs(10),
        ..RelaySettings::default()
    };
    let bench = Bench::with(2, settings).await;
    assert_eq!(bench.round().await, Round { taken: 6, ..Round::default() });
    assert!(bench.receiver.delivered.lock().unwrap().is_empty());
}

#[tokio::test]
async fn unacknowledged_events_are_delivered_again_after_the_lease() {
    let bench = Bench::with(3, RelaySettings::default()).await;
    // The first call of the store leases the events.
    let delivered = async || {
        let round = bench.relay.round(1_000).await;
        (round.is_err(), bench.receiver.delivered.lock().unwrap().len())
    };
    bench.store.faults().next_outbox(Fault::Slow(Duration::ZERO));
    bench.store.faults().outbox(Fault::Unavailable);
    assert_eq!(delivered().await, (true, 9));
    bench.store.faults().clear();
    assert_eq!(delivered().await, (false, 9), "they are leased until then");
    bench.clock.advance(RelaySettings::default().lease);
    assert_eq!(delivered().await, (false, 18), "at least once");
    bench.clock.advance(RelaySettings::default().lease);
    assert_eq!(delivered().await, (false, 18));
    for n in 1..=3 {
        assert_eq!(bench.receiver.delivered(n), [1, 2, 3, 1, 2, 3]);
    }
}

#[tokio::test]
async fn failed_acknowledgement_is_retried() {
    let bench = Bench::with(1, RelaySettings::default()).await;
    bench.store.faults().next_outbox(Fault::Slow(Duration::ZERO));
    bench.store.faults().next_outbox(Fault::Unavailable);
    assert_eq!(bench.round().await.delivered, 3);
    bench.clock.advance(RelaySettings::default().lease);
    assert_eq!(bench.round().await, Round::default());
}
