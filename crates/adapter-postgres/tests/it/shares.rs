//! Slow statements of one kind leave the others their connections.

use std::time::{Duration, Instant};

use adapter_postgres::{PostgresStore, Settings, migrate};
use client_app::ports::{ClientRef, ClientStore, Committed, Page, Search, Totals};
use client_domain::search::{Order, Predicate};
use sqlx::Connection as _;
use store_conformance::fixtures::{creation, onboarded};
use tokio::task::JoinSet;

use crate::database::Database;

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

/// Twenty-four searches that are as slow as the server lets them be, on a pool of sixteen: they wait for each other.
#[tokio::test(flavor = "multi_thread")]
async fn slow_searches_leave_commands_and_reads_by_key_their_connections() {
    let database = Database::fresh().await;
    let mut settings = Settings::parse(&database.url).unwrap();
    settings.accept_data_loss = true;
    migrate(&settings).await.unwrap();
    let store = PostgresStore::open(&settings).await.unwrap();
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
    // Every list of clients sleeps; reads by key do not.
    let mut owner = database.connect().await;
    sqlx::raw_sql(
        "ALTER TABLE client RENAME TO client_rows;
        CREATE FUNCTION slow() RETURNS boolean LANGUAGE plpgsql VOLATILE AS $$
            BEGIN IF current_query() LIKE '%count(*) FROM client c%' THEN PERFORM pg_sleep(3); END IF; RETURN true; END $$;
        CREATE VIEW client AS SELECT * FROM client_rows WHERE slow()",
    )
    .execute(&mut owner)
    .await
    .unwrap();

    let mut searches = JoinSet::new();
    for _ in 0..24 {
        let store = store.clone();
        searches.spawn(async move { store.search(&every_client()).await.map(drop) });
    }
    tokio::time::sleep(Duration::from_millis(300)).await;
    let at_work: i64 = sqlx::query_scalar(
        "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event = 'PgSleep'",
    )
    .fetch_one(&mut owner)
    .await
    .unwrap();
    assert_eq!(at_work, 4, "searches have a quarter of the connections");

    let known = ClientRef::Key(onboarded(1).client.key().clone());
    for _ in 0..10 {
        let begun = Instant::now();
        assert!(store.find(&known).await.unwrap().is_some());
        assert!(store.load(&known, None).await.unwrap().client.is_some());
        store.reserve_id().await.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(2), "{:?}", begun.elapsed());
    }
    drop(searches);
    owner.close().await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn one_connection_serves_every_kind_in_turn() {
    let database = Database::fresh().await;
    let mut settings = database.settings();
    settings.max_connections = 1;
    let store = PostgresStore::open(&settings).await.unwrap();
    let mut callers = JoinSet::new();
    for n in 1..=10 {
        let (committing, searching, finding) = (store.clone(), store.clone(), store.clone());
        callers.spawn(async move { drop(committing.commit(creation(&onboarded(n))).await.unwrap()) });
        callers.spawn(async move { drop(searching.search(&every_client()).await.unwrap()) });
        callers.spawn(
            async move { drop(finding.find(&ClientRef::Id(onboarded(n).client.id())).await.unwrap()) },
        );
    }
    callers.join_all().await;
    assert_eq!(store.search(&every_client()).await.unwrap().total, Totals::Exact.of(10));
}
