//! A server that refuses writes, is full, or is locked by an outsider; and a pool that is very small.

use std::time::{Duration, Instant};

use adapter_postgres::{PostgresStore, Settings};
use client_app::ports::{
    ClientRef, ClientStore, Committed, HistoryPage, Outbox as _, Page, Search, StoreError, Totals,
};
use client_domain::search::{Order, Predicate};
use futures_util::future::join_all;
use sqlx::Row as _;
use store_conformance::fixtures::{applicant, creation, onboarded, renamed, replacement};
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::database::Database;

/// The longest that a caller waits for an answer.
const LIMIT: Duration = Duration::from_secs(9);

/// A store with the limits of a service, and one client in it.
async fn with_a_client() -> (Database, PostgresStore) {
    let database = Database::fresh().await;
    let store = limited(&database, 16).await;
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
    (database, store)
}

async fn limited(database: &Database, connections: u32) -> PostgresStore {
    let mut settings = Settings::parse(&database.url).unwrap();
    settings.accept_data_loss = true;
    settings.max_connections = connections;
    PostgresStore::open(&settings).await.unwrap()
}

fn ada() -> ClientRef {
    ClientRef::Key(applicant(1).key)
}

fn every_client() -> Search {
    Search {
        predicate: Predicate::every_client(),
        order: Order::default(),
        page: Page::Skip(0),
        limit: 10,
        totals: Totals::Exact,
        today: jiff::civil::date(2026, 1, 5),
    }
}

/// Writes are refused as unavailable, reads go on, and readiness says which of them fails.
async fn writes_are_refused(store: &PostgresStore) {
    for n in 2..6 {
        let answer = store.commit(creation(&onboarded(n))).await;
        assert!(matches!(answer, Err(StoreError::Unavailable(Some(_)))), "{answer:?}");
        assert!(store.find(&ada()).await.unwrap().is_some());
    }
    let ready = store.ready().await;
    assert!(ready.reads.is_ok() && ready.commands.is_err(), "{ready:?}");
}

/// A rejected write writes nothing, and later writes succeed.
async fn writes_are_done(store: &PostgresStore) {
    assert_eq!(store.search(&every_client()).await.unwrap().total, Totals::Exact.of(1));
    for n in 2..6 {
        assert_eq!(store.commit(creation(&onboarded(n))).await.unwrap(), Committed::Done);
    }
    store.ready().await.whole().unwrap();
}

/// Connections keep the settings of their start, as they do on a server that was demoted and promoted again. The first command
/// that uses a read-only one discards it, and so does readiness.
#[tokio::test(flavor = "multi_thread")]
async fn read_only_connections_are_discarded() {
    let (database, store) = with_a_client().await;
    let name: String = database.run("SELECT current_database()::text").await.unwrap()[0].get(0);
    let read_only = format!("ALTER DATABASE {name} SET default_transaction_read_only = on");
    database.run(&read_only).await.unwrap();
    store.close().await;
    let store = limited(&database, 16).await;
    writes_are_refused(&store).await;
    // Many sessions that only read are open and unused.
    let found = (0..12).map(|_| async { store.find_all(&[applicant(1).key]).await });
    let searched = (0..12).map(|_| async { store.search(&every_client()).await });
    let _found = tokio::join!(join_all(found), join_all(searched));
    let mut owner = database.connect().await;
    for sql in
        ["SET default_transaction_read_only = off", &read_only.replace("SET", "RESET").replace(" = on", "")]
    {
        sqlx::raw_sql(sqlx::AssertSqlSafe(sql.to_owned())).execute(&mut owner).await.unwrap();
    }
    writes_are_done(&store).await;
}

/// SQLSTATE 53100, which the server answers where a file cannot grow.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_rejects_whole_writes_and_leaves_reads() {
    let (database, store) = with_a_client().await;
    let full = "CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION 'could not extend file' USING ERRCODE = '53100'; END $$;
        CREATE TRIGGER full_disk BEFORE INSERT ON client_outbox FOR EACH ROW EXECUTE FUNCTION full_disk()";
    database.run_past_triggers(full).await;
    writes_are_refused(&store).await;
    for table in ["client", "client_number", "client_history", "client_outbox"] {
        let count = database.run(&format!("SELECT count(*) FROM {table}")).await.unwrap();
        assert_eq!(count[0].get::<i64, _>(0), 1, "{table}");
    }
    database.run("DROP TRIGGER full_disk ON client_outbox").await.unwrap();
    writes_are_done(&store).await;
}

/// An outsider locks the whole table for longer than any caller waits.
#[tokio::test(flavor = "multi_thread")]
async fn a_lock_of_another_program_is_reported_in_time() {
    let (database, store) = with_a_client().await;
    let mut outsider = database.connect().await;
    sqlx::raw_sql("BEGIN; LOCK TABLE client").execute(&mut outsider).await.unwrap();
    let begun = Instant::now();
    let (mut commands, mut queries) = (JoinSet::new(), JoinSet::new());
    for n in 2..10 {
        let (committing, finding, searching) = (store.clone(), store.clone(), store.clone());
        commands.spawn(async move { (committing.commit(creation(&onboarded(n))).await, begun.elapsed()) });
        queries.spawn(async move { (finding.find(&ada()).await.map(drop), begun.elapsed()) });
        queries.spawn(async move { (searching.search(&every_client()).await.map(drop), begun.elapsed()) });
    }
    for (answer, took) in commands.join_all().await {
        assert!(matches!(answer, Err(StoreError::Unavailable(_))) && took < LIMIT, "{answer:?} {took:?}");
    }
    let answers = queries.join_all().await;
    for (answer, took) in &answers {
        let is_reported = matches!(answer, Err(StoreError::TimedOut(_) | StoreError::Unavailable(_)));
        assert!(is_reported && *took < LIMIT, "{answer:?} {took:?}");
    }
    assert!(answers.iter().any(|(answer, _)| matches!(answer, Err(StoreError::TimedOut(_)))));
    sqlx::raw_sql("ROLLBACK").execute(&mut outsider).await.unwrap();
    writes_are_done(&store).await;
}

/// Work of every kind, sequentially in each of several concurrent tasks.
#[tokio::test(flavor = "multi_thread")]
async fn two_connections_serve_every_kind_side_by_side() {
    let (database, store) = with_a_client().await;
    store.close().await;
    let store = limited(&database, 2).await;
    let mut callers = JoinSet::new();
    for n in 2..10 {
        let (commanding, querying, telling) = (store.clone(), store.clone(), store.clone());
        callers.spawn(async move {
            let mut client = onboarded(n).client;
            assert_eq!(commanding.commit(creation(&onboarded(n))).await?, Committed::Done);
            for name in ["Ngozi", "Ada", "Chi"] {
                let loaded = commanding.load(&ClientRef::Key(client.key().clone()), None).await?;
                assert_eq!(loaded.client.as_ref(), Some(&client));
                let change = renamed(&client, name);
                assert_eq!(commanding.commit(replacement(&client, &change)).await?, Committed::Done);
                client = change.client;
            }
            Ok::<_, StoreError>(())
        });
        callers.spawn(async move {
            for _ in 0..3 {
                querying.search(&every_client()).await?;
                querying.find(&ada()).await?;
                let page =
                    HistoryPage { before: None, after: None, events: &[], limit: 9, with_values: true };
                querying.history(&applicant(1).key, page).await?;
            }
            Ok(())
        });
        callers.spawn(async move {
            for _ in 0..3 {
                telling.backlog().await?;
                sleep(Duration::from_millis(5)).await;
            }
            Ok(())
        });
    }
    for answer in callers.join_all().await {
        answer.unwrap();
    }
    assert_eq!(store.search(&every_client()).await.unwrap().total, Totals::Exact.of(9));
}
