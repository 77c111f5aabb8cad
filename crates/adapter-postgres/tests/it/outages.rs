//! The answers that callers get during an outage of the database, and their times.

use std::time::{Duration, Instant};

use adapter_postgres::{PostgresStore, Settings, migrate};
use client_app::ports::{ClientStore, StoreError};
use store_conformance::fixtures::{creation, onboarded};
use throwaway_postgres::Cluster;
use tokio::task::JoinSet;

/// The longest that a caller waits for an answer, whatever has become of the database.
const LIMIT: Duration = Duration::from_secs(5);
/// Enough ids to use up every block.
const MORE_THAN_BLOCKS_HOLD: usize = 100;

async fn store(server: &Cluster) -> PostgresStore {
    let settings = Settings::parse(&server.url("postgres")).unwrap();
    migrate(&settings).await.unwrap();
    PostgresStore::open(&settings).await.unwrap()
}

/// Uses up every block, so that a caller that wants an id waits for the database.
async fn use_up(store: &PostgresStore) {
    let mut failed = 0;
    for _ in 0..MORE_THAN_BLOCKS_HOLD {
        match store.reserve_id().await {
            Ok(_) => {}
            Err(error) => {
                assert!(matches!(error, StoreError::Unavailable(_)), "{error:?}");
                failed += 1;
                break;
            }
        }
    }
    assert_eq!(failed, 1, "the ids never end");
}

#[tokio::test(flavor = "multi_thread")]
async fn creations_in_an_outage_fail_at_the_same_moment() {
    let server = Cluster::own(&[]);
    let store = store(&server).await;
    store.reserve_id().await.unwrap();
    server.stop();
    use_up(&store).await;

    let begun = Instant::now();
    let mut creations = JoinSet::new();
    for _ in 0..24 {
        let store = store.clone();
        creations.spawn(async move { (store.reserve_id().await, begun.elapsed()) });
    }
    for (answer, took) in creations.join_all().await {
        assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
        assert!(took < LIMIT, "answered after {took:?}");
    }

    server.start_again();
    assert!(store.reserve_id().await.is_ok());
}

/// Concurrent commits and reads of all kinds, on a server that is stopped.
#[tokio::test(flavor = "multi_thread")]
async fn every_call_is_answered_in_time_while_the_server_is_stopped() {
    let server = Cluster::own(&[]);
    let store = store(&server).await;
    assert!(store.commit(creation(&onboarded(1))).await.is_ok());
    let key = client_app::ports::ClientRef::Key(onboarded(1).client.key().clone());
    server.stop();
    for _ in 0..2 {
        let begun = Instant::now();
        let mut callers = JoinSet::new();
        for n in 2..26 {
            let (committing, reading, key) = (store.clone(), store.clone(), key.clone());
            callers.spawn(async move {
                let answer = committing.commit(creation(&onboarded(n))).await;
                (answer.map(drop), begun.elapsed())
            });
            callers.spawn(async move { (reading.find(&key).await.map(drop), begun.elapsed()) });
        }
        for (answer, took) in callers.join_all().await {
            assert!(answer.is_err());
            assert!(took < LIMIT, "answered after {took:?}");
        }
    }
    server.start_again();
    assert!(store.find(&key).await.unwrap().is_some());
}

/// While a block is fetched, ids come from the block in use: no caller waits, and no id comes twice.
#[tokio::test(flavor = "multi_thread")]
async fn the_next_block_is_fetched_before_the_last_id_is_used() {
    let database = crate::database::Database::fresh().await;
    let store = database.store().await;
    let mut ids = std::collections::BTreeSet::new();
    for _ in 0..20 {
        assert!(ids.insert(store.reserve_id().await.unwrap()));
    }
    // More than half of a block is used, so the next one is reserved soon.
    tokio::time::sleep(Duration::from_millis(500)).await;
    database.run("ALTER SEQUENCE client_number_block RENAME TO client_number_hidden").await.unwrap();
    for _ in 0..40 {
        assert!(ids.insert(store.reserve_id().await.unwrap()));
    }
    database.run("ALTER SEQUENCE client_number_hidden RENAME TO client_number_block").await.unwrap();
    let mut callers = JoinSet::new();
    for _ in 0..200 {
        let store = store.clone();
        callers.spawn(async move { store.reserve_id().await.unwrap() });
    }
    for id in callers.join_all().await {
        assert!(ids.insert(id), "{id:?} came twice");
    }
}
