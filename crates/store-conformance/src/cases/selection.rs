//! A selection has every client that a search finds, of one point in time.

use std::time::Duration;

use client_app::ports::{ClientStore, FoundClient, SelectedClients, Selection, StoreError};
use client_domain::Client;
use client_domain::search::{Direction, Order, Predicate, Property, field};
use futures_util::StreamExt as _;

use super::data_set::commit_data_set;
use super::given::{commit, given_pending};
use super::observed::{TODAY, search_for};
use crate::fixtures::{applicant, creation, onboarded, renamed, replacement};
use crate::harness::{Fresh, Harness, race};

/// More than a store reads ahead of its reader, and no whole number of pieces.
const MANY: usize = 5 * Selection::PIECE + 7;
/// A piece, and a part of the next one.
const SOME: usize = Selection::PIECE + 7;
/// How many commits are sent at a time.
const AT_ONCE: usize = 32;
const LONG: Duration = Duration::from_mins(5);

fn by_id() -> Order {
    Order::by(vec![(Property::Id, Direction::Ascending)]).unwrap()
}

fn all_by_id(time_limit: Duration) -> Selection {
    Selection { predicate: Predicate::every_client(), order: by_id(), today: TODAY, time_limit }
}

/// Applicants with the ids from 1 to this number.
async fn applicants(harness: &dyn Harness, fresh: &Fresh, number: usize) {
    let ids: Vec<_> = (1..).take(number).collect();
    for ids in ids.chunks(AT_ONCE) {
        let creations = ids.iter().map(|n| {
            let (store, applicant) = (fresh.store.clone(), onboarded(*n));
            async move { commit(&*store, creation(&applicant)).await }
        });
        race(harness, creations).await;
    }
}

async fn rest(mut selected: SelectedClients) -> Vec<FoundClient> {
    let mut clients = Vec::new();
    while let Some(piece) = selected.next().await {
        clients.extend(piece.unwrap());
    }
    clients
}

async fn selected(store: &dyn ClientStore, selection: &Selection) -> Vec<Client> {
    let found = rest(store.select_all(selection).await.unwrap()).await;
    found.into_iter().map(|one| one.client).collect()
}

/// A selection has the clients that a search finds, each as a read by its key has it, in the order of the search.
pub async fn a_selection_is_what_a_search_finds(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    assert_eq!(selected(store, &all_by_id(LONG)).await, []);
    commit_data_set(store).await;
    let predicates = [
        Predicate::every_client(),
        field::CITY.equals("ikeja").check().unwrap(),
        field::LAST_NAME.starts_with("o").and(!field::BRANCH_ENCODED_KEY.is_empty()).check().unwrap(),
        field::DOCUMENT_STATUS.equals("APPROVED").check().unwrap(),
        field::CITY.equals("nowhere").check().unwrap(),
    ];
    let orders = [
        Order::default(),
        by_id(),
        Order::by(vec![
            (Property::BranchEncodedKey, Direction::Descending),
            (Property::City, Direction::Ascending),
        ])
        .unwrap(),
        Order::by(vec![(Property::MiddleName, Direction::Ascending)]).unwrap(),
    ];
    for predicate in &predicates {
        for order in &orders {
            let search = search_for(predicate.clone(), order.clone());
            let keys: Vec<_> =
                store.search(&search).await.unwrap().clients.into_iter().map(|found| found.key).collect();
            let expected = store.find_all_with_endings(&keys).await.unwrap();
            let selection = Selection {
                predicate: predicate.clone(),
                order: order.clone(),
                today: TODAY,
                time_limit: LONG,
            };
            let found = rest(store.select_all(&selection).await.unwrap()).await;
            assert_eq!(found, expected, "{predicate:?} {order:?}");
        }
    }
}

/// What is committed after the beginning is not seen, neither a change nor a new client, however late the reader comes to it.
pub async fn commits_during_a_selection_are_not_seen(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    applicants(harness, &fresh, MANY).await;
    let before = selected(&*fresh.store, &all_by_id(LONG)).await;
    let mut selected = fresh.store.select_all(&all_by_id(LONG)).await.unwrap();
    let first = selected.next().await.unwrap().unwrap();
    // The last ones are far beyond what a store may read ahead.
    for old in before.iter().rev().take(20) {
        commit(&*fresh.store, replacement(old, &renamed(old, "Changed"))).await;
    }
    given_pending(&*fresh.store, applicant(99_999)).await;
    let mut seen: Vec<_> = first.into_iter().map(|one| one.client).collect();
    seen.extend(rest(selected).await.into_iter().map(|one| one.client));
    assert_eq!(seen, before);
}

/// A piece has a client, and no more than the maximum.
pub async fn a_selection_comes_in_small_pieces(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    applicants(harness, &fresh, SOME).await;
    let mut selected = fresh.store.select_all(&all_by_id(LONG)).await.unwrap();
    let mut ids = Vec::new();
    while let Some(piece) = selected.next().await {
        let piece = piece.unwrap();
        assert!((1..=Selection::PIECE).contains(&piece.len()), "{}", piece.len());
        ids.extend(piece.iter().map(|one| one.client.id().get()));
    }
    assert_eq!(ids, (1..).take(SOME).collect::<Vec<_>>());
}

/// A selection that is not read in time ends with an error, and not as if it were complete.
pub async fn a_selection_ends_at_its_time_limit(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    applicants(harness, &fresh, MANY).await;
    let limit = Duration::from_millis(1_500);
    let mut selected = fresh.store.select_all(&all_by_id(limit)).await.unwrap();
    selected.next().await.unwrap().unwrap();
    // The suite knows no executor, and so no timer.
    std::thread::sleep(limit + Duration::from_millis(200));
    let mut last = None;
    while let Some(piece) = selected.next().await {
        assert!(last.is_none(), "an error is the last item");
        last = piece.err();
    }
    assert!(matches!(last, Some(StoreError::TimedOut(_))), "{last:?}");
}

/// A reader that leaves keeps nothing from being read or written, however often.
pub async fn a_dropped_selection_leaves_the_store_as_it_was(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    applicants(harness, &fresh, SOME).await;
    for n in 0..20 {
        let mut selected = fresh.store.select_all(&all_by_id(LONG)).await.unwrap();
        if n % 2 == 0 {
            selected.next().await.unwrap().unwrap();
        }
    }
    given_pending(&*fresh.store, applicant(99_999)).await;
    let found = selected(&*fresh.store, &all_by_id(LONG)).await;
    assert_eq!(found.len(), SOME + 1);
}
