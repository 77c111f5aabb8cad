//! What happens while the file is busy or the disk is full, and that the answers are true.

use adapter_sqlite::SqliteStore;
use client_app::ports::{ClientRef, ClientStore, Committed, StoreError};
use futures_util::future::join_all;
use store_conformance::fixtures::{applicant, creation, onboarded};

use crate::database::Database;

async fn is_there(store: &SqliteStore, n: i64) -> bool {
    store.find(&ClientRef::Id(applicant(n).id)).await.unwrap().is_some()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_file_that_is_busy_is_unavailable_and_nothing_is_written() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let connection = database.connect();
    connection.execute_batch("BEGIN IMMEDIATE").unwrap();
    assert!(matches!(store.commit(creation(&onboarded(1))).await, Err(StoreError::Unavailable(Some(_)))));
    assert!(store.ready().await.reads.is_ok() && store.ready().await.commands.is_err());
    connection.execute_batch("ROLLBACK").unwrap();
    assert!(!is_there(&store, 1).await);
    assert_eq!(store.commit(creation(&onboarded(1))).await.unwrap(), Committed::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk_is_unavailable_and_the_store_works_on_when_there_is_room() {
    let database = Database::fresh().await;
    let mut limited = database.settings();
    limited.max_bytes = Some(512 * 1024);
    let store = SqliteStore::open(&limited).await.unwrap();
    let (mut done, mut full) = (Vec::new(), 0);
    for n in 1..=20 {
        let groups = join_all((0..8).map(|k| store.commit(creation(&onboarded(n * 8 + k))))).await;
        for (k, answer) in (0..8).zip(groups) {
            match answer {
                Ok(committed) => {
                    assert_eq!(committed, Committed::Done);
                    done.push(n * 8 + k);
                }
                Err(StoreError::Unavailable(Some(cause))) => {
                    assert_eq!(cause.to_string(), "the disk is full (SQLite 13)");
                    full += 1;
                }
                Err(other) => panic!("{other:?}"),
            }
        }
    }
    assert!(full > 0 && !done.is_empty(), "{full} {}", done.len());
    for n in 8..168 {
        assert_eq!(is_there(&store, n).await, done.contains(&n), "{n}");
    }
    store.close().await;
    let store = database.store().await;
    assert_eq!(store.commit(creation(&onboarded(500))).await.unwrap(), Committed::Done);
    let sound: String = database.connect().query_row("PRAGMA integrity_check", [], |row| row.get(0)).unwrap();
    assert_eq!(sound, "ok");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refused_member_does_not_fail_its_group() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let forged = |n: i64| {
        let mut changeset = creation(&onboarded(n));
        if n % 3 == 0 {
            changeset.history[0].event.from = Some(client_domain::ClientState::Rejected);
        }
        changeset
    };
    let answers = join_all((1..=60).map(|n| store.commit(forged(n)))).await;
    for (n, answer) in (1..).zip(answers) {
        match answer {
            Ok(committed) => assert!(committed == Committed::Done && n % 3 != 0, "{n}"),
            Err(error) => assert!(matches!(error, StoreError::Corrupt { .. }) && n % 3 == 0, "{n} {error:?}"),
        }
        assert_eq!(is_there(&store, n).await, n % 3 != 0, "{n}");
    }
}
