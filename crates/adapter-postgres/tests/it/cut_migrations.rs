//! Only a migration holds a transaction open for longer than a statement. A caller that leaves, or whose commit is
//! refused, must not get the answer that the migration succeeded, and must leave no transaction open.

use std::time::{Duration, Instant};

use adapter_postgres::{PostgresStore, StartError, migrate};
use client_app::ports::{ClientStore, Committed};
use sqlx::{Connection as _, Row as _};
use store_conformance::fixtures::{applicant, creation, onboarded};

use crate::database::Database;

/// The migrations that are recorded, and the parts of each that exist.
const DONE: &str = "SELECT
    EXISTS (SELECT FROM _sqlx_migrations WHERE version = 1 AND success),
    to_regclass('client') IS NOT NULL AND to_regclass('client_idempotency') IS NOT NULL,
    (SELECT count(*) FROM _sqlx_migrations)";
const OPEN: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid()
        AND (state LIKE 'idle in transaction%' OR xact_start < now() - interval '1 minute')";
const LOCKS: &str = "SELECT count(*) FROM pg_locks
    WHERE locktype = 'advisory' AND database = (SELECT oid FROM pg_database WHERE datname = current_database())";
/// Other sessions than the one that asks.
const SESSIONS: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND backend_type = 'client backend' AND pid <> pg_backend_pid()";
const WAITING: &str = "SELECT count(*) FROM pg_stat_activity
    WHERE datname = current_database() AND wait_event_type = 'Lock' AND query LIKE '%client_lifecycle_edge%'
        AND pid <> pg_backend_pid()";

async fn count(database: &Database, question: &str) -> i64 {
    database.run(question).await.unwrap()[0].get(0)
}

/// Waits until a count is this.
async fn until(database: &Database, question: &str, expected: i64) {
    let deadline = Instant::now() + Duration::from_mins(1);
    while count(database, question).await != expected {
        assert!(Instant::now() < deadline, "{question}: {}", count(database, question).await);
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
}

/// A recorded migration exists, and an existing one is recorded.
async fn is_rolled_back(database: &Database) -> bool {
    if count(database, "SELECT count(*) FROM pg_tables WHERE tablename = '_sqlx_migrations'").await == 0 {
        return false;
    }
    let row = &database.run(DONE).await.unwrap()[0];
    let (said, there) = (row.get::<bool, _>(0), row.get::<bool, _>(1));
    assert_eq!(said, there, "said to be done: {said}, there: {there}");
    assert_eq!(row.get::<i64, _>(2) > 0, said, "a migration is noted that did not succeed");
    said
}

/// A store works on the schema, and its answers match those of other connections.
async fn the_store_works(database: &Database) {
    let store = PostgresStore::open(&database.settings()).await.unwrap();
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
    let key = applicant(1).key;
    let seen = format!("SELECT count(*) FROM client WHERE client_key = '{}'", key.as_str());
    assert_eq!(count(database, &seen).await, 1, "a commit that was answered is there for others");
    assert_eq!(count(database, OPEN).await, 0);
    assert_eq!(count(database, LOCKS).await, 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_whose_caller_leaves_is_rolled_back() {
    let database = Database::empty().await;
    // An uncommitted table of the same name: the first migration has begun and waits for it.
    let mut other = database.connect().await;
    let mut holding = other.begin().await.unwrap();
    sqlx::query("CREATE TABLE client_idempotency (x integer)").execute(&mut *holding).await.unwrap();
    let settings = database.settings();
    let migrating = tokio::spawn(async move { migrate(&settings).await });
    until(&database, WAITING, 1).await;
    migrating.abort();
    assert!(migrating.await.unwrap_err().is_cancelled());
    holding.rollback().await.unwrap();
    drop(other);
    until(&database, SESSIONS, 0).await;
    assert!(!is_rolled_back(&database).await);
    migrate(&database.settings()).await.unwrap();
    the_store_works(&database).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_caller_may_leave_a_migration_at_any_moment() {
    let database = Database::empty().await;
    let (mut left, mut finished) = (0, 0);
    for moment in (0..).map(|n: u64| n * 3) {
        let settings = database.settings();
        match tokio::time::timeout(Duration::from_millis(moment), migrate(&settings)).await {
            Err(_) => left += 1,
            Ok(done) => {
                done.unwrap();
                finished += 1;
            }
        }
        // The server takes a moment to see that the caller has left.
        until(&database, SESSIONS, 0).await;
        let done = is_rolled_back(&database).await;
        if finished > 0 {
            assert!(done, "a migration succeeded and is not done");
            break;
        }
    }
    assert!(left > 0, "no caller left");
    the_store_works(&database).await;
}

/// The server reports that the end of a transaction was refused; a driver or its caller may ignore it.
#[tokio::test(flavor = "multi_thread")]
async fn a_migration_whose_commit_is_refused_fails() {
    let database = Database::empty().await;
    // A conflicting object leaves the table of recorded migrations empty.
    database.run("CREATE TABLE client_idempotency (x integer)").await.unwrap();
    assert!(matches!(migrate(&database.settings()).await, Err(StartError::Migration(_))));
    database.run("DROP TABLE client_idempotency").await.unwrap();
    let mut connection = database.connect().await;
    sqlx::raw_sql(
        "CREATE FUNCTION late() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN
            RAISE EXCEPTION 'too late' USING ERRCODE = '23514'; END $$;
        CREATE CONSTRAINT TRIGGER late AFTER INSERT ON _sqlx_migrations DEFERRABLE INITIALLY DEFERRED
            FOR EACH ROW EXECUTE FUNCTION late()",
    )
    .execute(&mut connection)
    .await
    .unwrap();
    for _ in 0..2 {
        assert!(matches!(migrate(&database.settings()).await, Err(StartError::Migration(_))));
        assert!(!is_rolled_back(&database).await);
    }
    database.run("DROP TRIGGER late ON _sqlx_migrations").await.unwrap();
    migrate(&database.settings()).await.unwrap();
    assert!(is_rolled_back(&database).await);
}
