//! Events reach other systems in order, at least once, and never before their time.

use client_app::ports::{Committed, EventId, Lease, ReceiverName, Settlement, TakenEvent, Verdict};
use client_domain::ClientState;
use jiff::{SignedDuration, Timestamp};

use super::given::{commit, commit_path, delivered, given_client, given_pending};
use super::lease::{settle_all, take};
use super::observed::{events, pending_events, refused, versions};
use crate::fixtures::{
    applicant, creation, keyed, moment, onboarded, outcome, path_to, renamed, replacement, request,
    with_email,
};
use crate::harness::{Fresh, Harness};

async fn deliver(fresh: &Fresh, taken: &[TakenEvent]) {
    settle_all(fresh, &delivered(taken, 0)).await;
}

/// Client and version of each event.
fn versions_by_client(taken: &[TakenEvent]) -> Vec<(String, u64)> {
    taken.iter().map(|taken| (taken.event.client.to_string(), taken.event.version.get())).collect()
}

/// Every event of a commit that was done is taken, with all of its data.
pub async fn every_event_is_taken_unchanged(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let path = path_to(ClientState::Active, applicant(1));
    let first = creation(&path[0]);
    let mut written = first.events.clone();
    commit(&*fresh.store, first).await;
    for step in path.windows(2) {
        let next = replacement(&step[0].client, &step[1]);
        written.extend(next.events.clone());
        commit(&*fresh.store, next).await;
    }
    let taken = take(&fresh, 100, 0).await;
    assert_eq!(events(&taken), written);
    assert!(taken.iter().all(|taken| taken.failures == 0), "no attempt has been made");
}

/// No event appears of a commit that was not done: stale, claim taken, replayed, key reused.
pub async fn refused_commit_writes_no_event(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let ada = onboarded(1);
    let once = keyed(creation(&ada), outcome(request(1), 1));
    commit(store, once.clone()).await;
    let bola = given_pending(store, applicant(2)).await;
    commit(store, replacement(&bola, &renamed(&bola, "Ngozi"))).await;
    let before = pending_events(&*fresh.outbox).await;

    let theft = with_email(&ada.client, bola.snapshot().details.email.as_str());
    let stale = replacement(&bola, &renamed(&bola, "Ifeoma"));
    let reused = keyed(creation(&onboarded(3)), outcome(request(1), 2));
    for changeset in [once, replacement(&ada.client, &theft), stale, reused] {
        assert_ne!(store.commit(changeset).await.unwrap(), Committed::Done);
    }
    assert_eq!(pending_events(&*fresh.outbox).await, before);
}

/// The events of one client come in the order of their versions, whatever happens in between.
pub async fn events_of_a_client_come_in_order(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let paths: Vec<_> = (1..=5).map(|n| path_to(ClientState::Active, applicant(n))).collect();
    for path in &paths {
        commit(store, creation(&path[0])).await;
    }
    // The second steps in the opposite order.
    for step in 1..3 {
        for path in paths.iter().rev() {
            commit(store, replacement(&path[step - 1].client, &path[step])).await;
        }
    }
    let taken = take(&fresh, 100, 0).await;
    assert_eq!(taken.len(), 15);
    for path in &paths {
        assert_eq!(versions(&taken, &path[0].client), [1, 2, 3]);
    }
}

/// A taken event is taken by no other relay until its lease ends, and then again, in the same order.
pub async fn taken_event_returns_when_its_lease_ends(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    given_client(&*fresh.store, ClientState::Active, applicant(1)).await;
    let taken = take(&fresh, 100, 0).await;
    assert_eq!(taken.len(), 3);

    let just_before: Timestamp = moment(10) - SignedDuration::from_micros(1);
    for now in [moment(0), moment(5), just_before] {
        assert_eq!(fresh.outbox.take(&ReceiverName::DEFAULT, 100, now, moment(60)).await.unwrap(), []);
    }
    assert_eq!(events(&take(&fresh, 100, 10).await), events(&taken), "the lease is over the moment it ends");
    assert_eq!(take(&fresh, 100, 15).await, [], "the second lease counts like the first");
    assert_eq!(events(&take(&fresh, 100, 3_600).await), events(&taken));
}

/// A delivered event is never taken again.
pub async fn delivered_event_never_returns(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    given_client(&*fresh.store, ClientState::Active, applicant(1)).await;
    let taken = take(&fresh, 100, 0).await;
    deliver(&fresh, &taken).await;
    for now in [1, 10, 3_600, 3_600 * 24 * 365] {
        assert_eq!(take(&fresh, 100, now).await, []);
    }
}

/// A delivery counts, even if the lease ended before it was reported.
pub async fn delivery_reported_after_its_lease_counts(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    given_pending(&*fresh.store, applicant(1)).await;
    let first = take(&fresh, 100, 0).await;
    let second = take(&fresh, 100, 20).await;
    assert_eq!(events(&first), events(&second));
    deliver(&fresh, &first).await;
    assert_eq!(take(&fresh, 100, 60).await, []);
    deliver(&fresh, &second).await;
}

/// No batch is larger than its limit, and the other events follow in the next ones.
pub async fn a_limit_is_kept_and_nothing_is_lost(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    for n in 1..=7 {
        given_pending(&*fresh.store, applicant(n)).await;
    }
    assert_eq!(take(&fresh, 0, 0).await, []);
    let mut all = Vec::new();
    loop {
        let batch = take(&fresh, 3, 0).await;
        assert!(batch.len() <= 3);
        if batch.is_empty() {
            break;
        }
        all.extend(versions_by_client(&batch));
    }
    all.sort();
    all.dedup();
    assert_eq!(all.len(), 7);
}

/// A later event of a client waits until every earlier one is delivered or in the same batch.
pub async fn a_later_event_waits_for_the_earlier(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = given_client(&*fresh.store, ClientState::Active, applicant(1)).await;
    for version in 1..=3 {
        let batch = take(&fresh, 1, 0).await;
        assert_eq!(versions(&batch, &ada), [version]);
        assert_eq!(take(&fresh, 100, 5).await, [], "the others wait");
        deliver(&fresh, &batch).await;
    }
    assert_eq!(take(&fresh, 100, 100).await, []);
}

/// An event that is committed while an earlier one of the same client is leased waits too.
pub async fn new_event_waits_for_the_leased_one(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = given_pending(&*fresh.store, applicant(1)).await;
    let first = take(&fresh, 100, 0).await;
    commit(&*fresh.store, replacement(&ada, &renamed(&ada, "Ngozi"))).await;
    assert_eq!(take(&fresh, 100, 5).await, []);
    deliver(&fresh, &first).await;
    assert_eq!(versions(&take(&fresh, 100, 6).await, &ada), [2]);
}

/// When a lease ends without delivery, a batch begins with the earliest event again.
pub async fn after_a_lost_lease_the_earliest_comes_first(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = given_client(&*fresh.store, ClientState::Active, applicant(1)).await;
    assert_eq!(versions(&take(&fresh, 1, 0).await, &ada), [1]);
    assert_eq!(versions(&take(&fresh, 2, 20).await, &ada), [1, 2]);
    assert_eq!(versions(&take(&fresh, 100, 40).await, &ada), [1, 2, 3]);
}

/// Where a later event was delivered and an earlier one was not, only the earlier comes again.
pub async fn only_undelivered_events_return(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = given_client(&*fresh.store, ClientState::Active, applicant(1)).await;
    let batch = take(&fresh, 100, 0).await;
    deliver(&fresh, &batch[1..2]).await;
    assert_eq!(versions(&take(&fresh, 100, 20).await, &ada), [1, 3]);
}

/// Clients do not wait for each other.
pub async fn clients_do_not_wait_for_each_other(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = given_client(&*fresh.store, ClientState::Active, applicant(1)).await;
    let first = take(&fresh, 1, 0).await;
    assert_eq!(versions(&first, &ada), [1]);
    let bola = commit_path(&*fresh.store, &path_to(ClientState::Approved, applicant(2))).await;
    let second = take(&fresh, 100, 5).await;
    assert_eq!(versions(&second, &bola), [1, 2]);
    assert_eq!(second.len(), 2, "and the first client's later events still wait");
}

/// Recording a result of an event that does not exist is no error and changes nothing.
pub async fn unknown_events_are_no_error(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    given_pending(&*fresh.store, applicant(1)).await;
    let id = EventId::from_stored("never-written '%".to_owned());
    let unknown = Settlement { id, lease: Lease(1), verdict: Verdict::Delivered { at: moment(0) } };
    settle_all(&fresh, &[]).await;
    settle_all(&fresh, std::slice::from_ref(&unknown)).await;
    let taken = take(&fresh, 100, 0).await;
    assert_eq!(taken.len(), 1);

    let known = taken[0].settle(Verdict::Delivered { at: moment(0) });
    settle_all(&fresh, &[unknown, known]).await;
    deliver(&fresh, &taken).await;
    assert_eq!(take(&fresh, 100, 60).await, []);
}

/// An outcome or a refused commit in between does not keep events from coming.
pub async fn refused_commit_does_not_block_other_events(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = given_pending(&*fresh.store, applicant(1)).await;
    let change = renamed(&ada, "Ngozi");
    commit(&*fresh.store, replacement(&ada, &change)).await;
    assert_eq!(refused(&fresh, replacement(&ada, &change)).await, Committed::Stale);
    let third = renamed(&change.client, "Ifeoma");
    commit(&*fresh.store, replacement(&change.client, &third)).await;
    assert_eq!(versions(&take(&fresh, 100, 3_600 * 24 * 365).await, &ada), [1, 2, 3]);
}
