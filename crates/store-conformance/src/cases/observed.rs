//! The reads by which a case checks a store.

use std::sync::atomic::{AtomicI64, Ordering};

use client_app::ports::{
    Changeset, ClientRef, ClientStore, ClientSummary, Committed, HistoryEntry, HistoryPage, Outbox,
    OutboxEvent, OutcomeRecord, Page, ReceiverName, RequestKey, Search, StoreError, TakenEvent, Totals,
};
use client_domain::search::{Order, Predicate};
use client_domain::value::ClientKey;
use client_domain::{Claim, Client};
use jiff::civil::{Date, date};

use crate::fixtures::moment;
use crate::harness::Fresh;

pub(crate) fn by_key(client: &Client) -> ClientRef {
    ClientRef::Key(client.key().clone())
}

pub(crate) async fn find(store: &dyn ClientStore, client: &Client) -> Option<Client> {
    store.find(&by_key(client)).await.unwrap()
}

pub(crate) async fn history_of(store: &dyn ClientStore, key: &ClientKey) -> Vec<HistoryEntry> {
    store
        .history(key, HistoryPage { before: None, after: None, events: &[], limit: 1_000, with_values: true })
        .await
        .unwrap()
}

pub(crate) async fn outcome_of(
    store: &dyn ClientStore,
    client: &Client,
    request: &RequestKey,
) -> Option<OutcomeRecord> {
    store.load(&by_key(client), Some(request)).await.unwrap().outcome
}

/// Whether any client but `except` has the claim.
pub(crate) async fn is_claimed(store: &dyn ClientStore, claim: &Claim, except: Option<&Client>) -> bool {
    let claimed = store.claimed(std::slice::from_ref(claim), except.map(Client::key)).await.unwrap();
    assert!(claimed.iter().all(|kind| *kind == claim.kind()), "only what was asked about is answered");
    !claimed.is_empty()
}

/// The day that searches use as today: the first day of the fixtures.
pub(crate) const TODAY: Date = date(2026, 1, 5);

/// A search from the beginning, with the total, for as many as there are in any case.
pub(crate) fn search_for(predicate: Predicate, order: Order) -> Search {
    Search { predicate, order, page: Page::Skip(0), limit: 1_000, totals: Totals::Exact, today: TODAY }
}

pub(crate) async fn all_clients(store: &dyn ClientStore) -> Vec<ClientSummary> {
    store.search(&search_for(Predicate::every_client(), Order::default())).await.unwrap().clients
}

/// Every event in the outbox that is free. It stays there: the lease is over when the next call takes.
pub(crate) async fn pending_events(outbox: &dyn Outbox) -> Vec<OutboxEvent> {
    static HOUR: AtomicI64 = AtomicI64::new(1);
    let now = moment(HOUR.fetch_add(1, Ordering::Relaxed) * 3_600);
    events(
        &outbox
            .take(&ReceiverName::DEFAULT, 1_000, now, now + jiff::SignedDuration::from_secs(1))
            .await
            .unwrap(),
    )
}

pub(crate) fn events(taken: &[TakenEvent]) -> Vec<OutboxEvent> {
    taken.iter().map(|taken| taken.event.clone()).collect()
}

/// The versions of one client's events.
pub(crate) fn versions(taken: &[TakenEvent], client: &Client) -> Vec<u64> {
    let ours = taken.iter().filter(|taken| taken.event.client == *client.key());
    ours.map(|taken| taken.event.version.get()).collect()
}

/// Everything that a changeset could have changed, as the reads answer it.
#[derive(Debug, PartialEq)]
struct Observed {
    by_key: Option<Client>,
    by_id: Option<Client>,
    all_clients: Vec<ClientSummary>,
    history: Vec<HistoryEntry>,
    outcome: Option<OutcomeRecord>,
    /// For each claim: whether any client has it, and for each client whether another one has it.
    claimed: Vec<bool>,
    events: Vec<OutboxEvent>,
}

async fn observe(fresh: &Fresh, changeset: &Changeset) -> Observed {
    let store = &*fresh.store;
    let client = changeset.client.as_ref().expect("a changeset with a client").client();
    let all_clients = all_clients(store).await;
    let mut claimed = Vec::new();
    for claim in changeset.take.iter().map(|take| &take.claim).chain(&changeset.release) {
        claimed.push(is_claimed(store, claim, None).await);
        for summary in &all_clients {
            let others = store.claimed(std::slice::from_ref(claim), Some(&summary.key)).await.unwrap();
            claimed.push(!others.is_empty());
        }
    }
    let outcome = match &changeset.outcome {
        Some(outcome) => outcome_of(store, client, &outcome.request).await,
        None => None,
    };
    Observed {
        by_key: find(store, client).await,
        by_id: store.find(&ClientRef::Id(client.id())).await.unwrap(),
        all_clients,
        history: history_of(store, client.key()).await,
        outcome,
        claimed,
        events: pending_events(&*fresh.outbox).await,
    }
}

/// Commits a changeset that must be refused, and makes sure that every read answers as before.
pub(crate) async fn refused(fresh: &Fresh, changeset: Changeset) -> Committed {
    let before = observe(fresh, &changeset).await;
    let answer = fresh.store.commit(changeset.clone()).await.unwrap();
    assert_ne!(answer, Committed::Done);
    assert_eq!(observe(fresh, &changeset).await, before, "{answer:?} writes nothing");
    answer
}

/// Commits a corrupt changeset, and makes sure that every read answers as before.
pub(crate) async fn corrupt(fresh: &Fresh, changeset: Changeset) {
    let before = observe(fresh, &changeset).await;
    let answer = fresh.store.commit(changeset.clone()).await;
    assert!(matches!(answer, Err(StoreError::Corrupt { .. })), "{answer:?}");
    assert_eq!(observe(fresh, &changeset).await, before, "what cannot be writes nothing");
}
