//! The first instance migrates the schema.

use std::time::Duration;

use adapter_postgres::{StartError, migrate};
use sqlx::{Connection as _, Row as _};

use crate::database::Database;

const APPLIED: &str = "SELECT count(*), count(*) FILTER (WHERE success) FROM _sqlx_migrations";

#[tokio::test(flavor = "multi_thread")]
async fn instances_may_start_concurrently() {
    let database = Database::empty().await;
    let starts: Vec<_> = (0..4)
        .map(|_| {
            let settings = database.settings();
            tokio::spawn(async move { migrate(&settings).await })
        })
        .collect();
    for start in starts {
        start.await.unwrap().unwrap();
    }
    let applied = database.run(APPLIED).await.unwrap();
    let folder = std::fs::read_dir(concat!(env!("CARGO_MANIFEST_DIR"), "/migrations")).unwrap();
    let is_migration =
        |file: &std::fs::DirEntry| file.path().extension().is_some_and(|ending| ending == "sql");
    let files = folder.map(Result::unwrap).filter(is_migration).count();
    let files = i64::try_from(files).unwrap();
    assert_eq!((applied[0].get::<i64, _>(0), applied[0].get::<i64, _>(1)), (files, files));
    migrate(&database.settings()).await.unwrap();
    database.store().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_migration_that_waits_too_long_fails_and_leaves_no_lock() {
    let database = Database::empty().await;
    let mut other = database.connect().await;
    sqlx::query("SELECT pg_advisory_lock($1)")
        .bind(0x0063_6c69_656e_7473_i64)
        .execute(&mut other)
        .await
        .unwrap();
    sqlx::query("SET application_name = 'psql of Ada'").execute(&mut other).await.unwrap();
    let pid: i32 = sqlx::query_scalar("SELECT pg_backend_pid()").fetch_one(&mut other).await.unwrap();
    let mut settings = database.settings();
    settings.migration_timeout = Duration::from_millis(200);
    let Err(StartError::MigrationLocked(holder)) = migrate(&settings).await else { panic!("not locked") };
    assert!(
        holder.contains(&format!("process {pid} of the server")) && holder.contains("\"psql of Ada\""),
        "{holder}"
    );
    sqlx::query("SELECT pg_advisory_unlock_all()").execute(&mut other).await.unwrap();
    migrate(&settings).await.unwrap();
}

/// An index that is built while others write is no transaction: what a failed attempt leaves is built again.
#[tokio::test(flavor = "multi_thread")]
async fn an_invalid_index_is_built_again() {
    const VALID: &str =
        "SELECT indisvalid FROM pg_index WHERE indexrelid = to_regclass('client_stale_normal_form')";
    let database = Database::fresh().await;
    let spoil =
        "UPDATE pg_index SET indisvalid = false WHERE indexrelid = 'client_stale_normal_form'::regclass";
    database.run(spoil).await.unwrap();
    database.run("DELETE FROM _sqlx_migrations WHERE description = 'stale normal forms'").await.unwrap();
    migrate(&database.settings()).await.unwrap();
    assert!(database.run(VALID).await.unwrap()[0].get::<bool, _>(0));
    // The program may also have ended between the index and the note that it is there.
    database.run("DELETE FROM _sqlx_migrations WHERE description = 'stale normal forms'").await.unwrap();
    migrate(&database.settings()).await.unwrap();
    assert!(database.run(VALID).await.unwrap()[0].get::<bool, _>(0));
}

/// Where `pg_trgm` is not installed the schema is brought up to date all the same, and searches answer without the index.
#[tokio::test(flavor = "multi_thread")]
async fn an_index_of_letters_is_left_out_without_the_extension() {
    const INDEX: &str = "SELECT to_regclass('client_by_address') IS NOT NULL";
    let database = Database::fresh().await;
    assert!(database.run(INDEX).await.unwrap()[0].get::<bool, _>(0));
    database.run("DROP EXTENSION pg_trgm CASCADE").await.unwrap();
    database.run("DELETE FROM _sqlx_migrations WHERE description = 'parts of addresses'").await.unwrap();
    migrate(&database.settings()).await.unwrap();
    assert!(!database.run(INDEX).await.unwrap()[0].get::<bool, _>(0));
    // What is noted is the checksum of the file, so that the next start has nothing to complain of.
    migrate(&database.settings()).await.unwrap();
}

/// Writers go on while the index is built, and the migration waits for those that began before it.
#[tokio::test(flavor = "multi_thread")]
async fn an_index_is_built_while_others_write() {
    let database = Database::fresh().await;
    database.run("DROP INDEX client_stale_normal_form").await.unwrap();
    database.run("DELETE FROM _sqlx_migrations WHERE description = 'stale normal forms'").await.unwrap();
    let mut writer = database.connect().await;
    let mut open = writer.begin().await.unwrap();
    sqlx::query("UPDATE client SET normal_form = 1").execute(&mut *open).await.unwrap();
    let settings = database.settings();
    let migrating = tokio::spawn(async move { migrate(&settings).await });
    let waits = "SELECT count(*) FROM pg_stat_progress_create_index WHERE phase LIKE 'waiting for writers%'
        AND datname = current_database()";
    while database.run(waits).await.unwrap()[0].get::<i64, _>(0) == 0 {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    database.run("UPDATE client SET normal_form = 1").await.unwrap();
    assert!(!migrating.is_finished());
    open.commit().await.unwrap();
    migrating.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn interrupted_migration_rolls_back() {
    let database = Database::empty().await;
    // It conflicts with the last table of the first migration.
    database.run("CREATE TABLE client_idempotency (x integer)").await.unwrap();
    assert!(matches!(migrate(&database.settings()).await, Err(StartError::Migration(_))));
    let tables = "SELECT count(*) FROM pg_tables WHERE tablename IN ('client', 'client_history')";
    assert_eq!(database.run(tables).await.unwrap()[0].get::<i64, _>(0), 0);

    database.run("DROP TABLE client_idempotency").await.unwrap();
    migrate(&database.settings()).await.unwrap();
    assert_eq!(database.run(tables).await.unwrap()[0].get::<i64, _>(0), 2);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_released_migration_that_was_edited_is_refused() {
    let database = Database::fresh().await;
    database.run("UPDATE _sqlx_migrations SET checksum = 'x' WHERE version = 1").await.unwrap();
    assert!(matches!(migrate(&database.settings()).await, Err(StartError::Migration(_))));
}

#[tokio::test(flavor = "multi_thread")]
async fn migrations_of_a_newer_instance_do_not_disturb_an_older_one() {
    let database = Database::fresh().await;
    let newer = "INSERT INTO _sqlx_migrations (version, description, success, checksum, execution_time)
        VALUES (999, 'newer', true, 'x', 0)";
    database.run(newer).await.unwrap();
    migrate(&database.settings()).await.unwrap();
}
