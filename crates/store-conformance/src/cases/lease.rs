//! Leases of events, for the cases about delivery.

use client_app::ports::{DeadLetter, DeliveryFailure, ReceiverName, Settlement, TakenEvent, Verdict};
use client_domain::{Client, ClientState};

use super::given::given_client;
use crate::fixtures::{applicant, moment};
use crate::harness::Fresh;

pub(crate) const REFUSED: DeliveryFailure = DeliveryFailure::Refused { status: 500 };

/// Takes up to `limit` events of the default receiver at second `now`, for ten seconds.
pub(crate) async fn take(fresh: &Fresh, limit: usize, now: i64) -> Vec<TakenEvent> {
    take_of(fresh, &ReceiverName::DEFAULT, limit, now).await
}

pub(crate) async fn take_of(
    fresh: &Fresh,
    receiver: &ReceiverName,
    limit: usize,
    now: i64,
) -> Vec<TakenEvent> {
    fresh.outbox.take(receiver, limit, moment(now), moment(now + 10)).await.unwrap()
}

pub(crate) async fn settle(fresh: &Fresh, taken: &TakenEvent, verdict: Verdict) {
    settle_all(fresh, &[taken.settle(verdict)]).await;
}

/// Settles events of the default receiver.
pub(crate) async fn settle_all(fresh: &Fresh, settlements: &[Settlement]) {
    fresh.outbox.settle(&ReceiverName::DEFAULT, settlements).await.unwrap();
}

pub(crate) fn postponed(until: i64) -> Verdict {
    Verdict::Postponed { until: moment(until), why: REFUSED }
}

pub(crate) fn dead_lettered(at: i64) -> Verdict {
    Verdict::DeadLettered { at: moment(at), why: REFUSED }
}

pub(crate) async fn dead(fresh: &Fresh) -> Vec<DeadLetter> {
    fresh.outbox.dead_letters(None, 1_000).await.unwrap()
}

/// A client with three events, of which the first is a dead letter since second 5.
pub(crate) async fn client_with_a_dead_letter(fresh: &Fresh, n: i64) -> (Client, TakenEvent) {
    let client = given_client(&*fresh.store, ClientState::Active, applicant(n)).await;
    let mut taken = take(fresh, 100, 0).await;
    let first = taken.remove(0);
    assert_eq!(first.event.client, *client.key());
    let mut settled: Vec<Settlement> = taken.iter().map(|taken| taken.settle(Verdict::Released)).collect();
    settled.push(first.settle(dead_lettered(5)));
    settle_all(fresh, &settled).await;
    (client, first)
}
