//! The checks of a store before it starts.

use adapter_postgres::{PostgresStore, Settings, StartError, migrate};
use sqlx::Row as _;
use throwaway_postgres::Cluster;

use crate::database::{Database, settings};

#[tokio::test(flavor = "multi_thread")]
async fn a_server_that_may_lose_what_it_has_confirmed_is_refused() {
    for setting in ["fsync", "full_page_writes"] {
        let server = Cluster::own(&["-c", &format!("{setting}=off")]);
        let mut settings = settings(&server.url("postgres"));
        settings.accept_data_loss = false;
        match PostgresStore::open(&settings).await {
            Err(StartError::Unfit(complaint)) => assert!(complaint.starts_with(setting), "{complaint}"),
            other => panic!("{other:?}"),
        }
        settings.accept_data_loss = true;
        migrate(&settings).await.unwrap();
        PostgresStore::open(&settings).await.unwrap();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn another_encoding_is_refused() {
    let database = Database::empty().await;
    let name = format!("{}_latin", database.url.split('?').next().unwrap().rsplit('/').next().unwrap());
    database
        .run(&format!("CREATE DATABASE {name} TEMPLATE template0 ENCODING 'LATIN1' LOCALE 'C'"))
        .await
        .unwrap();
    let url = database.url.replace(name.trim_end_matches("_latin"), &name);
    match PostgresStore::open(&settings(&url)).await {
        Err(StartError::Unfit(complaint)) => assert!(complaint.contains("UTF8"), "{complaint}"),
        other => panic!("{other:?}"),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_server_is_reported_without_the_password() {
    let mut settings = Settings::parse("postgres://nobody:secret@127.0.0.1:1/clients").unwrap();
    settings.acquire_timeout = std::time::Duration::from_millis(500);
    let error = PostgresStore::open(&settings).await.unwrap_err();
    assert!(matches!(error, StartError::Unreachable(_)), "{error:?}");
    assert!(!format!("{error:?} {settings:?}").contains("secret"));
}

/// A role or a database may have other ideas; the session's word is the last.
#[tokio::test(flavor = "multi_thread")]
async fn connections_confirm_only_durable_writes() {
    let database = Database::fresh().await;
    let name = database.url.split('?').next().unwrap().rsplit('/').next().unwrap();
    database.run(&format!("ALTER DATABASE {name} SET synchronous_commit = off")).await.unwrap();
    let weak = database.run("SELECT current_setting('synchronous_commit')").await.unwrap();
    assert_eq!(weak[0].get::<String, _>(0), "off");
    database.store().await;
}
