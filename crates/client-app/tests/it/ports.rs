//! The calls to the ports.

use std::sync::Arc;

use adapter_inmem::{CountingKeys, Fault, FixedClock, MemoryStore};
use client_app::commands::{ApproveClient, ExitClient};
use client_app::mocks::{MockAccounts, MockBranches, MockContents, MockLedger, MockReceiver, MockSystemTime};
use client_app::ports::{ClientRef, StoreError};
use client_app::relay::{Relay, RelaySettings};
use client_app::{Clients, Error};
use client_domain::EventKind;
use client_domain::lifecycle::OpenAccounts;
use client_domain::value::Reason;
use futures_util::TryStreamExt as _;
use jiff::Timestamp;

use crate::fixtures::{adaeze, by, clients, created, keyed, passport};

fn now() -> Timestamp {
    "2026-01-05T09:00:00Z".parse().unwrap()
}

/// A content store that expects one file, and a ledger that expects it first. Neither expects a deletion, so
/// a deletion fails the test.
fn one_upload() -> (Arc<MockContents>, Arc<MockLedger>) {
    let mut order = mockall::Sequence::new();
    let mut ledger = MockLedger::new();
    ledger
        .expect_queue()
        .once()
        .in_sequence(&mut order)
        .withf(|candidate| candidate.since == now())
        .returning(|_| Ok(()));
    let mut contents = MockContents::new();
    contents.expect_put().once().in_sequence(&mut order).returning(|_, bytes| {
        let read = futures_util::FutureExt::now_or_never(bytes.try_collect::<Vec<_>>());
        assert!(read.is_some_and(|pieces| pieces.is_ok_and(|pieces| !pieces.is_empty())));
        Ok(())
    });
    contents.expect_delete().never();
    contents.expect_trash().never();
    (Arc::new(contents), Arc::new(ledger))
}

#[tokio::test]
async fn upload_is_queued_stored_once_and_never_deleted() {
    let store = MemoryStore::new();
    let (contents, ledger) = one_upload();
    let clients = clients(&store).with_contents(contents, ledger);
    let key = created(&clients).await;
    let submitted = clients.execute(&by("maker-1"), passport(&key)).await.unwrap().into_outcome();
    assert_eq!(submitted.version.get(), 2);
}

/// An apparent failure may be a commit whose answer was lost.
#[tokio::test]
async fn upload_with_unknown_outcome_deletes_nothing() {
    let store = MemoryStore::new();
    let (contents, ledger) = one_upload();
    let clients = clients(&store).with_contents(contents, ledger);
    let key = created(&clients).await;
    store.faults().next_commit(Fault::TimedOutAfter);
    let submitted = clients.execute(&by("maker-1"), passport(&key)).await;
    assert!(submitted.as_ref().is_err_and(Error::outcome_is_unknown), "{submitted:?}");
}

#[tokio::test]
async fn replayed_upload_stores_no_second_file() {
    let store = MemoryStore::new();
    let (contents, ledger) = one_upload();
    let clients = clients(&store).with_contents(contents, ledger);
    let key = created(&clients).await;
    let context = keyed("maker-1", "k-1");
    let first = clients.execute(&context, passport(&key)).await.unwrap().into_outcome();
    let again = clients.execute(&context, passport(&key)).await.unwrap();
    assert!(again.is_replay());
    assert_eq!(again.into_outcome(), first);
}

#[tokio::test]
async fn accounts_are_looked_up_for_an_exit_only() {
    let store = MemoryStore::new();
    let key = created(&clients(&store)).await;
    let client = ClientRef::Key(key.clone());

    let mut accounts = MockAccounts::new();
    accounts.expect_open_accounts().never();
    let without = clients(&store).with_accounts(Arc::new(accounts));
    let approve = ApproveClient { client: client.clone(), notes: None, reviewed_look_alikes: Vec::new() };
    without.execute(&by("checker-1"), approve).await.unwrap();

    let mut accounts = MockAccounts::new();
    let asked = key.clone();
    let expected = accounts.expect_open_accounts().withf(move |key| *key == asked);
    expected.returning(|_| Ok(OpenAccounts::Count(2)));
    let with = clients(&store).with_accounts(Arc::new(accounts));
    let exit =
        ExitClient { client, reason: Reason::parse("Moved abroad.").unwrap(), code: None, notes: None };
    let refused = with.execute(&by("checker-1"), exit).await;
    assert!(matches!(refused, Err(Error::Refused(_))), "{refused:?}");
}

#[tokio::test]
async fn unknown_branch_is_refused_before_a_number_is_reserved() {
    let store = MemoryStore::new();
    let mut branches = MockBranches::new();
    branches.expect_lists_every_branch().return_const(true);
    branches.expect_lists_every_officer().return_const(false);
    branches.expect_branch().once().returning(|_| Ok(None));
    let with = clients(&store).with_branches(Arc::new(branches));
    let refused = with.execute(&by("maker-1"), adaeze()).await;
    assert!(matches!(refused, Err(Error::NotInDirectory { branch: true, officer: false })), "{refused:?}");

    let outcome = clients(&store).execute(&by("maker-1"), adaeze()).await.unwrap().into_outcome();
    assert_eq!(outcome.customer_number().to_string(), "CUST1000001");
}

#[tokio::test]
async fn nothing_is_written_if_the_directory_fails() {
    let store = MemoryStore::new();
    let mut branches = MockBranches::new();
    branches.expect_lists_every_branch().return_const(true);
    branches.expect_branch().once().returning(|_| Err(StoreError::Unavailable(None)));
    let with = clients(&store).with_branches(Arc::new(branches));
    let refused = with.execute(&by("maker-1"), adaeze()).await;
    assert!(matches!(refused, Err(Error::Unavailable { .. })), "{refused:?}");
}

#[tokio::test]
async fn command_reads_the_clock_once() {
    let mut clock = MockSystemTime::new();
    clock.expect_now().once().return_const(now());
    let keys = Arc::new(CountingKeys::default());
    let clients = Clients::new(Arc::new(MemoryStore::new()), Arc::new(clock), keys);
    clients.execute(&by("maker-1"), adaeze()).await.unwrap();
}

#[tokio::test]
async fn event_is_delivered_once() {
    let store = MemoryStore::new();
    created(&clients(&store)).await;
    let mut receiver = MockReceiver::new();
    receiver.expect_deliver().once().withf(|event| event.kind == EventKind::Created).returning(|_| Ok(()));
    let clock = Arc::new(FixedClock::new(now()));
    let relay = Relay::new(Arc::new(store), Arc::new(receiver), clock, RelaySettings::default());
    assert_eq!(relay.round(10).await.unwrap().taken, 1);
    assert_eq!(relay.round(10).await.unwrap().taken, 0);
}
