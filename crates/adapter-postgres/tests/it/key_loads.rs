//! Reads by key in batches.

use std::time::Duration;

use client_app::ports::{ClientRef, ClientStore, Committed, StoreError};
use store_conformance::fixtures::{applicant, creation, onboarded};
use tokio::task::JoinSet;

use crate::database::Database;

const CLIENTS: i64 = 40;
/// The client with a corrupt row.
const CORRUPT: i64 = 7;

/// Many concurrent reads, of stored clients, of unknown clients and of a corrupt row: each caller gets the answer that it
/// would have got alone.
#[tokio::test(flavor = "multi_thread")]
async fn every_caller_of_a_batch_gets_its_own_answer() {
    let database = Database::fresh().await;
    let store = database.store().await;
    for n in 1..=CLIENTS {
        assert_eq!(store.commit(creation(&onboarded(n))).await.unwrap(), Committed::Done);
    }
    let corrupt = format!("UPDATE client SET email = 'secret' WHERE id = {CORRUPT}");
    database.run_past_triggers(&corrupt).await;
    let mut asked = JoinSet::new();
    // Each many times, more than a batch holds, and as many unknown clients.
    for n in (1..=2 * CLIENTS).flat_map(|n| [n; 12]) {
        let store = store.clone();
        asked.spawn(async move { (n, store.find(&ClientRef::Key(applicant(n).key)).await) });
    }
    while let Some(answer) = asked.join_next().await {
        match answer.unwrap() {
            (CORRUPT, Err(StoreError::Corrupt { what })) => {
                assert!(what.contains("the column email"), "{what}");
            }
            (n, Ok(Some(client))) if n <= CLIENTS && n != CORRUPT => {
                assert_eq!(client, onboarded(n).client);
            }
            (n, Ok(None)) if n > CLIENTS => {}
            (n, other) => panic!("{n}: {other:?}"),
        }
    }
}

/// A caller that leaves does not fail the others.
#[tokio::test(flavor = "multi_thread")]
async fn leaving_callers_do_not_fail_their_batch() {
    let database = Database::fresh().await;
    let store = database.store().await;
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
    let mut asked = JoinSet::new();
    for n in 0..300 {
        let store = store.clone();
        let read = async move { store.find(&ClientRef::Key(applicant(1).key)).await };
        if n % 3 == 0 {
            asked.spawn(read);
        } else {
            // It leaves after a moment, also while it leads a batch.
            tokio::spawn(tokio::time::timeout(Duration::from_micros(200 * n), read));
        }
    }
    while let Some(answer) = asked.join_next().await {
        assert_eq!(answer.unwrap().unwrap(), Some(onboarded(1).client));
    }
}
