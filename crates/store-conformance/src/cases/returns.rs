//! An exited client returns once, as a new client that names it.

use client_app::ports::{ClientRef, ClientStore, Committed, Ending};
use client_domain::lifecycle::Action;
use client_domain::search::{Filter, Order, field};
use client_domain::{ClaimKind, Client, ClientState};

use super::given::{commit, given_client, given_pending};
use super::observed::{by_key, find, history_of, pending_events, refused, search_for};
use crate::fixtures::{applicant, checker, creation, performed, renamed, replacement, returned};
use crate::harness::{Harness, race};

const RACERS: i64 = 16;

async fn exited(store: &dyn ClientStore) -> Client {
    given_client(store, ClientState::Exited, applicant(1)).await
}

fn taken() -> Committed {
    Committed::ClaimTaken([ClaimKind::FormerClient].into())
}

/// A client that has returned names its former record in every read, in every later version, and that record stays as it
/// was.
pub async fn former_record_of_a_client_comes_back(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let former = exited(store).await;
    let change = returned(&former, 2);
    commit(store, creation(&change)).await;
    let mut client = change.client;
    for step in 0..2 {
        assert_eq!(client.snapshot().former_client.as_ref(), Some(former.key()));
        assert_eq!(find(store, &client).await.as_ref(), Some(&client));
        assert_eq!(store.load(&by_key(&client), None).await.unwrap().client.as_ref(), Some(&client));
        let keys = [client.key().clone(), former.key().clone()];
        assert_eq!(store.find_all(&keys).await.unwrap(), [client.clone(), former.clone()]);
        let next = renamed(&client, &format!("Ngozi{step}"));
        commit(store, replacement(&client, &next)).await;
        client = next.client;
    }
    let line = history_of(store, client.key()).await.pop().unwrap();
    assert_eq!(line.event.reason.as_ref().map(|reason| reason.as_str()), Some("back from abroad"));
    assert_eq!(find(store, &former).await.unwrap(), former);
}

/// A record that has returned does not return again, whatever values the second application has. Nothing of it is
/// written.
pub async fn a_record_returns_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let former = exited(&*fresh.store).await;
    commit(&*fresh.store, creation(&returned(&former, 2))).await;
    assert_eq!(refused(&fresh, creation(&returned(&former, 3))).await, taken());
}

/// After the rejection of the application the record can return again; then the rejection is not undone.
pub async fn rejected_return_frees_the_record(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let former = exited(store).await;
    let first = returned(&former, 2).client;
    commit(store, creation(&returned(&former, 2))).await;
    let rejected = performed(&first, Action::Reject, &checker(300));
    commit(store, replacement(&first, &rejected)).await;
    let undone = performed(&rejected.client, Action::UndoReject, &checker(301));
    commit(store, replacement(&rejected.client, &undone)).await;
    assert_eq!(refused(&fresh, creation(&returned(&former, 3))).await, taken());

    let rejected = performed(&undone.client, Action::Reject, &checker(302));
    commit(store, replacement(&undone.client, &rejected)).await;
    commit(store, creation(&returned(&former, 3))).await;
    let undone = performed(&rejected.client, Action::UndoReject, &checker(303));
    assert_eq!(refused(&fresh, replacement(&rejected.client, &undone)).await, taken());
}

/// A client that has returned and exits keeps the claim on its former record: it is the record that returns.
pub async fn exited_return_keeps_the_record(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let former = exited(store).await;
    let mut client = returned(&former, 2).client;
    commit(store, creation(&returned(&former, 2))).await;
    for (second, action) in (300..).zip([Action::Approve, Action::Exit]) {
        let next = performed(&client, action, &checker(second));
        commit(store, replacement(&client, &next)).await;
        client = next.client;
    }
    assert_eq!(refused(&fresh, creation(&returned(&former, 3))).await, taken());
    commit(store, creation(&returned(&client, 4))).await;
}

/// A client is found by its former record, and by whether it has one.
pub async fn client_is_found_by_its_former_record(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let former = exited(store).await;
    let first = returned(&former, 2).client;
    commit(store, creation(&returned(&former, 2))).await;
    let rejected = performed(&first, Action::Reject, &checker(300));
    commit(store, replacement(&first, &rejected)).await;
    commit(store, creation(&returned(&former, 3))).await;
    given_pending(store, applicant(4)).await;

    let found = async |filter: Filter| {
        let search = search_for(filter.check().unwrap(), Order::default());
        let mut found: Vec<_> =
            store.search(&search).await.unwrap().clients.iter().map(|client| client.id.get()).collect();
        found.sort_unstable();
        found
    };
    let key = former.key().as_str();
    assert_eq!(found(field::FORMER_CLIENT.equals(key)).await, [2, 3]);
    assert_eq!(found(field::FORMER_CLIENT.is_in(vec![key, first.key().as_str()])).await, [2, 3]);
    assert_eq!(found(field::FORMER_CLIENT.equals(first.key().as_str())).await, [0_i64; 0]);
    assert_eq!(found(field::FORMER_CLIENT.is_not_empty()).await, [2, 3]);
    assert_eq!(found(field::FORMER_CLIENT.is_empty()).await, [1, 4]);
    let alive = field::CLIENT_STATE.not_equals(ClientState::Rejected);
    assert_eq!(found(field::FORMER_CLIENT.equals(key).and(alive)).await, [3]);
}

/// Of many concurrent returns of one record one is done, and the record has one successor.
pub async fn concurrent_returns_are_done_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let former = exited(&*fresh.store).await;
    let before = pending_events(&*fresh.outbox).await.len();
    let racers = (2..2 + RACERS).map(|n| {
        let (store, changeset) = (std::sync::Arc::clone(&fresh.store), creation(&returned(&former, n)));
        async move { store.commit(changeset).await }
    });
    let answers: Vec<_> = race(harness, racers).await.into_iter().map(Result::unwrap).collect();
    let (done, others): (Vec<_>, Vec<_>) = answers.into_iter().partition(|answer| *answer == Committed::Done);
    assert_eq!(done.len(), 1);
    assert!(others.iter().all(|answer| *answer == taken()), "{others:?}");
    assert_eq!(pending_events(&*fresh.outbox).await.len(), before + 1);
}

/// The ending of a client, however it is found; all reads agree.
async fn ending(store: &dyn ClientStore, client: &Client) -> Ending {
    let key = by_key(client);
    let found = store.find_with_ending(&key).await.unwrap().unwrap();
    assert_eq!(&found.client, client);
    let by_id = store.find_with_ending(&ClientRef::Id(client.id())).await.unwrap().unwrap();
    assert_eq!(by_id, found);
    let keys = [client.key().clone(), client.key().clone()];
    assert_eq!(store.find_all_with_endings(&keys).await.unwrap(), [found.clone(), found.clone()]);
    found.ending
}

/// A client is read with the way in which it ended: whether it was withdrawn, and whether it was blacklisted when it exited.
/// A client that has not ended has none, also after a rejection was undone.
pub async fn the_ending_is_read_with_the_client(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let (none, withdrawn) = (Ending::default(), Ending { withdrawn: true, ..Ending::default() });
    for (n, state) in (1..).zip(ClientState::ALL) {
        let client = given_client(store, state, applicant(n)).await;
        assert_eq!(ending(store, &client).await, none, "{state:?}");
    }
    let mut client = given_pending(store, applicant(20)).await;
    let barred = Ending { exited_blacklisted: true, ..Ending::default() };
    let steps = [
        (Action::Withdraw, &withdrawn),
        (Action::UndoReject, &none),
        (Action::Reject, &none),
        (Action::UndoReject, &none),
        (Action::Approve, &none),
        (Action::Blacklist, &none),
        (Action::Exit, &barred),
    ];
    for (second, (action, expected)) in (100..).zip(steps) {
        let next = performed(&client, action, &checker(second));
        commit(store, replacement(&client, &next)).await;
        client = next.client;
        assert_eq!(&ending(store, &client).await, expected, "{action:?}");
    }
}

/// An exited client is read with the client as which it has returned, unless that application was rejected.
pub async fn the_record_that_returned_is_read_with_the_client(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let store = &*fresh.store;
    let former = exited(store).await;
    let other = given_client(store, ClientState::Exited, applicant(9)).await;
    let first = returned(&former, 2).client;
    commit(store, creation(&returned(&former, 2))).await;
    let successor = |client: &Client| Some(client.key().clone());
    assert_eq!(ending(store, &former).await.returned_as, successor(&first));
    assert_eq!(ending(store, &other).await.returned_as, None);
    assert_eq!(ending(store, &first).await.returned_as, None);

    let rejected = performed(&first, Action::Reject, &checker(300));
    commit(store, replacement(&first, &rejected)).await;
    assert_eq!(ending(store, &former).await.returned_as, None);
    let second = returned(&former, 3).client;
    commit(store, creation(&returned(&former, 3))).await;
    assert_eq!(ending(store, &former).await.returned_as, successor(&second));
    let keys = [other.key().clone(), former.key().clone()];
    let found = store.find_all_with_endings(&keys).await.unwrap();
    let returns: Vec<_> = found.into_iter().map(|found| found.ending.returned_as).collect();
    assert_eq!(returns, [None, successor(&second)]);
}
