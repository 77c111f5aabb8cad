//! The answers that callers get when the database or its connections fail.

use std::pin::pin;
use std::task::{Context, Waker};
use std::time::{Duration, Instant};

use adapter_postgres::{PostgresStore, migrate};
use client_app::ports::{
    ClientRef, ClientStore, Committed, EventId, Lease, Outbox, ReceiverName, RequestKey, Settlement,
    StoreError, Totals, Verdict,
};
use client_domain::search::{Direction, Order, Position, Predicate, Property, Sortable};
use sqlx::{Connection as _, Row as _};
use store_conformance::fixtures::{
    applicant, creation, keyed, onboarded, outcome, renamed, replacement, request,
};
use throwaway_postgres::Cluster;

use crate::database::{Database, settings};

fn ada() -> ClientRef {
    ClientRef::Key(applicant(1).key)
}

/// The server ends every other session on this database.
async fn end_sessions(database: &Database) {
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    database.run(end).await.unwrap();
    tokio::time::sleep(Duration::from_millis(200)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_survive_a_crash_of_the_server() {
    let server = Cluster::own(&[]);
    let mut settings = settings(&server.url("postgres"));
    settings.accept_data_loss = false;
    migrate(&settings).await.unwrap();
    let store = PostgresStore::open(&settings).await.unwrap();
    let once = keyed(creation(&onboarded(1)), outcome(request(1), 1));
    assert_eq!(store.commit(once.clone()).await.unwrap(), Committed::Done);
    let given = store.reserve_id().await.unwrap();

    server.crash_and_restart();

    let again = PostgresStore::open(&settings).await.unwrap();
    assert_eq!(again.find(&ada()).await.unwrap(), Some(onboarded(1).client));
    assert!(matches!(again.commit(once).await.unwrap(), Committed::Replayed(_)));
    assert!(again.reserve_id().await.unwrap() > given, "no number is given twice");
    // And the store that was there before heals by itself.
    assert_eq!(store.find(&ada()).await.unwrap(), Some(onboarded(1).client));
    store.ready().await.whole().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn reads_survive_a_dead_connection() {
    let database = Database::fresh().await;
    let store = database.store().await;
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
    for _ in 0..3 {
        end_sessions(&database).await;
        assert!(store.find(&ada()).await.unwrap().is_some());
        assert!(store.load(&ada(), None).await.unwrap().client.is_some());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_on_a_dead_connection_is_done_or_unknown() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let mut client = onboarded(1).client;
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
    for n in 1..=3 {
        end_sessions(&database).await;
        let change = renamed(&client, &format!("Ada{n}"));
        let changeset = keyed(replacement(&client, &change), outcome(request(n), 1));
        // The same again settles it, as soon as it meets a connection that lives.
        let mut unknown = 0;
        let answer = loop {
            match store.commit(changeset.clone()).await {
                Err(StoreError::TimedOut(_)) => unknown += 1,
                answer => break answer.unwrap(),
            }
            assert!(unknown <= 8, "there are no more connections than these");
        };
        assert!(matches!(answer, Committed::Done | Committed::Replayed(_)), "{answer:?}");
        client = change.client;
        assert_eq!(store.find(&ada()).await.unwrap().as_ref(), Some(&client));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_connection_that_was_idle_for_long_is_checked_first() {
    let database = Database::fresh().await;
    let mut settings = database.settings();
    settings.trusted_idle = Duration::ZERO;
    let store = PostgresStore::open(&settings).await.unwrap();
    for n in 1..=3 {
        assert_eq!(store.commit(creation(&onboarded(n))).await.unwrap(), Committed::Done);
        end_sessions(&database).await;
    }
}

/// A server sends the last row before it commits. A deferred constraint shows whether the adapter waits for the
/// end.
#[tokio::test(flavor = "multi_thread")]
async fn a_commit_is_answered_after_the_server_has_committed() {
    let database = Database::fresh().await;
    let mut connection = database.connect().await;
    sqlx::raw_sql(
        "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION 'too late' USING ERRCODE = '23514'; END $$;
        CREATE CONSTRAINT TRIGGER late AFTER INSERT ON client DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION late()",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    let store = database.store().await;
    assert!(store.commit(creation(&onboarded(1))).await.is_err());
    assert_eq!(store.find(&ada()).await.unwrap(), None);
}

/// A caller that leaves does not stop its commit, and leaves its connection as it was.
#[tokio::test(flavor = "multi_thread")]
async fn callers_that_leave_do_not_stop_their_commits_and_leave_no_transaction_behind() {
    let database = Database::fresh().await;
    let mut settings = database.settings();
    settings.max_connections = 2;
    let store = PostgresStore::open(&settings).await.unwrap();
    for n in 1..=20 {
        let mut begun = pin!(store.commit(creation(&onboarded(n))));
        let _pending = begun.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
    for n in 1..=20 {
        let name = ClientRef::Id(applicant(n).id);
        let mut reading = pin!(store.find(&name));
        let _pending = reading.as_mut().poll(&mut Context::from_waker(Waker::noop()));
    }
    let deadline = Instant::now() + Duration::from_mins(1);
    loop {
        let done = database.run("SELECT count(*) FROM client").await.unwrap()[0].get::<i64, _>(0);
        if done == 20 {
            break;
        }
        assert!(Instant::now() < deadline, "only {done} of 20 commits were done");
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let open = "SELECT count(*) FROM pg_stat_activity
        WHERE datname = current_database() AND state LIKE 'idle in transaction%'";
    assert_eq!(database.run(open).await.unwrap()[0].get::<i64, _>(0), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_commit_with_a_lock_timeout_has_written_nothing() {
    let database = Database::fresh().await;
    let mut settings = database.settings();
    settings.lock_timeout = Duration::from_millis(200);
    let store = PostgresStore::open(&settings).await.unwrap();
    let before = onboarded(1).client;
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);

    let mut other = database.connect().await;
    let mut holding = other.begin().await.unwrap();
    sqlx::query("SELECT FROM client FOR UPDATE").execute(&mut *holding).await.unwrap();
    let change = renamed(&before, "Ngozi");
    let answer = store.commit(replacement(&before, &change)).await;
    assert!(matches!(answer, Err(StoreError::Unavailable(Some(_)))), "{answer:?}");
    assert_eq!(store.find(&ada()).await.unwrap().as_ref(), Some(&before), "reads wait for no lock");
    holding.rollback().await.unwrap();
    assert_eq!(store.commit(replacement(&before, &change)).await.unwrap(), Committed::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_read_times_out_and_releases_its_connection() {
    let database = Database::fresh().await;
    let mut settings = database.settings();
    settings.statement_timeout = Duration::from_millis(200);
    settings.max_connections = 1;
    let store = PostgresStore::open(&settings).await.unwrap();
    let mut other = database.connect().await;
    let mut holding = other.begin().await.unwrap();
    sqlx::query("LOCK TABLE client IN ACCESS EXCLUSIVE MODE").execute(&mut *holding).await.unwrap();
    let answer = store.find(&ada()).await;
    assert!(matches!(answer, Err(StoreError::TimedOut(Some(_)))), "{answer:?}");
    holding.rollback().await.unwrap();
    assert_eq!(store.find(&ada()).await.unwrap(), None);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_without_a_connection_in_time_fails_as_unavailable() {
    let database = Database::fresh().await;
    let mut settings = database.settings();
    settings.acquire_timeout = Duration::from_millis(300);
    settings.max_connections = 1;
    let store = PostgresStore::open(&settings).await.unwrap();
    let mut other = database.connect().await;
    let mut holding = other.begin().await.unwrap();
    sqlx::query("LOCK TABLE client IN ACCESS EXCLUSIVE MODE").execute(&mut *holding).await.unwrap();
    let (busy, late) = (store.clone(), store.clone());
    let first = tokio::spawn(async move { busy.find(&ada()).await });
    tokio::time::sleep(Duration::from_millis(100)).await;
    let answer = late.commit(creation(&onboarded(1))).await;
    assert!(matches!(answer, Err(StoreError::Unavailable(Some(_)))), "{answer:?}");
    holding.rollback().await.unwrap();
    assert_eq!(first.await.unwrap().unwrap(), None);
    store.close().await;
    assert!(matches!(store.ready().await.whole(), Err(StoreError::Unavailable(_))));
}

/// PostgreSQL has no place for U+0000 and would refuse a whole statement for it; nothing that holds one gets there.
#[tokio::test(flavor = "multi_thread")]
async fn the_null_character_never_reaches_the_server() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let mut changeset = creation(&onboarded(1));
    changeset.history[0].command = "a\0b".to_owned();
    assert!(matches!(store.commit(changeset).await, Err(StoreError::Corrupt { .. })));
    let mut changeset = keyed(creation(&onboarded(1)), outcome(request(1), 1));
    changeset.outcome.as_mut().unwrap().reply.data =
        client_app::ports::StoredData::Plain(serde_json::json!({ "a\0b": "c\0d" }));
    assert_eq!(store.commit(changeset.clone()).await.unwrap(), Committed::Done);
    assert!(matches!(store.commit(changeset.clone()).await.unwrap(), Committed::Replayed(stored)
        if Some(&*stored) == changeset.outcome.as_ref()));

    let odd = RequestKey { command: "a\0b".to_owned(), ..request(1) };
    assert_eq!(store.load(&ada(), Some(&odd)).await.unwrap().outcome, None);
    let verdict = Verdict::Released;
    let unknown = Settlement { id: EventId::from_stored("a\0b".to_owned()), lease: Lease(1), verdict };
    store.settle(&ReceiverName::DEFAULT, &[unknown]).await.unwrap();
    for word in client_domain::search::Word::split("a\0b").unwrap() {
        let search = search(Predicate::Mentions(word), Order::default(), None);
        assert_eq!(store.search(&search).await.unwrap().clients, []);
    }
}

fn search(predicate: Predicate, order: Order, after: Option<Vec<Sortable>>) -> client_app::ports::Search {
    let page = match after {
        None => client_app::ports::Page::Skip(0),
        Some(values) => client_app::ports::Page::After(Position { values, id: applicant(2).id }),
    };
    client_app::ports::Search {
        predicate,
        order,
        page,
        limit: 100,
        totals: Totals::Exact,
        today: jiff::civil::date(2026, 1, 5),
    }
}

/// A position comes from a cursor, and may hold a value that no client has: it is still a position in the order.
#[tokio::test(flavor = "multi_thread")]
async fn a_position_may_hold_values_that_no_client_has() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let model: Vec<_> = (1..=4).map(|n| onboarded(n).client).collect();
    for n in 1..=4 {
        assert_eq!(store.commit(creation(&onboarded(n))).await.unwrap(), Committed::Done);
    }
    let odd = || {
        [
            Sortable::Nothing,
            Sortable::Number(i64::MIN),
            Sortable::Number(i64::MAX),
            Sortable::Day(jiff::civil::Date::MIN),
            Sortable::Day(jiff::civil::Date::MAX),
            Sortable::Moment(jiff::Timestamp::MIN),
            Sortable::Moment(jiff::Timestamp::MAX),
            Sortable::Text(String::new()),
            Sortable::Text("adaeze".to_owned()),
            Sortable::Text("adaeze\0".to_owned()),
            Sortable::Text("ad\0z".to_owned()),
            Sortable::Text("\0".to_owned()),
            Sortable::Text("\u{10FFFF}".to_owned()),
        ]
    };
    for property in Property::sortable() {
        for direction in [Direction::Ascending, Direction::Descending] {
            let order = Order::by(vec![(property, direction)]).unwrap();
            for value in odd() {
                let search = search(Predicate::every_client(), order.clone(), Some(vec![value.clone()]));
                let position = Position { values: vec![value], id: applicant(2).id };
                let mut expected: Vec<_> = model
                    .iter()
                    .filter(|client| order.compare(&order.position(client), &position).is_gt())
                    .collect();
                expected.sort_by(|one, other| order.compare(&order.position(one), &order.position(other)));
                let expected: Vec<_> = expected.iter().map(|client| client.id()).collect();
                let found = store.search(&search).await.unwrap();
                let found: Vec<_> = found.clients.iter().map(|client| client.id).collect();
                assert_eq!(found, expected, "{order:?} {:?}", search.page);
            }
        }
    }
}
