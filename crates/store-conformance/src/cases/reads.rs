//! The results of single reads.

use std::collections::BTreeSet;

use client_app::ports::ClientRef;
use client_domain::Client;
use client_domain::value::{ClientId, ClientKey};

use super::given::{commit, given_pending};
use super::observed::{all_clients, by_key, find, history_of, pending_events};
use crate::fixtures::{applicant, creation, maker, onboarded, request};
use crate::harness::Harness;

/// In an empty store there is no client, no outcome, no history, no claim and no event.
pub async fn an_empty_store_is_empty(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let unknown = onboarded(1).client;
    for name in [by_key(&unknown), ClientRef::Id(unknown.id())] {
        assert_eq!(store.find(&name).await.unwrap(), None);
        let loaded = store.load(&name, Some(&request(1))).await.unwrap();
        assert_eq!((loaded.client, loaded.outcome), (None, None));
    }
    assert_eq!(history_of(store, unknown.key()).await, []);
    assert_eq!(store.claimed(&unknown.claims(), None).await.unwrap(), BTreeSet::new());
    assert_eq!(all_clients(store).await, []);
    assert_eq!(pending_events(&*fresh.outbox).await, []);
}

/// Many clients are read in one call: in the order of their keys, each as often as it is named, unknown keys left
/// out.
pub async fn several_clients_are_read_in_the_order_of_their_keys(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let mut clients = Vec::new();
    for n in 1..=5 {
        clients.push(given_pending(store, applicant(n)).await);
    }
    assert_eq!(store.find_all(&[]).await.unwrap(), []);
    let unknown = onboarded(99).client.key().clone();
    let named = [&clients[3], &clients[0], &clients[3], &clients[4]];
    let mut keys: Vec<_> = named.iter().map(|client| client.key().clone()).collect();
    keys.insert(1, unknown.clone());
    let found = store.find_all(&keys).await.unwrap();
    assert_eq!(found.iter().collect::<Vec<_>>(), named);
    assert_eq!(store.find_all(&[unknown]).await.unwrap(), []);

    // With their documents and addresses, as a single read has them.
    for client in &clients {
        let alone = find(store, client).await.unwrap();
        assert_eq!(store.find_all(&[client.key().clone()]).await.unwrap(), [alone]);
    }
}

/// A working store is ready.
pub async fn reachable_store_is_ready(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    fresh.store.ready().await.whole().unwrap();
    fresh.store.ready().await.whole().unwrap();
}

/// A store with a clock of its own returns its time, and later calls do not return earlier times.
pub async fn clock_of_a_store_does_not_go_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let first = fresh.store.server_time().await.unwrap();
    let second = fresh.store.server_time().await.unwrap();
    assert_eq!(first.is_some(), second.is_some(), "a store has a clock or has none");
    assert!(first <= second);
}

/// Two stores of one harness share nothing, which the suite itself depends on.
pub async fn a_fresh_store_shares_nothing(harness: &dyn Harness) {
    let (one, other) = (harness.fresh().await, harness.fresh().await);
    given_pending(&*one.store, applicant(1)).await;
    assert_eq!(all_clients(&*other.store).await, []);
    given_pending(&*other.store, applicant(1)).await;
    assert_eq!(pending_events(&*other.outbox).await.len(), 1);
}

/// Each of many clients is found by its own key and id.
pub async fn every_client_is_found_by_key_and_id(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let mut clients = Vec::new();
    for n in 1..=20 {
        clients.push(given_pending(store, applicant(n)).await);
    }
    for client in clients {
        assert_eq!(find(store, &client).await, Some(client.clone()));
        assert_eq!(store.find(&ClientRef::Id(client.id())).await.unwrap(), Some(client));
    }
}

/// Keys are opaque: a key that looks like an id is none, and two keys that differ in case are two keys.
pub async fn a_key_is_taken_as_it_is(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let mut kept = Vec::new();
    for (n, key) in (1..).zip(["2", "1", "Ab-%_", "aB-%_"]) {
        let mut application = applicant(n);
        application.key = ClientKey::parse(key).unwrap();
        let change = Client::onboard(application, &maker(n));
        commit(store, creation(&change)).await;
        kept.push(change.client);
    }
    for client in kept {
        assert_eq!(find(store, &client).await, Some(client.clone()));
        assert_eq!(history_of(store, client.key()).await.len(), 1);
    }
    assert_eq!(store.find(&ClientRef::Key(ClientKey::parse("4").unwrap())).await.unwrap(), None);
    assert_eq!(store.find(&ClientRef::Id(ClientId::new(5).unwrap())).await.unwrap(), None);
}

/// A reserved id belongs to no client, and none is reserved twice, used or not.
pub async fn reserved_id_belongs_to_no_client(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let mut given = BTreeSet::new();
    for n in 1..=20 {
        let id = store.reserve_id().await.unwrap();
        assert!(given.insert(id), "{id} was given before");
        assert_eq!(store.find(&ClientRef::Id(id)).await.unwrap(), None);
        // Every other number is left unused.
        if n % 2 == 0 {
            let mut application = applicant(n);
            application.id = id;
            given_pending(store, application).await;
        }
    }
}
