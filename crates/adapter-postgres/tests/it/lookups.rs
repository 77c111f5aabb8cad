//! Look-ups by key that go to the server together.

use std::time::Duration;

use client_app::ports::{ClientRef, ClientStore, Committed, StoreError};
use store_conformance::fixtures::{applicant, creation, onboarded};
use tokio::task::JoinSet;

use crate::database::Database;

const CLIENTS: i64 = 40;
/// Of this one the row is spoilt.
const SPOILT: i64 = 7;

/// Many at once, of clients that are there, of clients that are not and of one whose row is none: each gets the answer
/// that it would have got alone.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_is_asked_for_at_once_gets_an_answer_of_their_own() {
    let database = Database::fresh().await;
    let store = database.store().await;
    for n in 1..=CLIENTS {
        assert_eq!(store.commit(creation(&onboarded(n))).await.unwrap(), Committed::Done);
    }
    let spoil = format!("UPDATE client SET email = 'secret' WHERE id = {SPOILT}");
    database.run_past_triggers(&spoil).await;
    let mut asked = JoinSet::new();
    // Each many times, more than one statement takes, and as many who are not there.
    for n in (1..=2 * CLIENTS).flat_map(|n| [n; 12]) {
        let store = store.clone();
        asked.spawn(async move { (n, store.find(&ClientRef::Key(applicant(n).key)).await) });
    }
    while let Some(answer) = asked.join_next().await {
        match answer.unwrap() {
            (SPOILT, Err(StoreError::Corrupt { what })) => {
                assert!(what.contains("the column email"), "{what}");
            }
            (n, Ok(Some(client))) if n <= CLIENTS && n != SPOILT => {
                assert_eq!(client, onboarded(n).client);
            }
            (n, Ok(None)) if n > CLIENTS => {}
            (n, other) => panic!("{n}: {other:?}"),
        }
    }
}

/// Who stops waiting takes nobody along.
#[tokio::test(flavor = "multi_thread")]
async fn whoever_stops_waiting_leaves_the_others_their_answers() {
    let database = Database::fresh().await;
    let store = database.store().await;
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
    let mut asked = JoinSet::new();
    for n in 0..300 {
        let store = store.clone();
        let look_up = async move { store.find(&ClientRef::Key(applicant(1).key)).await };
        if n % 3 == 0 {
            asked.spawn(look_up);
        } else {
            // Gone after a moment, in the middle of whatever it was doing for all.
            tokio::spawn(tokio::time::timeout(Duration::from_micros(200 * n), look_up));
        }
    }
    while let Some(answer) = asked.join_next().await {
        assert_eq!(answer.unwrap().unwrap(), Some(onboarded(1).client));
    }
}
