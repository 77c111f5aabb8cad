//! The checks of a store before it starts.

use std::path::Path;
use std::time::{Duration, Instant};

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

/// There is no cluster here: an extension of this name is all that is looked for.
#[tokio::test(flavor = "multi_thread")]
async fn a_cluster_of_citus_is_refused_before_anything_is_written() {
    let database = Database::empty().await;
    let named = "SET allow_system_table_mods = on;
        UPDATE pg_extension SET extname = 'citus' WHERE extname = 'plpgsql'";
    sqlx::raw_sql(named).execute(&mut database.connect().await).await.unwrap();
    let migrated = migrate(&database.settings()).await.unwrap_err();
    let opened = PostgresStore::open(&database.settings()).await.unwrap_err();
    for refused in [migrated, opened] {
        assert!(
            matches!(&refused, StartError::Unfit(complaint) if complaint.contains("citus")),
            "{refused:?}"
        );
    }
    let tables = "SELECT FROM pg_class WHERE relname = 'client' OR relname = '_sqlx_migrations'";
    assert!(database.run(tables).await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_unreachable_server_is_reported_without_the_password() {
    let mut settings = Settings::parse("postgres://nobody:secret@127.0.0.1:1/clients").unwrap();
    settings.acquire_timeout = std::time::Duration::from_millis(500);
    let error = PostgresStore::open(&settings).await.unwrap_err();
    assert!(matches!(error, StartError::Unreachable(_)), "{error:?}");
    assert!(!format!("{error:?} {settings:?}").contains("secret"));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_waits_for_a_server_that_is_not_up_yet() {
    // The socket of the server is in a folder that no client is told of, until it is linked into the one that they know.
    let server = Cluster::own(&[]);
    let direct = server.url("postgres");
    let folder = Path::new(direct.split_once("?host=").unwrap().1);
    let known = folder.join("known");
    std::fs::create_dir(&known).unwrap();
    let waits = |wait: u64| {
        let mut settings = settings(&format!("{direct}/known"));
        settings.start_timeout = Duration::from_secs(wait);
        settings
    };

    let began = Instant::now();
    assert!(matches!(migrate(&waits(1)).await, Err(StartError::Unreachable(_))));
    assert!((1.0..20.0).contains(&began.elapsed().as_secs_f64()), "{:?}", began.elapsed());
    let patient = waits(60);
    let starting = tokio::spawn(async move { migrate(&patient).await });
    tokio::time::sleep(Duration::from_millis(500)).await;
    assert!(!starting.is_finished());
    let name = ".s.PGSQL.5432";
    std::os::unix::fs::symlink(folder.join(name), known.join(name)).unwrap();
    starting.await.unwrap().unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_start_does_not_wait_for_what_will_not_pass() {
    let server = Cluster::own(&[]);
    let mut settings = settings(&server.url("no_such_database"));
    settings.start_timeout = Duration::from_mins(5);
    let error = PostgresStore::open(&settings).await.unwrap_err();
    assert!(error.to_string().contains("there is no database of this name"), "{error}");
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
