//! A database that has lost what it confirmed, or that could lose it, is refused and turns readiness red.

use std::time::{Duration, Instant};

use sqlx::{AssertSqlSafe, Connection as _};
use throwaway_postgres::Cluster;

use crate::kept_data::{applicant, post};
use crate::service::{Service, call, shell, wait_a_moment};

const SECRET: &str = "a secret of the tests for confirmed commits";

fn sql(cluster: &Cluster, statement: &str) {
    let runtime = tokio::runtime::Runtime::new().unwrap();
    runtime.block_on(async {
        let mut connection = sqlx::PgConnection::connect(&cluster.url("postgres")).await.unwrap();
        sqlx::raw_sql(AssertSqlSafe(statement.to_owned())).execute(&mut connection).await.unwrap();
    });
}

/// Waits until readiness says this.
fn wait_until_ready_says(service: &Service, words: &str) {
    let began = Instant::now();
    loop {
        let text = shell(&format!("curl -s http://{}/readyz", service.address), &[]);
        if text.contains(words) {
            return;
        }
        assert!(began.elapsed() < Duration::from_secs(30), "{text}");
        wait_a_moment();
    }
}

#[test]
fn a_database_that_has_lost_commits_is_refused_and_turns_readiness_red() {
    let cluster = Cluster::own(&["-c", "fsync=off"]);
    let folder = tempfile::tempdir().unwrap();
    let place = folder.path().join("confirmed");
    let url = cluster.url("postgres");
    let variables = [("DATABASE_URL", url.as_str()), ("CLIENTS_JWT_HS256_SECRET", SECRET)];
    let arguments =
        ["--development", "on", "--accept-data-loss", "on", "--confirmed-commits", place.to_str().unwrap()];
    let service = Service::start(&arguments, &variables);
    let token = String::from_utf8(call(&["token"], &[variables[1]]).stdout).unwrap();
    let created = post(&service.address, token.trim(), Some("key-1"), &applicant(1)).unwrap();
    let client = created["data"]["contactEncodedKey"].as_str().unwrap();
    let kept = || std::fs::read_to_string(&place).is_ok_and(|text| text.contains(client));
    let began = Instant::now();
    while !kept() {
        assert!(began.elapsed() < Duration::from_secs(30), "nothing was kept");
        wait_a_moment();
    }
    wait_until_ready_says(&service, "{\"name\":\"replication\",\"status\":\"ok\"}");

    // As in a database that took the place of this one: the same version was written at another time.
    sql(
        &cluster,
        "SET session_replication_role = replica; UPDATE client_history SET at = at + interval '1 second'",
    );
    wait_until_ready_says(&service, "The database lacks commits that it has confirmed");
    assert!(kept(), "what was kept is not forgotten");
    service.stop();

    let refused = String::from_utf8(call(&arguments, &variables).stderr).unwrap();
    assert!(refused.contains("start once with --accept-older-database on"), "{refused}");
    let once = [&arguments[..], &["--accept-older-database", "on"]].concat();
    Service::start(&once, &variables).stop();
    let service = Service::start(&arguments, &variables);
    wait_until_ready_says(&service, "\"status\":\"ready\"");
}

#[test]
fn a_database_that_confirms_alone_is_refused_and_turns_readiness_red() {
    let cluster = Cluster::own(&["-c", "fsync=off"]);
    let url = cluster.url("postgres");
    let variables = [("DATABASE_URL", url.as_str()), ("CLIENTS_JWT_HS256_SECRET", SECRET)];
    let arguments = ["--development", "on", "--accept-data-loss", "on"];
    Service::start(&arguments, &variables).stop();
    let required = [&arguments[..], &["--require-synchronous-standby", "on"]].concat();
    let refused = String::from_utf8(call(&required, &variables).stderr).unwrap();
    assert!(refused.contains("synchronous_standby_names is empty"), "{refused}");

    sql(&cluster, "ALTER SYSTEM SET synchronous_standby_names = 'away'");
    sql(&cluster, "SELECT pg_reload_conf()");
    let service = Service::start(&required, &variables);
    wait_until_ready_says(&service, "{\"name\":\"replication\",\"status\":\"ok\"}");
    sql(&cluster, "ALTER SYSTEM RESET synchronous_standby_names");
    sql(&cluster, "SELECT pg_reload_conf()");
    wait_until_ready_says(&service, "The database confirms commits without a synchronous standby");
    let metrics = shell(&format!("curl -s http://{}/metrics", service.address), &[]);
    for line in ["database_synchronous_standbys 0", "database_synchronous_standby_required 1"] {
        assert!(metrics.contains(line), "{line}: {metrics}");
    }
}
