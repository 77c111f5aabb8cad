//! The steps that cases are made of.

use std::sync::atomic::{AtomicI64, Ordering};

use client_domain::client::{Application, Change};
use client_domain::search::{Order, Predicate};
use client_domain::value::{ClientKey, Version};
use client_domain::{Claim, Client, ClientState};

use jiff::civil::{Date, date};

use crate::fixtures::{creation, moment, replacement, way_to};
use crate::harness::Fresh;
use client_app::ports::{
    Changeset, ClientRef, ClientStore, ClientSummary, Committed, HistoryEntry, HistoryPage, Outbox,
    OutboxEvent, OutcomeRecord, Page, RequestKey, Search, Settlement, StoreError, TakenEvent, Verdict,
};

/// Commits what nothing stands in the way of.
pub(crate) async fn commit(store: &dyn ClientStore, changeset: Changeset) {
    let answer = store.commit(changeset).await.unwrap();
    assert_eq!(answer, Committed::Done);
}

/// Commits a way of changes, the creation first, and answers the client at its end.
pub(crate) async fn commit_way(store: &dyn ClientStore, way: &[Change]) -> Client {
    commit(store, creation(&way[0])).await;
    for step in way.windows(2) {
        commit(store, replacement(&step[0].client, &step[1])).await;
    }
    way[way.len() - 1].client.clone()
}

/// Commits an applicant's ordinary way to `state`.
pub(crate) async fn keep(store: &dyn ClientStore, state: ClientState, application: Application) -> Client {
    commit_way(store, &way_to(state, application)).await
}

/// Commits an applicant.
pub(crate) async fn keep_pending(store: &dyn ClientStore, application: Application) -> Client {
    keep(store, ClientState::PendingApproval, application).await
}

pub(crate) fn by_key(client: &Client) -> ClientRef {
    ClientRef::Key(client.key().clone())
}

pub(crate) async fn find(store: &dyn ClientStore, client: &Client) -> Option<Client> {
    store.find(&by_key(client)).await.unwrap()
}

pub(crate) async fn history_of(store: &dyn ClientStore, key: &ClientKey) -> Vec<HistoryEntry> {
    store.history(key, HistoryPage { before: None, after: None, limit: 1_000 }).await.unwrap()
}

pub(crate) async fn outcome_of(
    store: &dyn ClientStore,
    client: &Client,
    request: &RequestKey,
) -> Option<OutcomeRecord> {
    store.load(&by_key(client), Some(request)).await.unwrap().outcome
}

/// Whether anybody but `except` has the claim.
pub(crate) async fn is_claimed(store: &dyn ClientStore, claim: &Claim, except: Option<&Client>) -> bool {
    let claimed = store.claimed(std::slice::from_ref(claim), except.map(Client::key)).await.unwrap();
    assert!(claimed.iter().all(|kind| *kind == claim.kind()), "only what was asked about is answered");
    !claimed.is_empty()
}

/// The day that searches take for today: the one on which the made-up world begins.
pub(crate) const TODAY: Date = date(2026, 1, 5);

/// A search from the beginning, with the total, for as many as there are in any case.
pub(crate) fn search_for(predicate: Predicate, order: Order) -> Search {
    Search { predicate, order, page: Page::Skip(0), limit: 1_000, count: true, today: TODAY }
}

pub(crate) async fn everybody(store: &dyn ClientStore) -> Vec<ClientSummary> {
    store.search(&search_for(Predicate::everybody(), Order::default())).await.unwrap().clients
}

/// Everything in the outbox that is nobody's. It stays there: the lease is over when the next one looks.
pub(crate) async fn undelivered(outbox: &dyn Outbox) -> Vec<OutboxEvent> {
    static HOUR: AtomicI64 = AtomicI64::new(1);
    let now = moment(HOUR.fetch_add(1, Ordering::Relaxed) * 3_600);
    events(&outbox.take(1_000, now, now + jiff::SignedDuration::from_secs(1)).await.unwrap())
}

pub(crate) fn events(taken: &[TakenEvent]) -> Vec<OutboxEvent> {
    taken.iter().map(|taken| taken.event.clone()).collect()
}

/// The versions of one client's events.
pub(crate) fn versions(taken: &[TakenEvent], client: &Client) -> Vec<u64> {
    let ours = taken.iter().filter(|taken| taken.event.client == *client.key());
    ours.map(|taken| taken.event.version.get()).collect()
}

/// All of these were delivered at this second.
pub(crate) fn delivered(taken: &[TakenEvent], at: i64) -> Vec<Settlement> {
    taken.iter().map(|taken| taken.settle(Verdict::Delivered { at: moment(at) })).collect()
}

/// Everything that a changeset could have touched, as the reads tell it.
#[derive(Debug, PartialEq)]
struct Seen {
    by_key: Option<Client>,
    by_id: Option<Client>,
    everybody: Vec<ClientSummary>,
    history: Vec<HistoryEntry>,
    outcome: Option<OutcomeRecord>,
    /// For each claim: whether anybody has it, and whether anybody else than each of the clients has it.
    claimed: Vec<bool>,
    events: Vec<OutboxEvent>,
}

async fn look(fresh: &Fresh, changeset: &Changeset) -> Seen {
    let store = &*fresh.store;
    let client = changeset.client.as_ref().expect("a changeset with a client").client();
    let everybody = everybody(store).await;
    let mut claimed = Vec::new();
    for claim in changeset.take.iter().map(|take| &take.claim).chain(&changeset.release) {
        claimed.push(is_claimed(store, claim, None).await);
        for summary in &everybody {
            let others = store.claimed(std::slice::from_ref(claim), Some(&summary.key)).await.unwrap();
            claimed.push(!others.is_empty());
        }
    }
    let outcome = match &changeset.outcome {
        Some(outcome) => outcome_of(store, client, &outcome.request).await,
        None => None,
    };
    Seen {
        by_key: find(store, client).await,
        by_id: store.find(&ClientRef::Id(client.id())).await.unwrap(),
        everybody,
        history: history_of(store, client.key()).await,
        outcome,
        claimed,
        events: undelivered(&*fresh.outbox).await,
    }
}

/// Commits a changeset that is to be refused, and makes sure that no read tells a difference.
pub(crate) async fn refused(fresh: &Fresh, changeset: Changeset) -> Committed {
    let before = look(fresh, &changeset).await;
    let answer = fresh.store.commit(changeset.clone()).await.unwrap();
    assert_ne!(answer, Committed::Done);
    assert_eq!(look(fresh, &changeset).await, before, "{answer:?} writes nothing");
    answer
}

/// Commits a changeset that cannot be, and makes sure that no read tells a difference.
pub(crate) async fn corrupt(fresh: &Fresh, changeset: Changeset) {
    let before = look(fresh, &changeset).await;
    let answer = fresh.store.commit(changeset.clone()).await;
    assert!(matches!(answer, Err(StoreError::Corrupt { .. })), "{answer:?}");
    assert_eq!(look(fresh, &changeset).await, before, "what cannot be writes nothing");
}

pub(crate) fn version(number: u64) -> Version {
    Version::new(number).unwrap()
}
