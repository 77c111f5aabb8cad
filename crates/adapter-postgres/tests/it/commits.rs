//! Group commit.

mod rows;

use std::collections::BTreeSet;
use std::time::{Duration, Instant};

use adapter_postgres::PostgresStore;
use client_app::ports::{Changeset, ClientStore, Committed, StoreError};
use client_domain::{ClaimKind, Client};
use sqlx::{Connection as _, PgConnection, Row as _};
use store_conformance::fixtures::{
    applicant, creation, keyed, maker, onboarded, outcome, renamed, replacement, request,
};
use tokio::task::JoinHandle;

use crate::database::Database;

const MANY: i64 = 40;

type Answer = Result<Committed, StoreError>;

/// Begins all commits while the table is locked: the first runs alone, and the others form a group.
async fn begin(store: &PostgresStore, changesets: &[Changeset]) -> Vec<JoinHandle<Answer>> {
    let begun = changesets.iter().cloned().map(|changeset| {
        let store = store.clone();
        tokio::spawn(async move { store.commit(changeset).await })
    });
    let begun = begun.collect();
    tokio::time::sleep(Duration::from_millis(150)).await;
    begun
}

async fn answers(begun: Vec<JoinHandle<Answer>>) -> Vec<Answer> {
    let mut answers = Vec::new();
    for one in begun {
        answers.push(one.await.unwrap());
    }
    answers
}

async fn lock(database: &Database) -> PgConnection {
    let mut other = database.connect().await;
    sqlx::raw_sql("BEGIN; LOCK TABLE client").execute(&mut other).await.unwrap();
    other
}

/// All of them concurrently.
async fn commit(database: &Database, store: &PostgresStore, changesets: &[Changeset]) -> Vec<Answer> {
    let holding = lock(database).await;
    let begun = begin(store, changesets).await;
    holding.close().await.unwrap();
    answers(begun).await
}

async fn number(database: &Database, sql: &str) -> i64 {
    database.run(sql).await.unwrap()[0].get(0)
}

/// How many clients were last written by a statement that wrote others as well.
async fn written_in_groups(database: &Database) -> i64 {
    let together = "SELECT coalesce(sum(n), 0)::bigint FROM (
        SELECT count(*) AS n FROM client GROUP BY xmin::text HAVING count(*) > 1) g";
    number(database, together).await
}

/// Rejected members among many others: each learns the cause, and the others are written in one group.
#[tokio::test(flavor = "multi_thread")]
async fn rejected_member_does_not_fail_its_batch() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let known = keyed(creation(&onboarded(100)), outcome(request(100), 1));
    assert_eq!(store.commit(known).await.unwrap(), Committed::Done);

    let mut changesets: Vec<_> = (1..=MANY).map(|n| creation(&onboarded(n))).collect();
    let mut rival = applicant(50);
    rival.details.email = applicant(100).details.email;
    changesets.insert(10, creation(&Client::onboard(rival, &maker(50))));
    changesets.insert(20, keyed(creation(&onboarded(51)), outcome(request(100), 1)));
    changesets.insert(30, keyed(creation(&onboarded(52)), outcome(request(100), 2)));
    // Client 101 was renamed since; client 102 is renamed twice concurrently.
    let mut versions = Vec::new();
    for n in [101, 102] {
        let created = onboarded(n).client;
        assert_eq!(store.commit(creation(&onboarded(n))).await.unwrap(), Committed::Done);
        let (one, other) = (renamed(&created, "Ngozi"), renamed(&created, "Uche"));
        versions.push([replacement(&created, &one), replacement(&created, &other)]);
    }
    assert_eq!(store.commit(versions[0][0].clone()).await.unwrap(), Committed::Done);
    changesets.push(versions[0][1].clone());
    changesets.extend(versions.pop().unwrap());
    let answers = commit(&database, &store, &changesets).await;

    let mut renamed = Vec::new();
    for (place, answer) in answers.into_iter().enumerate() {
        match (place, answer.unwrap()) {
            (44 | 45, answer) => renamed.push(answer),
            (10, Committed::ClaimTaken(kinds)) => assert_eq!(kinds, BTreeSet::from([ClaimKind::Email])),
            (20, Committed::Replayed(stored)) => assert_eq!(*stored, outcome(request(100), 1)),
            (30, Committed::KeyReused) | (43, Committed::Stale) => {}
            (place, Committed::Done) if ![10, 20, 30, 43].contains(&place) => {}
            (place, other) => panic!("{place}: {other:?}"),
        }
    }
    assert!(written_in_groups(&database).await > MANY / 2);
    let (clients, changes) = (MANY + 3, 2);
    for (table, expected) in [
        ("client", clients),
        ("client_number", clients),
        ("client_claim", 3 * clients),
        ("client_history", clients + changes),
        ("client_outbox", clients + changes),
    ] {
        let rows = number(&database, &format!("SELECT count(*) FROM {table}")).await;
        assert_eq!(rows, expected, "{table}");
    }
}

/// Members that conflict with each other make their statement fail: each is answered as if alone.
#[tokio::test(flavor = "multi_thread")]
async fn conflicting_members_do_not_fail_the_others() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let mut changesets: Vec<_> = (1..=MANY).map(|n| creation(&onboarded(n))).collect();
    for n in [60, 61] {
        // One key, twice.
        changesets.push(keyed(creation(&onboarded(n)), outcome(request(60), 1)));
        // One phone number, twice.
        let mut rival = applicant(10 + n);
        rival.details.phone = applicant(70).details.phone;
        changesets.push(creation(&Client::onboard(rival, &maker(n))));
    }
    // An id that a client has: the application allocates none twice, so the changeset is corrupt.
    let mut twice = applicant(80);
    twice.id = applicant(1).id;
    changesets.push(creation(&Client::onboard(twice, &maker(80))));
    let answers = commit(&database, &store, &changesets).await;

    let mut refused = Vec::new();
    for answer in answers {
        match answer {
            Ok(Committed::Done) => {}
            Ok(Committed::Replayed(_)) => refused.push("replayed"),
            Ok(Committed::ClaimTaken(kinds)) => {
                assert_eq!(kinds, BTreeSet::from([ClaimKind::Phone]));
                refused.push("phone");
            }
            Err(StoreError::Corrupt { what }) => {
                assert_eq!(what, "a new client whose key or id is taken");
                refused.push("corrupt");
            }
            other => panic!("{other:?}"),
        }
    }
    refused.sort_unstable();
    assert_eq!(refused, ["corrupt", "phone", "replayed"]);
    assert_eq!(number(&database, "SELECT count(*) FROM client").await, MANY + 2);
    assert_eq!(number(&database, "SELECT count(*) FROM client_idempotency").await, 1);
}

/// Another program holds a lock that one member needs. That member waits for it as long as a commit may, and the others do
/// not wait again.
#[tokio::test(flavor = "multi_thread")]
async fn member_that_waits_for_a_lock_does_not_fail_its_batch() {
    let database = Database::fresh().await;
    let mut settings = database.settings();
    settings.lock_timeout = Duration::from_millis(500);
    let store = PostgresStore::open(&settings).await.unwrap();
    let mut other = database.connect().await;
    sqlx::raw_sql(
        "BEGIN; INSERT INTO client_idempotency (actor, command, request_key, fingerprint, message, data, at)
            VALUES ('maker-1', 'CreateClientCommand', 'key-7', sha256(''), '', '{}', now())",
    )
    .execute(&mut other)
    .await
    .unwrap();
    let keyed = |n: i64| keyed(creation(&onboarded(n)), outcome(request(usize::try_from(n).unwrap()), 1));
    let changesets: Vec<_> = (1..=MANY).map(keyed).collect();
    let answers = commit(&database, &store, &changesets).await;

    for (n, answer) in (1..).zip(answers) {
        match answer {
            Err(StoreError::Unavailable(Some(_))) if n == 7 => {}
            Ok(Committed::Done) if n != 7 => {}
            other => panic!("{n}: {other:?}"),
        }
    }
    assert_eq!(number(&database, "SELECT count(*) FROM client").await, MANY - 1);
}

/// A server that is too slow for a batch is not asked for each of its members again.
#[tokio::test(flavor = "multi_thread")]
async fn members_of_a_timed_out_batch_are_answered_immediately() {
    let database = Database::fresh().await;
    let mut settings = database.settings();
    settings.statement_timeout = Duration::from_secs(1);
    let store = PostgresStore::open(&settings).await.unwrap();
    let changesets: Vec<_> = (1..=MANY).map(|n| creation(&onboarded(n))).collect();
    let holding = lock(&database).await;
    let began = Instant::now();
    let answers = answers(begin(&store, &changesets).await).await;
    let took = began.elapsed();
    holding.close().await.unwrap();
    assert!(answers.iter().all(|answer| matches!(answer, Err(StoreError::Unavailable(_)))), "{answers:?}");
    assert!(took < Duration::from_millis(1900), "{took:?}");
    assert_eq!(number(&database, "SELECT count(*) FROM client").await, 0);
}

/// The outcome of a batch on a broken connection is unknown, and so each member is answered. A retry with the same request key
/// is written once.
#[tokio::test(flavor = "multi_thread")]
async fn members_of_a_lost_batch_have_an_unknown_outcome() {
    let database = Database::fresh().await;
    let store = database.store().await;
    let keyed = |n: i64| keyed(creation(&onboarded(n)), outcome(request(usize::try_from(n).unwrap()), 1));
    let changesets: Vec<_> = (1..=MANY).map(keyed).collect();
    let mut holding = lock(&database).await;
    let begun = begin(&store, &changesets).await;
    let end = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity
        WHERE datname = current_database() AND pid <> pg_backend_pid()";
    let ended = sqlx::query(end).fetch_all(&mut holding).await.unwrap().len();
    assert!((2..10).contains(&ended), "{ended} statements were under way");
    holding.close().await.unwrap();
    let answers = answers(begun).await;
    assert!(answers.iter().all(|answer| matches!(answer, Err(StoreError::TimedOut(_)))), "{answers:?}");
    assert_eq!(number(&database, "SELECT count(*) FROM client").await, 0);

    let answers = commit(&database, &store, &changesets).await;
    assert!(answers.iter().all(|answer| matches!(answer, Ok(Committed::Done))), "{answers:?}");
}
