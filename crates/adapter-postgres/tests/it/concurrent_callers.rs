//! Very many commands about one client, and reads of commands while commits hold their connections.

use std::sync::Arc;
use std::time::{Duration, Instant};

use adapter_postgres::{PostgresStore, Settings};
use client_app::ports::{ClientRef, ClientStore, Committed, Outbox as _, StoreError};
use sqlx::{Connection as _, Row as _};
use store_conformance::fixtures::{
    applicant, creation, keyed, onboarded, outcome, renamed, replacement, request,
};
use tokio::sync::Barrier;
use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::database::Database;

const CALLERS: usize = 500;

/// A store with the limits of the service.
async fn store(database: &Database) -> PostgresStore {
    let mut settings = Settings::parse(&database.url).unwrap();
    settings.accept_data_loss = true;
    PostgresStore::open(&settings).await.unwrap()
}

async fn statements(database: &Database) -> i64 {
    let ask = "SELECT xact_commit FROM pg_stat_database WHERE datname = current_database()";
    // A connection reports its statements when it ends.
    sleep(Duration::from_millis(500)).await;
    database.run(ask).await.unwrap()[0].get(0)
}

/// Each caller reads, decides, commits and, after a version conflict, reads again.
#[tokio::test(flavor = "multi_thread")]
async fn very_many_commands_about_one_client_share_their_statements() {
    let database = Database::fresh().await;
    let store = store(&database).await;
    let before = onboarded(1).client;
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
    let begun = statements(&database).await;
    let read = Arc::new(Barrier::new(CALLERS));
    let mut callers = JoinSet::new();
    for n in 0..CALLERS {
        let (store, before, read) = (store.clone(), before.clone(), read.clone());
        callers.spawn(async move {
            let name = ClientRef::Key(applicant(1).key);
            let new = outcome(request(n), 1);
            let loaded = store.load(&name, Some(&new.request)).await;
            // Each decides by the version before the first commit.
            read.wait().await;
            let loaded = loaded?;
            assert!(loaded.client.as_ref() == Some(&before) && loaded.outcome.is_none());
            let change = renamed(&before, &format!("Ada{}", "a".repeat(n % 40)));
            let answer = store.commit(keyed(replacement(&before, &change), new.clone())).await?;
            let loaded = store.load(&name, Some(&new.request)).await?;
            assert_eq!(loaded.outcome.is_some(), answer == Committed::Done);
            Ok::<_, StoreError>(answer)
        });
    }
    let answers = callers.join_all().await;
    let done = answers.iter().filter(|answer| matches!(answer, Ok(Committed::Done))).count();
    let stale = answers.iter().filter(|answer| matches!(answer, Ok(Committed::Stale))).count();
    assert_eq!((done, done + stale), (1, CALLERS), "{:?}", answers.iter().find(|answer| answer.is_err()));
    store.close().await;
    let sent = statements(&database).await - begun;
    assert!(usize::try_from(sent).unwrap() < CALLERS, "{sent} statements");
}

/// A row that another program has locked delays every commit, and no read of other clients by commands.
#[tokio::test(flavor = "multi_thread")]
async fn commands_read_while_commits_hold_all_of_their_connections() {
    let database = Database::fresh().await;
    let store = store(&database).await;
    for n in 1..=2 {
        assert_eq!(store.commit(creation(&onboarded(n))).await.unwrap(), Committed::Done);
    }
    let mut outsider = database.connect().await;
    let lock = format!("BEGIN; SELECT FROM client WHERE id = {} FOR UPDATE", applicant(1).id);
    sqlx::raw_sql(sqlx::AssertSqlSafe(lock)).execute(&mut outsider).await.unwrap();
    let mut commits = JoinSet::new();
    for n in 0..24 {
        let store = store.clone();
        let before = onboarded(1).client;
        let change = renamed(&before, &format!("Ada{}", "a".repeat(n)));
        commits.spawn(async move { store.commit(replacement(&before, &change)).await });
        sleep(Duration::from_millis(15)).await;
    }
    for _ in 0..5 {
        let begun = Instant::now();
        let loaded = store.load(&ClientRef::Key(applicant(2).key), None).await.unwrap();
        assert!(loaded.client.is_some());
        let loaded = store.load(&ClientRef::Id(applicant(2).id), None).await.unwrap();
        assert!(loaded.client.is_some());
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    }
    outsider.close().await.unwrap();
    commits.join_all().await;
}

/// Reads of commands use connections of the reads by key, and leave one of them free.
#[tokio::test(flavor = "multi_thread")]
async fn reads_of_commands_leave_a_connection_to_reads_by_key() {
    let database = Database::fresh().await;
    let store = store(&database).await;
    let mut outsider = database.connect().await;
    sqlx::raw_sql("BEGIN; LOCK TABLE client").execute(&mut outsider).await.unwrap();
    let mut loads = JoinSet::new();
    for n in 0..30 {
        let store = store.clone();
        loads.spawn(async move { store.load(&ClientRef::Id(applicant(n + 1).id), None).await });
    }
    sleep(Duration::from_millis(300)).await;
    for _ in 0..5 {
        let begun = Instant::now();
        store.backlog().await.unwrap();
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    }
    outsider.close().await.unwrap();
    loads.join_all().await;
}
