//! An address with several servers: the one that is wanted is found whenever a connection is opened.

use std::path::Path;
use std::time::Duration;

use adapter_postgres::{PostgresStore, Settings, StartError, migrate};
use client_app::ports::{ClientRef, ClientStore as _, Committed};
use sqlx::AssertSqlSafe;
use store_conformance::fixtures::{creation, onboarded};
use throwaway_postgres::Cluster;

use crate::database::{connect, settings};

/// The folder of a server, in which its socket is.
fn folder(server: &Cluster) -> String {
    server.url("postgres").split_once("?host=").unwrap().1.to_owned()
}

fn several(servers: &[&str], wanted: &str) -> Settings {
    settings(&format!("postgres://postgres@/postgres?host={}{wanted}", servers.join(",")))
}

async fn run(server: &Cluster, sql: &str) {
    let mut connection = connect(&server.url("postgres")).await;
    sqlx::query(AssertSqlSafe(sql.to_owned())).execute(&mut connection).await.unwrap();
}

async fn clients(server: &Cluster) -> i64 {
    let mut connection = connect(&server.url("postgres")).await;
    sqlx::query_scalar("SELECT count(*) FROM client").fetch_one(&mut connection).await.unwrap()
}

async fn takes_writes(server: &Cluster) -> bool {
    let mut connection = connect(&server.url("postgres")).await;
    let statement = "SELECT current_setting('default_transaction_read_only') = 'off'";
    sqlx::query_scalar(statement).fetch_one(&mut connection).await.unwrap()
}

/// The processes of the server that serve a store.
async fn sessions(server: &Cluster) -> Option<Vec<i32>> {
    let mut connection = connect(&server.url("postgres")).await;
    let statement = "SELECT array_agg(pid ORDER BY pid) FROM pg_stat_activity
        WHERE backend_type = 'client backend' AND pid <> pg_backend_pid()";
    sqlx::query_scalar(statement).fetch_one(&mut connection).await.unwrap()
}

async fn create(store: &PostgresStore, number: i64) {
    assert_eq!(store.commit(creation(&onboarded(number))).await.unwrap(), Committed::Done);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_finds_the_server_that_is_wanted_and_leaves_one_that_takes_no_writes_any_more() {
    let unsafe_but_fast = ["-c", "fsync=off", "-c", "full_page_writes=off"];
    let (first, second) = (Cluster::own(&unsafe_but_fast), Cluster::own(&unsafe_but_fast));
    migrate(&settings(&first.url("postgres"))).await.unwrap();
    migrate(&settings(&second.url("postgres"))).await.unwrap();
    let (a, b) = (folder(&first), folder(&second));

    // The first that takes writes, past one that is not there. When it stops taking them, no command ends with its refusal.
    let store = PostgresStore::open(&several(&["/nowhere", &a, &b], "")).await.unwrap();
    create(&store, 1).await;
    run(&first, "ALTER SYSTEM SET default_transaction_read_only = on").await;
    run(&first, "SELECT pg_reload_conf()").await;
    while takes_writes(&first).await {}
    for number in 2..12 {
        create(&store, number).await;
    }
    assert_eq!((clients(&first).await, clients(&second).await), (1, 10));
    assert!(store.ready().await.whole().is_ok());
    store.close().await;

    // The second becomes a standby; the first takes writes as soon as it is asked to.
    second.stop();
    std::fs::write(Path::new(&b).join("data/standby.signal"), "").unwrap();
    second.start_again();
    let outcome = PostgresStore::open(&several(&[&a, &b], "")).await;
    let Err(StartError::Unreachable(error)) = outcome else { panic!("{outcome:?}") };
    assert!(error.contains(&format!("{a}: it is read-only; {b}: it is a standby")), "{error}");
    for wanted in ["standby", "prefer-standby", "read-only", "any", "primary"] {
        let mut settings = several(&[&b, &a], &format!("&target_session_attrs={wanted}"));
        settings.trusted_idle = Duration::ZERO;
        let store = PostgresStore::open(&settings).await.unwrap();
        let of_first =
            store.find(&client_app::ports::ClientRef::Key(onboarded(1).client.key().clone())).await.unwrap();
        assert_eq!(of_first.is_some(), wanted == "primary", "{wanted}");
        if wanted == "primary" {
            // A primary that takes no writes by default is the one that is wanted, so its connections are used again.
            let before = sessions(&first).await;
            let key = ClientRef::Key(onboarded(1).client.key().clone());
            for _ in 0..3 {
                store.find(&key).await.unwrap();
            }
            assert_eq!(sessions(&first).await, before);
        }
        store.close().await;
    }
}
