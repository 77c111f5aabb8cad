//! The cluster starts, is killed and comes back with what was committed.

use std::path::Path;

use clients_campaigns::{Cluster, Stop, Tools, processes};

async fn cluster() -> Cluster {
    Cluster::start(&Tools::find(None).unwrap()).await.unwrap()
}

async fn one(cluster: &Cluster, question: &str) -> String {
    cluster.sql(question).await.unwrap()[0][0].clone()
}

#[tokio::test]
async fn what_was_committed_survives_every_way_to_end() {
    let mut cluster = cluster().await;
    for (setting, value) in [
        ("fsync", "on"),
        ("full_page_writes", "on"),
        ("synchronous_commit", "on"),
        ("data_checksums", "on"),
        ("listen_addresses", "127.0.0.1"),
    ] {
        assert_eq!(one(&cluster, &format!("SHOW {setting}")).await, value, "{setting}");
    }
    cluster.sql("CREATE TABLE kept (n int)").await.unwrap();
    for round in 1..=4 {
        cluster.sql("INSERT INTO kept VALUES (1)").await.unwrap();
        match round {
            1 => cluster.kill(),
            2 => cluster.stop(Stop::Fast).await.unwrap(),
            3 => cluster.stop(Stop::Immediate).await.unwrap(),
            _ => assert!(cluster.kill_one("checkpointer")),
        }
        cluster.restart().await.unwrap();
        assert_eq!(one(&cluster, "SELECT count(*) FROM kept").await, round.to_string());
    }
}

#[tokio::test]
async fn an_old_copy_that_is_put_back_loses_what_came_after() {
    let mut cluster = cluster().await;
    cluster.sql("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)").await.unwrap();
    cluster.stop(Stop::Fast).await.unwrap();
    cluster.keep_copy().unwrap();
    cluster.restart().await.unwrap();
    cluster.sql("INSERT INTO kept VALUES (2)").await.unwrap();
    cluster.kill();
    cluster.put_copy_back().unwrap();
    cluster.restart().await.unwrap();
    assert_eq!(one(&cluster, "SELECT count(*) FROM kept").await, "1");
}

#[tokio::test]
async fn nothing_is_left_of_a_cluster_that_is_dropped() {
    let cluster = cluster().await;
    let (data, processes) = (cluster.data(), cluster.processes());
    assert!(processes.len() > 3, "{processes:?}");
    drop(cluster);
    assert!(!data.exists());
    for process in processes {
        assert!(!processes::title(process).contains("postgres:"), "{process} is there still");
    }
}

#[test]
fn without_postgresql_one_is_told_how_to_install_it() {
    let missing = Tools::find(Some(Path::new("/nowhere"))).unwrap_err().to_string();
    assert!(missing.contains("apt-get install postgresql"), "{missing}");
}
