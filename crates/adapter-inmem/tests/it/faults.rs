//! The store has exactly the faults of its script.

use std::time::{Duration, Instant};

use adapter_inmem::{Fault, MemoryStore};
use client_app::ports::{
    ClientRef, ClientStore, Committed, HistoryPage, Outbox, Page, ReceiverName, Search, StoreError, Totals,
};
use client_domain::search::{Order, Predicate};
use store_conformance::fixtures::{creation, keyed, moment, onboarded, outcome, request};

const ALL: HistoryPage = HistoryPage { before: None, after: None, events: &[], limit: 10, with_values: true };

fn ada() -> ClientRef {
    ClientRef::Key(onboarded(1).client.key().clone())
}

fn all_clients() -> Search {
    Search {
        predicate: Predicate::every_client(),
        order: Order::default(),
        page: Page::Skip(0),
        limit: 10,
        totals: Totals::None,
        today: jiff::civil::date(2026, 1, 5),
    }
}

fn unavailable<T>(answer: &Result<T, StoreError>) -> bool {
    matches!(answer, Err(StoreError::Unavailable(_)))
}

fn timed_out<T>(answer: &Result<T, StoreError>) -> bool {
    matches!(answer, Err(StoreError::TimedOut(_)))
}

#[tokio::test]
async fn queued_faults_of_commits_happen_once_in_their_order() {
    let store = MemoryStore::new();
    let commit = || store.commit(creation(&onboarded(1)));
    store.faults().next_commit(Fault::Stale);
    store.faults().next_commit(Fault::Unavailable);
    store.faults().next_commit(Fault::TimedOutBefore);

    assert_eq!(commit().await.unwrap(), Committed::Stale);
    assert!(unavailable(&commit().await));
    assert!(timed_out(&commit().await));
    assert_eq!(store.find(&ada()).await.unwrap(), None, "none of the three wrote anything");
    assert_eq!(commit().await.unwrap(), Committed::Done);
}

#[tokio::test]
async fn commit_that_timed_out_after_it_succeeded_is_replayed() {
    let store = MemoryStore::new();
    let stored = outcome(request(1), 1);
    let changeset = keyed(creation(&onboarded(1)), stored.clone());
    store.faults().next_commit(Fault::TimedOutAfter);

    assert!(timed_out(&store.commit(changeset.clone()).await));
    assert!(store.find(&ada()).await.unwrap().is_some());
    let again = store.commit(changeset).await.unwrap();
    assert_eq!(again, Committed::Replayed(Box::new(stored)));
}

#[tokio::test]
async fn standing_fault_stays_until_it_is_cleared_and_queued_faults_go_first() {
    let store = MemoryStore::new();
    let commit = || store.commit(creation(&onboarded(1)));
    let faults = store.faults();
    faults.commits(Fault::Unavailable);
    faults.next_commit(Fault::Stale);

    assert_eq!(commit().await.unwrap(), Committed::Stale);
    for _ in 0..3 {
        assert!(unavailable(&commit().await));
    }
    faults.clear();
    assert_eq!(commit().await.unwrap(), Committed::Done);
}

#[tokio::test]
async fn kinds_of_operations_fail_independently() {
    let store = MemoryStore::new();
    let key = onboarded(1).client.key().clone();
    store.faults().reads(Fault::Unavailable);
    assert!(unavailable(&store.load(&ada(), None).await));
    assert!(unavailable(&store.find(&ada()).await));
    assert!(unavailable(&store.search(&all_clients()).await));
    assert!(unavailable(&store.history(&key, ALL).await));
    assert!(unavailable(&store.claimed(&[], None).await));
    assert!(store.reserve_id().await.is_ok());
    assert!(store.ready().await.whole().is_ok());
    assert!(store.take(&ReceiverName::DEFAULT, 1, moment(0), moment(1)).await.is_ok());
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);

    store.faults().clear();
    store.faults().reserve_ids(Fault::TimedOutBefore);
    store.faults().readiness(Fault::Unavailable);
    store.faults().outbox(Fault::Unavailable);
    assert!(timed_out(&store.reserve_id().await));
    assert!(unavailable(&store.ready().await.whole()));
    assert!(unavailable(&store.take(&ReceiverName::DEFAULT, 1, moment(0), moment(1)).await));
    assert!(unavailable(&store.settle(&ReceiverName::DEFAULT, &[]).await));
    assert!(store.find(&ada()).await.unwrap().is_some());

    store.faults().clear();
    store.faults().next_read(Fault::TimedOutAfter);
    store.faults().next_reserve_id(Fault::Unavailable);
    store.faults().next_ready(Fault::Unavailable);
    store.faults().next_outbox(Fault::Unavailable);
    assert!(timed_out(&store.find(&ada()).await) && store.find(&ada()).await.is_ok());
    assert!(unavailable(&store.reserve_id().await) && store.reserve_id().await.is_ok());
    assert!(unavailable(&store.ready().await.whole()) && store.ready().await.whole().is_ok());
    assert!(unavailable(&store.take(&ReceiverName::DEFAULT, 1, moment(0), moment(1)).await));
    assert_eq!(store.take(&ReceiverName::DEFAULT, 1, moment(0), moment(1)).await.unwrap().len(), 1);
}

#[tokio::test]
async fn operation_that_timed_out_after_it_succeeded_took_effect() {
    let store = MemoryStore::new();
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
    store.faults().next_outbox(Fault::TimedOutAfter);
    assert!(timed_out(&store.take(&ReceiverName::DEFAULT, 1, moment(0), moment(10)).await));
    assert_eq!(
        store.take(&ReceiverName::DEFAULT, 1, moment(5), moment(10)).await.unwrap(),
        [],
        "the event is leased, although the caller got an error"
    );
    assert_eq!(store.take(&ReceiverName::DEFAULT, 1, moment(10), moment(20)).await.unwrap().len(), 1);

    let before = store.reserve_id().await.unwrap().get();
    store.faults().next_reserve_id(Fault::TimedOutAfter);
    assert!(timed_out(&store.reserve_id().await));
    assert_eq!(store.reserve_id().await.unwrap().get(), before + 2, "a gap");
}

#[tokio::test]
async fn only_commits_can_be_stale() {
    let store = MemoryStore::new();
    store.faults().reads(Fault::Stale);
    assert_eq!(store.find(&ada()).await.unwrap(), None);
}

#[tokio::test]
async fn slow_operation_succeeds_after_its_delay() {
    const WAIT: Duration = Duration::from_millis(30);
    let store = MemoryStore::new();
    store.faults().next_commit(Fault::Slow(WAIT));
    store.faults().next_read(Fault::Slow(WAIT));

    let begun = Instant::now();
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
    assert!(begun.elapsed() >= WAIT);
    assert!(store.find(&ada()).await.unwrap().is_some());
    assert!(begun.elapsed() >= 2 * WAIT);
}

#[tokio::test]
async fn slow_commit_succeeds_even_if_its_caller_is_dropped() {
    let store = MemoryStore::new();
    store.faults().next_commit(Fault::Slow(Duration::from_millis(20)));
    let commit = store.commit(creation(&onboarded(1)));
    assert!(tokio::time::timeout(Duration::from_millis(1), commit).await.is_err(), "the caller gave up");
    assert_eq!(store.find(&ada()).await.unwrap(), None, "the commit has not happened yet");

    let done = async {
        while store.find(&ada()).await.unwrap().is_none() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    tokio::time::timeout(Duration::from_secs(5), done).await.unwrap();
}

#[tokio::test]
async fn clones_share_clients_and_faults() {
    let store = MemoryStore::new();
    let other = store.clone();
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
    assert!(other.find(&ada()).await.unwrap().is_some());
    other.faults().next_ready(Fault::Unavailable);
    assert!(unavailable(&store.ready().await.whole()));
}
