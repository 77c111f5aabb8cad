//! A relay in a process of its own answers operators as the service does.

use std::process::Stdio;
use std::time::{Duration, Instant};

use clients_campaigns::{Binary, Cluster, Tools, plain_http};
use tokio::io::{AsyncBufReadExt as _, BufReader};
use tokio::process::Command;

const SECRET: &str = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw";

#[tokio::test]
async fn a_relay_answers_health_readiness_and_metrics() {
    let cluster = Cluster::start(&Tools::find(None).unwrap()).await.unwrap();
    let (binary, url) = (Binary::find(None).unwrap(), cluster.url());
    binary.run(&["migrate", "--database-url", &url]).await.unwrap();
    let mut command = Command::new(binary.path());
    command.env_clear().args(["relay", "--webhook", "http://127.0.0.1:9/", "--webhook-secret", SECRET]);
    command.args(["--database-url", &url, "--admin-listen", "127.0.0.1:0"]);
    let mut relay = command.stderr(Stdio::piped()).kill_on_drop(true).spawn().unwrap();
    let mut log = BufReader::new(relay.stderr.take().unwrap()).lines();
    let base = loop {
        let line = log.next_line().await.unwrap().expect("it ended before it listened");
        if let Some((_, address)) = line.split_once("address=") {
            break format!("http://{}", address.trim());
        }
    };

    let http = plain_http().unwrap();
    let get = async |path: &str| {
        let answer = http.get(format!("{base}{path}")).send().await.unwrap();
        (answer.status().as_u16(), answer.text().await.unwrap())
    };
    assert_eq!(get("/healthz").await.0, 200);
    let (status, ready) = get("/readyz").await;
    assert_eq!(status, 200, "{ready}");
    for check in ["reads", "jobs", "clock", "schema"] {
        assert!(ready.contains(&format!(r#""name":"{check}","status":"ok""#)), "{ready}");
    }
    let numbers = [
        r#"job_up{job="delivery"} 1"#,
        r#"job_up{job="clock"} 1"#,
        "clock_offset_seconds ",
        r#"outbox_dead_letters{receiver="default"} 0"#,
        r#"outbox_delivered_total{receiver="default"} 0"#,
    ];
    let until = Instant::now() + Duration::from_secs(10);
    loop {
        let (status, metrics) = get("/metrics").await;
        assert_eq!(status, 200);
        let missing: Vec<_> = numbers.iter().filter(|number| !metrics.contains(**number)).collect();
        if missing.is_empty() {
            break;
        }
        assert!(Instant::now() < until, "{missing:?} in {metrics}");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(get("/api/bpm/qry").await.0, 404, "callers are answered elsewhere");
}
