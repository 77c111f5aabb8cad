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
async fn committed_data_survives_every_kind_of_stop() {
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
async fn restored_copy_loses_later_commits() {
    let mut cluster = cluster().await;
    cluster.sql("CREATE TABLE kept (n int); INSERT INTO kept VALUES (1)").await.unwrap();
    cluster.stop(Stop::Fast).await.unwrap();
    cluster.save_copy().unwrap();
    cluster.restart().await.unwrap();
    cluster.sql("INSERT INTO kept VALUES (2)").await.unwrap();
    cluster.kill();
    cluster.restore_copy().unwrap();
    cluster.restart().await.unwrap();
    assert_eq!(one(&cluster, "SELECT count(*) FROM kept").await, "1");
}

#[tokio::test]
async fn dropped_cluster_leaves_nothing_behind() {
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
fn missing_postgresql_error_explains_the_installation() {
    let missing = Tools::find(Some(Path::new("/nowhere"))).unwrap_err().to_string();
    assert!(missing.contains("apt-get install postgresql"), "{missing}");
}
