//! What was confirmed, and whether it outlives its server.

use adapter_postgres::{ConfirmedCommits, PostgresStore, StartError};
use client_app::ports::{ClientStore as _, Committed};
use store_conformance::fixtures::{creation, onboarded, renamed, replacement};
use throwaway_postgres::Cluster;

use crate::database::{Database, settings};

#[tokio::test(flavor = "multi_thread")]
async fn a_database_without_the_latest_commits_is_recognised() {
    let (database, former) = (Database::fresh().await, Database::fresh().await);
    let (store, of_former) = (database.store().await, former.store().await);
    assert!(store.confirmed().is_empty() && store.confirmed().latest().is_none());
    let ada = onboarded(1);
    for store in [&store, &of_former] {
        assert_eq!(store.commit(creation(&ada)).await.unwrap(), Committed::Done);
    }
    let first = store.confirmed();
    assert!(!first.is_empty());
    assert!(!of_former.lacks(&first).await.unwrap());
    // A refused commit confirms nothing.
    store.commit(creation(&ada)).await.unwrap_err();
    assert_eq!(store.confirmed(), first);

    let change = renamed(&ada.client, "Ngozi");
    assert_eq!(store.commit(replacement(&ada.client, &change)).await.unwrap(), Committed::Done);
    let kept = ConfirmedCommits::parse(&store.confirmed().to_text()).unwrap();
    assert_eq!(kept, store.confirmed());
    assert!(!store.lacks(&kept).await.unwrap());
    assert!(of_former.lacks(&kept).await.unwrap(), "version 2 is lacking");
    assert!(!store.lacks_own().await.unwrap());
    // The same version by another commit.
    let at = "UPDATE client_history SET at = at + interval '1 second' WHERE version = 2";
    database.run_past_triggers(at).await;
    assert!(store.lacks(&kept).await.unwrap());
    // Of very many, the latest are kept.
    for number in 2..60 {
        assert_eq!(of_former.commit(creation(&onboarded(number))).await.unwrap(), Committed::Done);
    }
    assert!(of_former.confirmed().to_text().len() < 8_000);
    assert!(!of_former.confirmed().to_text().contains(ada.client.key().as_str()));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_confirms_alone_is_refused_where_a_standby_is_required() {
    let server = Cluster::own(&["-c", "fsync=off", "-c", "full_page_writes=off"]);
    let mut settings = settings(&server.url("postgres"));
    adapter_postgres::migrate(&settings).await.unwrap();
    let store = PostgresStore::open(&settings).await.unwrap();
    assert_eq!(store.synchronous_standbys().await.unwrap(), 0);
    settings.require_synchronous_standby = true;
    match PostgresStore::open(&settings).await {
        Err(StartError::Unfit(sentence)) => {
            assert!(sentence.contains("synchronous_standby_names"), "{sentence}");
        }
        other => panic!("{other:?}"),
    }
    let mut connection = crate::database::connect(&server.url("postgres")).await;
    for statement in
        ["ALTER SYSTEM SET synchronous_standby_names = 'ANY 2 (a, b, c)'", "SELECT pg_reload_conf()"]
    {
        sqlx::query(statement).execute(&mut connection).await.unwrap();
    }
    while store.synchronous_standbys().await.unwrap() == 0 {}
    // It is away, so commits wait; what is read is answered.
    let store = PostgresStore::open(&settings).await.unwrap();
    assert_eq!(store.synchronous_standbys().await.unwrap(), 2);
}
