//! The results of leased events: delivered, retried, released; and results that are recorded too late.

use client_app::ports::{ReceiverName, Verdict};
use client_domain::ClientState;

use super::given::{commit, delivered, given_client, given_pending};
use super::lease::{dead, dead_lettered, postponed, settle, settle_all, take};
use super::observed::versions;
use crate::fixtures::{applicant, renamed, replacement};
use crate::harness::{Harness, race};

/// A postponed event is free again at its time and not before, with the number of its failures.
pub async fn postponed_event_returns_at_its_moment(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    given_pending(&*fresh.store, applicant(1)).await;
    let mut now = 0;
    for failures in 0..4 {
        let taken = take(&fresh, 100, now).await;
        assert_eq!(taken.iter().map(|taken| taken.failures).collect::<Vec<_>>(), [failures]);
        settle(&fresh, &taken[0], postponed(now + 3)).await;
        assert_eq!(take(&fresh, 100, now + 2).await, [], "not before");
        now += 3;
    }
    settle(&fresh, &take(&fresh, 100, now).await[0], postponed(now + 3_600)).await;
    assert_eq!(take(&fresh, 100, now + 3_599).await, [], "a wait may be longer than the lease");
    assert_eq!(take(&fresh, 100, now + 3_600).await.len(), 1);
}

/// A postponed event holds back the later ones of its own client only, written before or after.
pub async fn a_postponed_event_holds_back_its_own_client_only(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = given_client(&*fresh.store, ClientState::Active, applicant(1)).await;
    let taken = take(&fresh, 100, 0).await;
    let rest = taken[1..].iter().map(|taken| taken.settle(Verdict::Released));
    let all: Vec<_> = std::iter::once(taken[0].settle(postponed(500))).chain(rest).collect();
    settle_all(&fresh, &all).await;
    commit(&*fresh.store, replacement(&ada, &renamed(&ada, "Ngozi"))).await;
    let bola = given_client(&*fresh.store, ClientState::Active, applicant(2)).await;

    let others = take(&fresh, 100, 20).await;
    assert_eq!((versions(&others, &bola), others.len()), (vec![1, 2, 3], 3));
    assert_eq!(versions(&take(&fresh, 100, 500).await, &ada), [1, 2, 3, 4]);
}

/// Where only a later event was postponed, the earlier ones come alone.
pub async fn an_earlier_event_does_not_wait_for_a_postponed_one(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = given_client(&*fresh.store, ClientState::Active, applicant(1)).await;
    let taken = take(&fresh, 100, 0).await;
    settle(&fresh, &taken[1], postponed(500)).await;
    assert_eq!(versions(&take(&fresh, 100, 20).await, &ada), [1]);
}

/// An event that was not tried is free immediately, and has not failed.
pub async fn untried_event_is_free_immediately(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = given_client(&*fresh.store, ClientState::Active, applicant(1)).await;
    let taken = take(&fresh, 100, 0).await;
    let untried: Vec<_> = taken.iter().map(|taken| taken.settle(Verdict::Released)).collect();
    settle_all(&fresh, &untried).await;
    let again = take(&fresh, 100, 1).await;
    assert_eq!(versions(&again, &ada), [1, 2, 3]);
    assert!(again.iter().all(|taken| taken.failures == 0));
}

/// Every lease of an event has a higher number than the ones before it.
pub async fn every_take_has_its_own_lease(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    given_pending(&*fresh.store, applicant(1)).await;
    let mut leases = Vec::new();
    for (round, verdict) in
        [None, Some(Verdict::Released), Some(postponed(210)), None].into_iter().enumerate()
    {
        let taken = take(&fresh, 100, 100 * i64::try_from(round).unwrap()).await;
        leases.push(taken[0].lease);
        if let Some(verdict) = verdict {
            settle(&fresh, &taken[0], verdict).await;
        }
    }
    assert!(leases.is_sorted_by(|one, next| one < next), "{leases:?}");
}

/// A result of a relay for an event that another relay has leased since changes nothing, unless it is a
/// delivery.
pub async fn settlement_under_a_lost_lease_changes_nothing(harness: &dyn Harness) {
    for late in [postponed(15), postponed(5_000), dead_lettered(15), Verdict::Released] {
        let fresh = harness.fresh().await;
        given_pending(&*fresh.store, applicant(1)).await;
        let first = take(&fresh, 100, 0).await;
        let second = take(&fresh, 100, 10).await;
        settle(&fresh, &first[0], late).await;
        assert_eq!(take(&fresh, 100, 16).await, [], "{late:?}: it is the second one's");
        assert_eq!(dead(&fresh).await, [], "{late:?}");
        settle(&fresh, &second[0], postponed(30)).await;
        assert_eq!(take(&fresh, 100, 29).await, [], "{late:?}");
        assert_eq!(take(&fresh, 100, 30).await[0].failures, 1, "{late:?} is not counted");
    }
}

/// A settlement after the end of its lease counts as long as no other relay has taken the event.
pub async fn expired_lease_counts_until_the_next_take(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    given_pending(&*fresh.store, applicant(1)).await;
    let taken = take(&fresh, 100, 0).await;
    settle(&fresh, &taken[0], postponed(500)).await;
    assert_eq!(take(&fresh, 100, 499).await, []);
    assert_eq!(take(&fresh, 100, 500).await[0].failures, 1);
}

/// A result counts once, however often it is recorded.
pub async fn a_settlement_counts_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    given_pending(&*fresh.store, applicant(1)).await;
    let taken = take(&fresh, 100, 0).await;
    for _ in 0..3 {
        settle(&fresh, &taken[0], postponed(20)).await;
    }
    let again = take(&fresh, 100, 20).await;
    assert_eq!(again[0].failures, 1);
    settle(&fresh, &again[0], Verdict::Released).await;
    settle(&fresh, &again[0], dead_lettered(21)).await;
    assert_eq!(dead(&fresh).await, [], "it was given back, and is free");
}

/// A delivery counts even if another relay has leased the event since, or it has become a dead letter.
pub async fn delivery_under_a_lost_lease_counts(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let ada = given_client(&*fresh.store, ClientState::Approved, applicant(1)).await;
    let first = take(&fresh, 1, 0).await;
    let second = take(&fresh, 1, 20).await;
    settle(&fresh, &second[0], dead_lettered(25)).await;
    assert_eq!(take(&fresh, 100, 30).await, []);
    settle_all(&fresh, &delivered(&first, 1)).await;
    assert_eq!(dead(&fresh).await, []);
    assert_eq!(versions(&take(&fresh, 100, 30).await, &ada), [2]);
}

/// Two relays record different results of one event concurrently: one of them counts, and not both.
pub async fn one_of_two_concurrent_settlements_counts(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    for n in 1..=10 {
        given_pending(&*fresh.store, applicant(n)).await;
    }
    let taken = take(&fresh, 100, 0).await;
    let say = |verdict: Verdict| {
        let outbox = fresh.outbox.clone();
        let said: Vec<_> = taken.iter().map(|taken| taken.settle(verdict)).collect();
        async move { outbox.settle(&ReceiverName::DEFAULT, &said).await.unwrap() }
    };
    race(harness, [postponed(20), postponed(20), Verdict::Released, postponed(20)].map(say)).await;
    let again = take(&fresh, 100, 20).await;
    assert_eq!(again.len(), 10);
    assert!(again.iter().all(|taken| taken.failures <= 1), "{again:?}");
}
