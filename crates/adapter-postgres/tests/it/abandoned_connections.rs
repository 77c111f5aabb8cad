//! Commits that the server never answers, because the standby that should have a copy is away.

use std::time::{Duration, Instant};

use adapter_postgres::{PostgresStore, Settings, migrate};
use client_app::ports::{ClientRef, ClientStore, Committed, ContentLedger as _, OrphanCandidate, StoreError};
use client_domain::kyc::ContentKey;
use sqlx::{AssertSqlSafe, Connection as _, PgConnection, Row as _};
use store_conformance::fixtures::{creation, onboarded, renamed, replacement};
use throwaway_postgres::Cluster;
use tokio::task::JoinSet;

const CONNECTIONS: u32 = 8;

async fn sql(server: &Cluster, statement: &str) -> Vec<sqlx::postgres::PgRow> {
    let mut connection = PgConnection::connect(&server.url("postgres")).await.unwrap();
    // Statements of the test do not wait for a standby either.
    sqlx::raw_sql("SET synchronous_commit = local").execute(&mut connection).await.unwrap();
    sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).fetch_all(&mut connection).await.unwrap()
}

async fn sessions(server: &Cluster) -> i64 {
    let count = "SELECT count(*) FROM pg_stat_activity WHERE application_name = 'client-service'";
    sql(server, count).await[0].get(0)
}

async fn standby_goes(server: &Cluster) {
    sql(server, "ALTER SYSTEM SET synchronous_standby_names = 'away'").await;
    sql(server, "SELECT pg_reload_conf()").await;
    tokio::time::sleep(Duration::from_millis(300)).await;
}

async fn standby_returns(server: &Cluster) {
    sql(server, "ALTER SYSTEM RESET synchronous_standby_names").await;
    sql(server, "SELECT pg_reload_conf()").await;
}

async fn store(server: &Cluster) -> PostgresStore {
    let mut settings = Settings::parse(&server.url("postgres")).unwrap();
    settings.max_connections = CONNECTIONS;
    settings.statement_timeout = Duration::from_secs(1);
    migrate(&settings).await.unwrap();
    PostgresStore::open(&settings).await.unwrap()
}

#[tokio::test(flavor = "multi_thread")]
async fn commits_without_a_standby_are_refused_and_abandon_no_more_sessions_than_connections() {
    let server = Cluster::own(&["-c", "log_statement=all"]);
    let store = store(&server).await;
    let known = ClientRef::Key(onboarded(1).client.key().clone());
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
    standby_goes(&server).await;

    // New callers arrive all the time, each with one commit.
    let (mut unknown, mut refused, mut most) = (0_u64, 0, 0);
    for round in 0..6 {
        let mut callers = JoinSet::new();
        for n in 0..12 {
            let store = store.clone();
            callers.spawn(async move {
                let begun = Instant::now();
                let answer = store.commit(creation(&onboarded(2 + round * 12 + n))).await;
                (answer, begun.elapsed())
            });
        }
        for (answer, took) in callers.join_all().await {
            assert!(took < Duration::from_secs(5), "{took:?}");
            match answer {
                Err(StoreError::TimedOut(_)) => unknown += 1,
                Err(StoreError::Unavailable(_)) => {
                    refused += 1;
                    assert!(round < 2 || took < Duration::from_millis(500), "refused after {took:?}");
                }
                other => panic!("{other:?}"),
            }
        }
        most = most.max(sessions(&server).await);
        assert!(store.find(&known).await.unwrap().is_some(), "reads go on");
        let ready = store.ready().await;
        assert!(ready.reads.is_ok(), "{ready:?}");
        assert!(matches!(ready.commands, Err(StoreError::Unavailable(_))), "{ready:?}");
    }
    assert!(most <= i64::from(CONNECTIONS), "{most} sessions");
    assert!(unknown <= 24 && refused >= 48, "{unknown} not known, {refused} refused");

    standby_returns(&server).await;
    let begun = Instant::now();
    while store.commit(creation(&onboarded(1_000))).await.is_err() {
        assert!(begun.elapsed() < Duration::from_secs(10), "commits are still refused");
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    store.ready().await.whole().unwrap();
    for part in ["pg_logical_emit_message", "pid = ANY($1) AND state"] {
        while !server.log().contains(part) {
            assert!(begun.elapsed() < Duration::from_secs(20), "{part}");
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
    }
    // Every commit with an unknown outcome is stored, and no refused one is.
    let there: i64 = sql(&server, "SELECT count(*) FROM client").await[0].get(0);
    assert_eq!(u64::try_from(there).unwrap(), 2 + unknown);
}

/// A rejected commit writes nothing and so waits for no standby: it is no sign that commits are confirmed again. Files are
/// noted beside the commits, and must not use up the connections of reads.
#[tokio::test(flavor = "multi_thread")]
async fn rejected_commits_and_uploads_do_not_close_the_circuit() {
    let server = Cluster::own(&[]);
    let mut settings = Settings::parse(&server.url("postgres")).unwrap();
    settings.max_connections = 16;
    settings.statement_timeout = Duration::from_secs(1);
    migrate(&settings).await.unwrap();
    let store = PostgresStore::open(&settings).await.unwrap();
    let ada = onboarded(1);
    assert_eq!(store.commit(creation(&ada)).await.unwrap(), Committed::Done);
    let change = renamed(&ada.client, "Ngozi");
    assert_eq!(store.commit(replacement(&ada.client, &change)).await.unwrap(), Committed::Done);
    standby_goes(&server).await;

    for n in 2..6 {
        let stale = store.commit(replacement(&ada.client, &renamed(&ada.client, "Chi"))).await;
        assert!(matches!(stale, Ok(Committed::Stale) | Err(StoreError::Unavailable(_))), "{stale:?}");
        assert!(store.commit(creation(&onboarded(n))).await.is_err());
    }
    let ready = store.ready().await;
    assert!(ready.reads.is_ok() && ready.commands.is_err(), "{ready:?}");

    let since: jiff::Timestamp = "2026-01-05T09:00:00Z".parse().unwrap();
    for n in 0..8 {
        let begun = Instant::now();
        let candidate = OrphanCandidate { key: ContentKey::from_bits(since, n), since };
        let queued = store.queue(&candidate).await;
        assert!(matches!(queued, Err(StoreError::Unavailable(_))), "{queued:?}");
        assert!(begun.elapsed() < Duration::from_millis(500), "refused after {:?}", begun.elapsed());
    }
    let known = ClientRef::Key(ada.client.key().clone());
    assert!(store.find(&known).await.unwrap().is_some(), "reads go on");
    standby_returns(&server).await;
}

/// A statement that fails on its own says nothing about other commits.
#[tokio::test(flavor = "multi_thread")]
async fn a_slow_statement_does_not_open_the_circuit() {
    let server = Cluster::own(&[]);
    let store = store(&server).await;
    let mut other = PgConnection::connect(&server.url("postgres")).await.unwrap();
    let mut holding = other.begin().await.unwrap();
    sqlx::query("LOCK TABLE client IN ACCESS EXCLUSIVE MODE").execute(&mut *holding).await.unwrap();
    let mut callers = JoinSet::new();
    for n in 1..9 {
        let store = store.clone();
        callers.spawn(async move { store.commit(creation(&onboarded(n))).await });
    }
    for answer in callers.join_all().await {
        assert!(matches!(answer, Err(StoreError::Unavailable(_))), "{answer:?}");
    }
    holding.rollback().await.unwrap();
    assert_eq!(store.commit(creation(&onboarded(20))).await.unwrap(), Committed::Done);
}

/// After a burst, idle connections are closed.
#[tokio::test(flavor = "multi_thread")]
async fn idle_connections_are_closed() {
    let server = Cluster::own(&[]);
    let mut settings = Settings::parse(&server.url("postgres")).unwrap();
    settings.idle_timeout = Duration::from_millis(500);
    migrate(&settings).await.unwrap();
    let store = PostgresStore::open(&settings).await.unwrap();
    let mut callers = JoinSet::new();
    for n in 1..41 {
        let (store, id) = (store.clone(), onboarded(n).client.id());
        callers.spawn(async move { store.find(&ClientRef::Id(id)).await.unwrap() });
    }
    callers.join_all().await;
    assert!(sessions(&server).await > 1);
    let begun = Instant::now();
    while sessions(&server).await > 0 {
        assert!(begun.elapsed() < Duration::from_secs(5), "idle sessions stay");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
}

/// A connection that has reached its maximum lifetime is replaced, also where it is used all the time.
#[tokio::test(flavor = "multi_thread")]
async fn expired_connections_are_replaced() {
    let server = Cluster::own(&[]);
    let mut settings = Settings::parse(&server.url("postgres")).unwrap();
    settings.max_lifetime = Duration::from_millis(300);
    migrate(&settings).await.unwrap();
    let store = PostgresStore::open(&settings).await.unwrap();
    let oldest = "SELECT coalesce(max(extract(epoch FROM clock_timestamp() - backend_start)), 0)::float8
        FROM pg_stat_activity WHERE application_name = 'client-service'";
    let begun = Instant::now();
    while begun.elapsed() < Duration::from_millis(1_500) {
        store.find(&ClientRef::Id(onboarded(1).client.id())).await.unwrap();
    }
    let age: f64 = sql(&server, oldest).await[0].get(0);
    assert!(age < 1.0, "{age} s");
}
