//! A read sees what was committed, all of it, and each read sees one point in time.

use std::pin::Pin;
use std::sync::Arc;

use client_app::ports::Totals;
use client_domain::Client;
use client_domain::search::{Order, Predicate};
use client_domain::value::Version;

use super::given::{commit, given_pending};
use super::observed::{all_clients, by_key, find, history_of, search_for};
use crate::fixtures::{applicant, keyed, outcome, renamed, replacement, request};
use crate::harness::{Fresh, Harness, race};

/// How often the writer writes.
const WRITES: usize = 60;

type Step = Pin<Box<dyn Future<Output = ()> + Send>>;

/// A writer that renames client 1 again and again, each time under a key of its own, the `n`th time to version
/// `n + 1`; and what a reader does meanwhile.
async fn read_while_written(harness: &dyn Harness, fresh: &Fresh, read: impl Fn(Fresh, Client) -> Step) {
    let ada = given_pending(&*fresh.store, applicant(1)).await;
    let mut racers: Vec<Step> = (0..4).map(|_| read(fresh.clone(), ada.clone())).collect();
    let store = Arc::clone(&fresh.store);
    racers.push(Box::pin(async move {
        let mut client = ada;
        for n in 1..=WRITES {
            let change = renamed(&client, &format!("Ada{n}"));
            let changeset = keyed(replacement(&client, &change), outcome(request(n), 1));
            commit(&*store, changeset).await;
            client = change.client;
        }
    }));
    race(harness, racers).await;
}

/// `load` reads client and outcome at one point in time: an outcome is there exactly if the client is as that
/// command left it, or newer.
pub async fn a_load_sees_one_moment(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    read_while_written(harness, &fresh, |fresh, ada| {
        Box::pin(async move {
            for n in 1..=WRITES {
                let loaded = fresh.store.load(&by_key(&ada), Some(&request(n))).await.unwrap();
                let version = loaded.client.unwrap().version();
                let left = Version::new(n as u64 + 1).unwrap();
                assert_eq!(loaded.outcome.is_some(), version >= left, "{version} {left}");
            }
        })
    })
    .await;
}

/// A reader that sees one part of a commit sees all of it: client, history and search agree.
pub async fn a_commit_is_seen_whole(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    read_while_written(harness, &fresh, |fresh, ada| {
        Box::pin(async move {
            let store = &*fresh.store;
            for _ in 0..WRITES / 2 {
                let found = find(store, &ada).await.unwrap().version().get();
                let lines = history_of(store, ada.key()).await;
                assert!(lines.len() as u64 >= found, "the history is not behind the client");
                assert_eq!(lines[0].event.version.get(), lines.len() as u64, "no line is missing");
                let listed = all_clients(store).await[0].version.get();
                assert!(listed >= lines.len() as u64, "the list is not behind the history");
                let again = find(store, &ada).await.unwrap().version().get();
                assert!(again >= listed, "the client is not behind the list");
            }
        })
    })
    .await;
}

/// A search reads list and total at one point in time, while others are onboarded.
pub async fn a_search_sees_one_moment(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let writer = Arc::clone(&fresh.store);
    let mut racers: Vec<Step> = vec![Box::pin(async move {
        for n in 1..=i64::try_from(WRITES).unwrap() {
            given_pending(&*writer, applicant(n)).await;
        }
    })];
    for _ in 0..3 {
        let store = Arc::clone(&fresh.store);
        racers.push(Box::pin(async move {
            for _ in 0..WRITES / 2 {
                let search = search_for(Predicate::every_client(), Order::default());
                let found = store.search(&search).await.unwrap();
                assert_eq!(found.total, Totals::Exact.of(found.clients.len() as u64));
            }
        }));
    }
    race(harness, racers).await;
}
