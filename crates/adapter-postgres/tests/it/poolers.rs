//! `PgBouncer` between the store and its server.
//!
//! `TEST_PGBOUNCER` names a program of 1.21 or later, for the tests of transaction pooling; Debian 12 has 1.18.
//! `TEST_POOLED_CONFORMANCE` asks for the whole suite instead of a part of it.

use std::collections::BTreeSet;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use adapter_postgres::{PostgresStore, Settings, StartError, migrate};
use async_trait::async_trait;
use client_app::ports::{ClientRef, ClientStore as _, Committed, StoreError};
use futures_util::StreamExt as _;
use futures_util::future::LocalBoxFuture;
use sqlx::AssertSqlSafe;
use store_conformance::fixtures::{creation, onboarded};
use store_conformance::{Fresh, Harness, Racer};
use throwaway_postgres::{Cluster, Pooler};
use tokio::sync::OnceCell;

use crate::database::{connect, settings};

/// A server for these tests alone: the pooler asks for its socket.
static SERVER: OnceCell<Cluster> = OnceCell::const_new();
static DATABASES: AtomicUsize = AtomicUsize::new(0);
const TEMPLATE: &str = "pooled_template";
/// Idle connections of the pooler would soon be all that the server has.
const SESSIONS: &str = "pool_mode = session\nserver_idle_timeout = 1";
const TRANSACTIONS: &str = "pool_mode = transaction\nmax_prepared_statements = 200\nserver_idle_timeout = 1";

async fn server() -> &'static Cluster {
    SERVER
        .get_or_init(|| async {
            let server = Cluster::own(&["-c", "fsync=off", "-c", "full_page_writes=off"]);
            run(&server, "postgres", &format!("CREATE DATABASE {TEMPLATE}")).await;
            migrate(&settings(&server.url(TEMPLATE))).await.unwrap();
            server
        })
        .await
}

async fn run(server: &Cluster, database: &str, sql: &str) {
    let mut connection = connect(&server.url(database)).await;
    sqlx::raw_sql(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
}

/// The name of a new database with the schema.
async fn database() -> String {
    let name = format!("pooled_{}", DATABASES.fetch_add(1, Ordering::Relaxed));
    run(server().await, "postgres", &format!("CREATE DATABASE {name} TEMPLATE {TEMPLATE}")).await;
    name
}

/// `PgBouncer` 1.21 or later, if there is one.
fn modern() -> Option<PathBuf> {
    std::env::var_os("TEST_PGBOUNCER").map(PathBuf::from)
}

struct Pooled(Pooler);

#[async_trait]
impl Harness for Pooled {
    async fn fresh(&self) -> Fresh {
        let store = PostgresStore::open(&settings(&self.0.url(&database().await))).await.unwrap();
        Fresh::new(store)
    }

    async fn run_concurrently(&self, racers: Vec<Racer>) {
        for racer in racers.into_iter().map(tokio::spawn).collect::<Vec<_>>() {
            racer.await.unwrap();
        }
    }
}

type Case = fn(Arc<Pooled>) -> LocalBoxFuture<'static, ()>;

macro_rules! cases {
    ($($topic:ident { $($case:ident)* })*) => {
        &[$((stringify!($topic), &[$(
            |harness: Arc<Pooled>| -> LocalBoxFuture<'static, ()> {
                Box::pin(async move { store_conformance::cases::$topic::$case(&*harness).await })
            }
        ),*])),*]
    };
}
const CASES: &[(&str, &[Case])] = store_conformance::store_cases!(cases);
/// The topics that every run has: what commits, what is refused, what is replayed.
const PART: [&str; 3] = ["commit", "claims", "idempotency"];

/// Runs the suite through a pooler, or the part of every run.
async fn conformance(pooler: Pooler) {
    let whole = std::env::var_os("TEST_POOLED_CONFORMANCE").is_some();
    let topics: BTreeSet<_> =
        CASES.iter().map(|(topic, _)| *topic).filter(|topic| whole || PART.contains(topic)).collect();
    assert!(PART.iter().all(|topic| topics.contains(topic)), "{topics:?}");
    let harness = Arc::new(Pooled(pooler));
    let cases = CASES.iter().filter(|(topic, _)| topics.contains(topic)).flat_map(|(_, cases)| cases.iter());
    // A few at a time; the place of a panic names its case.
    let running = cases.map(|case| case(harness.clone()));
    futures_util::stream::iter(running).buffer_unordered(4).collect::<Vec<()>>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn the_suite_passes_through_a_pooler_of_sessions() {
    conformance(Pooler::start(server().await, None, SESSIONS)).await;
}

/// `PgBouncer` refuses or drops the settings of a start, so they are set afterwards. A statement that waits for a lock ends in
/// the server too.
#[tokio::test(flavor = "multi_thread")]
async fn limits_hold_through_a_pooler_of_sessions() {
    let server = server().await;
    for lines in [SESSIONS, "pool_mode = session\nignore_startup_parameters = options,extra_float_digits"] {
        let pooler = Pooler::start(server, None, lines);
        let name = database().await;
        migrate(&settings(&pooler.url(&name))).await.unwrap();
        let mut settings = settings(&pooler.url(&name));
        settings.statement_timeout = Duration::from_millis(500);
        settings.lock_timeout = Duration::from_millis(200);
        let store = PostgresStore::open(&settings).await.unwrap();
        assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
        let mut other = connect(&server.url(&name)).await;
        sqlx::raw_sql("BEGIN; LOCK TABLE client").execute(&mut other).await.unwrap();
        let outcome = store.find(&ClientRef::Key(onboarded(1).client.key().clone())).await;
        assert!(matches!(outcome, Err(StoreError::TimedOut(_))), "{outcome:?}");
        let waiting = "SELECT count(*) FROM pg_stat_activity WHERE wait_event_type = 'Lock'";
        let waiting: i64 = sqlx::query_scalar(waiting).fetch_one(&mut other).await.unwrap();
        assert_eq!(waiting, 0, "a statement waits on in the server");
        store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_of_transactions_that_forgets_statements_is_refused_by_name() {
    let pooler = Pooler::start(server().await, None, TRANSACTIONS.split('\n').next().unwrap());
    let name = database().await;
    let (begun, settings) = (Instant::now(), settings(&pooler.url(&name)));
    for outcome in [PostgresStore::open(&settings).await.map(|_| ()), migrate(&settings).await] {
        let Err(StartError::Unreachable(error)) = outcome else { panic!("{outcome:?}") };
        assert!(error.contains("PgBouncer before 1.21") && error.contains("pool_mode = session"), "{error}");
    }
    assert!(begun.elapsed() < Duration::from_secs(20), "{:?}", begun.elapsed());
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pooler_of_transactions_has_the_limits_of_the_role_and_runs_no_migration() {
    let Some(program) = modern() else {
        return;
    };
    let server = Cluster::own(&["-c", "fsync=off", "-c", "full_page_writes=off"]);
    migrate(&settings(&server.url("postgres"))).await.unwrap();
    let pooler = Pooler::start(&server, Some(&program), TRANSACTIONS);
    let limited: Settings = settings(&pooler.url("postgres"));
    let Err(StartError::Migration(error)) = migrate(&limited).await else { panic!("migrated") };
    assert!(error.contains("a migration needs a session"), "{error}");
    let Err(StartError::Unreachable(error)) = PostgresStore::open(&limited).await else { panic!("opened") };
    let lines = error.split_once("RECONNECT): ").unwrap().1;
    for name in ["statement_timeout = '30000'", "lock_timeout", "idle_in_transaction_session_timeout", "jit"]
    {
        assert!(lines.contains(&format!("ALTER ROLE postgres IN DATABASE postgres SET {name}")), "{lines}");
    }
    run(&server, "postgres", lines).await;
    drop(pooler);
    let pooler = Pooler::start(&server, Some(&program), TRANSACTIONS);
    let store = PostgresStore::open(&settings(&pooler.url("postgres"))).await.unwrap();
    for number in 1..50 {
        assert_eq!(store.commit(creation(&onboarded(number))).await.unwrap(), Committed::Done);
    }
    store.close().await;
}

/// As above, for the whole suite: the limits are those of every role.
#[tokio::test(flavor = "multi_thread")]
async fn the_suite_passes_through_a_pooler_of_transactions() {
    let Some(program) = modern() else {
        return;
    };
    let all = "ALTER SYSTEM SET statement_timeout = '30s'; ALTER SYSTEM SET lock_timeout = '30s'; \
        ALTER SYSTEM SET idle_in_transaction_session_timeout = '5s'; ALTER SYSTEM SET jit = off; ALTER SYSTEM SET plan_cache_mode = force_custom_plan; SELECT pg_reload_conf()";
    let server = server().await;
    for statement in all.split("; ") {
        run(server, "postgres", statement).await;
    }
    conformance(Pooler::start(server, Some(&program), TRANSACTIONS)).await;
}
