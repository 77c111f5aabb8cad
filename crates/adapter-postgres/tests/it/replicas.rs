//! Streaming standbys that answer reads: when one is used, and when it is left for the primary.

use std::time::{Duration, Instant};

use adapter_postgres::{PostgresReplicas, PostgresStore, StartError, migrate};
use client_app::ports::{
    ClientRef, ClientStore as _, Committed, LogPosition, Replica, Replicas as _, StoreError,
};
use sqlx::{AssertSqlSafe, Connection as _};
use store_conformance::fixtures::{creation, onboarded};
use throwaway_postgres::Cluster;
use tokio::time::{sleep, timeout};

use crate::database::{Database, connect, settings};

const UNSAFE: [&str; 4] = ["-c", "fsync=off", "-c", "full_page_writes=off"];
/// The machine may be busy with other tests.
const PATIENCE: Duration = Duration::from_mins(1);

/// A primary with the schema, and its standby.
struct Pair {
    primary: Cluster,
    standby: Cluster,
    store: PostgresStore,
}

impl Pair {
    async fn start() -> Self {
        let primary = Cluster::own(&UNSAFE);
        let standby = primary.standby(&UNSAFE);
        let database = settings(&primary.url("postgres"));
        migrate(&database).await.unwrap();
        let store = PostgresStore::open(&database).await.unwrap();
        Self { primary, standby, store }
    }

    async fn replicas(&self, staleness: Duration) -> PostgresReplicas {
        let mut standby = settings(&self.standby.url("postgres"));
        standby.lock_timeout = Duration::from_millis(200);
        PostgresReplicas::open(&self.store, &[standby], staleness).await.unwrap()
    }

    /// Creates a client, and answers its name and a position after it.
    async fn create(&self, replicas: &PostgresReplicas, n: i64) -> (ClientRef, LogPosition) {
        let change = onboarded(n);
        assert_eq!(self.store.commit(creation(&change)).await.unwrap(), Committed::Done);
        (ClientRef::Key(change.client.key().clone()), replicas.position().await.unwrap())
    }

    /// Writes something, so that the log up to here is sent.
    async fn write(&self) {
        let mut connection = connect(&self.primary.url("postgres")).await;
        let statement = "SELECT pg_logical_emit_message(true, '', 'x')";
        sqlx::query(statement).execute(&mut connection).await.unwrap();
    }

    async fn pause(&self) {
        self.on_standby("SELECT pg_wal_replay_pause()::text").await;
        let begun = Instant::now();
        while self.on_standby("SELECT pg_get_wal_replay_pause_state()").await != "paused" {
            assert!(begun.elapsed() < PATIENCE, "the replay does not pause");
            sleep(Duration::from_millis(5)).await;
        }
    }

    async fn resume(&self) {
        self.on_standby("SELECT pg_wal_replay_resume()::text").await;
    }

    async fn on_standby(&self, sql: &str) -> String {
        let mut connection = connect(&self.standby.url("postgres")).await;
        sqlx::query_scalar(AssertSqlSafe(sql.to_owned())).fetch_one(&mut connection).await.unwrap()
    }
}

/// The replica, as soon as it is chosen.
async fn chosen(replicas: &PostgresReplicas, after: Option<LogPosition>) -> Replica {
    let begun = Instant::now();
    loop {
        if let Some(replica) = replicas.choose(after).await {
            return replica;
        }
        assert!(begun.elapsed() < PATIENCE, "no replica is chosen");
        sleep(Duration::from_millis(20)).await;
    }
}

async fn left(replicas: &PostgresReplicas) {
    let begun = Instant::now();
    while replicas.choose(None).await.is_some() {
        assert!(begun.elapsed() < PATIENCE, "the replica is not left");
        sleep(Duration::from_millis(20)).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn paused_replica_is_left_by_position_and_by_age_and_comes_back() {
    let pair = Pair::start().await;
    let staleness = Duration::from_secs(3);
    let replicas = pair.replicas(staleness).await;
    let (first, position) = pair.create(&replicas, 1).await;
    let replica = chosen(&replicas, Some(position)).await;
    assert!(replica.store.find(&first).await.unwrap().is_some());
    assert!(replica.age <= staleness);

    pair.pause().await;
    let (second, position) = pair.create(&replicas, 2).await;
    let before = chosen(&replicas, None).await;
    assert!(before.store.find(&second).await.unwrap().is_none(), "the replay was not paused");
    assert!(replicas.choose(Some(position)).await.is_none());
    // It grows old by itself, also while nothing is written.
    left(&replicas).await;

    pair.resume().await;
    let replica = chosen(&replicas, Some(position)).await;
    assert!(replica.store.find(&second).await.unwrap().is_some());
    assert!(replica.age <= staleness);
    // A lock whose replay is not at its end is none of the primary, which is asked instead.
    let mut connection = connect(&pair.primary.url("postgres")).await;
    let mut migrating = connection.begin().await.unwrap();
    sqlx::query("LOCK TABLE client IN ACCESS EXCLUSIVE MODE").execute(&mut *migrating).await.unwrap();
    pair.write().await;
    let begun = Instant::now();
    while pair.on_standby("SELECT count(*)::text FROM pg_locks WHERE mode = 'AccessExclusiveLock'").await
        == "0"
    {
        assert!(begun.elapsed() < PATIENCE, "the lock is not replayed");
        sleep(Duration::from_millis(20)).await;
    }
    let locked = replica.store.find(&second).await;
    assert!(matches!(locked, Err(StoreError::Unavailable(_))), "{locked:?}");
    migrating.rollback().await.unwrap();
    let refused = replica.store.commit(creation(&onboarded(3))).await.unwrap_err();
    assert!(matches!(refused, StoreError::Unavailable(_)), "{refused:?}");
}

#[tokio::test(flavor = "multi_thread")]
async fn replica_that_starts_again_is_in_another_run_and_one_that_is_away_is_left() {
    let pair = Pair::start().await;
    let replicas = pair.replicas(Duration::from_secs(30)).await;
    let (client, position) = pair.create(&replicas, 1).await;
    let replica = chosen(&replicas, Some(position)).await;
    assert!(replicas.is_same_run(replica.run).await);
    pair.standby.crash_and_restart();
    let begun = Instant::now();
    let other = loop {
        let other = chosen(&replicas, Some(position)).await;
        if other.run != replica.run {
            break other;
        }
        assert!(begun.elapsed() < PATIENCE, "the run is the same");
        sleep(Duration::from_millis(20)).await;
    };
    assert!(!replicas.is_same_run(replica.run).await);
    assert!(other.store.find(&client).await.unwrap().is_some());

    let lost = replicas.lost(other.run);
    tokio::pin!(lost);
    assert!(timeout(Duration::from_secs(2), &mut lost).await.is_err(), "it answers");
    pair.standby.stop();
    timeout(PATIENCE, lost).await.unwrap();
    left(&replicas).await;
    // A start does not wait for a replica.
    let late = pair.replicas(Duration::from_secs(30)).await;
    assert!(late.choose(None).await.is_none());
    pair.standby.start_again();
    chosen(&replicas, Some(position)).await;
    chosen(&late, Some(position)).await;
    // Another database of the same server is no replica, although its server is a standby of the primary.
    let mut connection = connect(&pair.primary.url("postgres")).await;
    sqlx::query("CREATE DATABASE other").execute(&mut connection).await.unwrap();
    let there = "SELECT count(*)::text FROM pg_database WHERE datname = 'other'";
    while pair.on_standby(there).await == "0" {
        assert!(begun.elapsed() < 2 * PATIENCE, "the other database is not copied");
        sleep(Duration::from_millis(20)).await;
    }
    let other = settings(&pair.standby.url("other"));
    let refused = PostgresReplicas::open(&pair.store, &[other], Duration::from_secs(30)).await;
    assert!(matches!(refused, Err(StartError::Unfit(_))), "{refused:?}");
    // The primary is no replica of itself.
    let itself = settings(&pair.primary.url("postgres"));
    let of_itself = PostgresReplicas::open(&pair.store, &[itself], Duration::from_secs(30)).await.unwrap();
    assert!(of_itself.choose(None).await.is_none());
}

#[tokio::test(flavor = "multi_thread")]
async fn server_of_another_database_is_refused() {
    let store = Database::fresh().await.store().await;
    let other = Cluster::own(&UNSAFE);
    let refused =
        PostgresReplicas::open(&store, &[settings(&other.url("postgres"))], Duration::from_secs(5)).await;
    let error = refused.unwrap_err();
    assert!(matches!(error, StartError::Unfit(_)), "{error}");
    assert!(error.to_string().contains("replica 1 is no standby of this database"), "{error}");
    let several = settings("postgres://postgres@h1,h2/postgres");
    let refused = PostgresReplicas::open(&store, &[several], Duration::from_secs(5)).await.unwrap_err();
    assert!(refused.to_string().contains("the database of replica 1 names several servers"), "{refused}");
}

#[tokio::test(flavor = "multi_thread")]
async fn standby_of_the_former_primary_is_never_chosen_however_far_its_log_goes() {
    let former = Pair::start().await;
    let promoted = former.primary.standby(&UNSAFE);
    let run = async |server: &Cluster, sql: &str| {
        let mut connection = connect(&server.url("postgres")).await;
        sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
    };
    let before = former.replicas(Duration::from_secs(30)).await.position().await.unwrap();
    run(&promoted, "SELECT pg_promote()").await;
    // The log of the former primary and of its standby goes further than that of the new one.
    run(&former.primary, "SELECT pg_logical_emit_message(false, '', 'x'), pg_switch_wal()").await;
    run(&former.primary, "SELECT pg_logical_emit_message(false, '', 'x'), pg_switch_wal()").await;
    sleep(Duration::from_millis(300)).await;
    let following = promoted.standby(&UNSAFE);

    let store = PostgresStore::open(&settings(&promoted.url("postgres"))).await.unwrap();
    let both = [settings(&former.standby.url("postgres")), settings(&following.url("postgres"))];
    let replicas = PostgresReplicas::open(&store, &both, Duration::from_secs(30)).await.unwrap();
    let position = replicas.position().await.unwrap();
    assert!(position > before && !position.includes(before), "{position} {before}");
    chosen(&replicas, Some(position)).await;
    for _ in 0..20 {
        assert_eq!(chosen(&replicas, None).await.run.replica, 1);
        assert_eq!(chosen(&replicas, Some(position)).await.run.replica, 1);
        sleep(Duration::from_millis(50)).await;
    }
    assert!(replicas.choose(Some(before)).await.is_none());
}
