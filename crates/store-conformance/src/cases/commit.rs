//! A commit writes all of a changeset or nothing.

use std::future::{Future, poll_fn};
use std::pin::pin;
use std::task::{Context, Poll, Waker};

use client_app::ports::{ClientRef, ClientWrite, Committed};
use client_domain::{ClientState, EventKind};

use super::given::{commit, given_client, given_pending, version};
use super::observed::{
    all_clients, by_key, corrupt, find, history_of, is_claimed, outcome_of, pending_events, refused,
};
use crate::fixtures::{
    applicant, creation, exclusive, keyed, onboarded, outcome, renamed, replacement, request, with_email,
};
use crate::harness::Harness;

/// Once a commit is done, every read sees all of it: client, claims, history, event, outcome and search.
pub async fn committed_changes_are_visible_to_every_read(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let ada = onboarded(1);
    let stored = outcome(request(1), 1);
    commit(store, keyed(creation(&ada), stored.clone())).await;

    assert_eq!(find(store, &ada.client).await, Some(ada.client.clone()));
    assert_eq!(history_of(store, ada.client.key()).await.len(), 1);
    assert_eq!(outcome_of(store, &ada.client, &request(1)).await, Some(stored));
    assert_eq!(all_clients(store).await.len(), 1);
    assert_eq!(pending_events(&*fresh.outbox).await.len(), 1);
    for claim in ada.client.claims() {
        assert!(is_claimed(store, &claim, None).await);
    }
}

/// Before a commit has begun no read sees anything of it, and a commit that never begins writes nothing.
pub async fn uncommitted_changes_are_not_visible(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let ada = onboarded(1);
    let never = store.commit(creation(&ada));
    assert_eq!(find(store, &ada.client).await, None);
    drop(never);
    assert_eq!(find(store, &ada.client).await, None);
    assert_eq!(all_clients(store).await, []);
    assert_eq!(pending_events(&*fresh.outbox).await, []);
}

/// Once begun, a commit runs to its end even if the caller stops waiting.
pub async fn begun_commit_outlives_its_caller(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let ada = onboarded(1);
    {
        let mut begun = pin!(store.commit(creation(&ada)));
        let _answer = begun.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
    let mut reads = 0;
    while find(store, &ada.client).await.is_none() {
        reads += 1;
        assert!(reads < 10_000, "the caller stopped waiting for the commit, and so it is not done");
        let mut paused = false;
        poll_fn(|context| {
            context.waker().wake_by_ref();
            if std::mem::replace(&mut paused, true) { Poll::Ready(()) } else { Poll::Pending }
        })
        .await;
    }
    assert_eq!(history_of(store, ada.client.key()).await.len(), 1);
    assert_eq!(pending_events(&*fresh.outbox).await.len(), 1);
}

/// An update at the version that was read replaces the client, and adds to its history and its events.
pub async fn an_update_replaces_the_version_that_was_read(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let before = given_pending(store, applicant(1)).await;
    let other = given_pending(store, applicant(2)).await;
    let change = renamed(&before, "Ngozi");
    commit(store, replacement(&before, &change)).await;

    assert_eq!(find(store, &before).await, Some(change.client.clone()));
    assert_eq!(find(store, &other).await, Some(other.clone()), "no other client was changed");
    let kinds: Vec<_> =
        history_of(store, before.key()).await.into_iter().map(|entry| entry.event.kind).collect();
    assert_eq!(kinds, [EventKind::Updated, EventKind::Created]);
    assert_eq!(pending_events(&*fresh.outbox).await.len(), 3);
    assert_eq!(all_clients(store).await.len(), 2);
}

/// A client that is no longer at the version that was read is stale, and nothing at all is written: neither
/// client nor claims, history, event or outcome.
pub async fn a_stale_update_writes_nothing(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let read = given_pending(store, applicant(1)).await;
    commit(store, replacement(&read, &renamed(&read, "Ngozi"))).await;

    let late = replacement(&read, &with_email(&read, "late@example.com"));
    assert_eq!((late.take.len(), late.release.len()), (1, 1));
    let answer = refused(&fresh, keyed(late, outcome(request(1), 1))).await;
    assert_eq!(answer, Committed::Stale);
}

/// A version that is ahead of the client's is as stale as one behind.
pub async fn a_version_from_the_future_is_stale(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let before = given_pending(&*fresh.store, applicant(1)).await;
    let later = renamed(&before, "Ngozi").client;
    let unwritten = replacement(&later, &renamed(&later, "Ifeoma"));
    assert_eq!(refused(&fresh, unwritten).await, Committed::Stale);
}

/// An update of a client that does not exist is stale.
pub async fn update_of_an_unknown_client_is_stale(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ghost = onboarded(1).client;
    let update = replacement(&ghost, &renamed(&ghost, "Ngozi"));
    assert_eq!(refused(&fresh, update).await, Committed::Stale);
}

/// A new client whose key exists already is refused, and nothing is written.
pub async fn client_key_is_given_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = given_pending(&*fresh.store, applicant(1)).await;
    let mut twin = applicant(2);
    twin.key = ada.key().clone();
    let twin = client_domain::Client::onboard(twin, &crate::fixtures::maker(2));
    corrupt(&fresh, keyed(creation(&twin), outcome(request(1), 1))).await;
}

/// A new client whose id exists already is refused, and nothing is written.
pub async fn client_id_is_given_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = given_pending(&*fresh.store, applicant(1)).await;
    let mut twin = applicant(2);
    twin.id = ada.id();
    let twin = client_domain::Client::onboard(twin, &crate::fixtures::maker(2));
    corrupt(&fresh, keyed(creation(&twin), outcome(request(1), 1))).await;
}

/// An update changes neither other clients nor how the client is found: by key, by id, by customer number.
pub async fn an_updated_client_is_found_as_before(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let ada = given_client(store, ClientState::Active, applicant(1)).await;
    assert_eq!(ada.version(), version(3));
    let number = client_domain::value::CustomerNumber::parse(&ada.customer_number().to_string()).unwrap();
    for name in [by_key(&ada), ClientRef::Id(ada.id()), ClientRef::Id(number.id())] {
        assert_eq!(store.find(&name).await.unwrap(), Some(ada.clone()));
        assert_eq!(store.load(&name, None).await.unwrap().client, Some(ada.clone()));
    }
}

/// A stale version is returned before a taken claim: a caller that decides again may not want the claim at
/// all.
pub async fn stale_comes_before_claim_taken(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let ada = given_pending(store, applicant(1)).await;
    let bola = given_pending(store, applicant(2)).await;
    commit(store, replacement(&bola, &renamed(&bola, "Ngozi"))).await;

    let mut late = replacement(&bola, &renamed(&bola, "Ifeoma"));
    late.take = ada.claims().into_iter().map(exclusive).collect();
    assert!(matches!(late.client, Some(ClientWrite::Update { .. })));
    assert_eq!(refused(&fresh, late).await, Committed::Stale);
}
