//! A service whose disk does not answer.

use std::fs;
use std::process::Command;
use std::sync::mpsc;
use std::time::Duration;

use throwaway_postgres::Cluster;

use crate::service::{Service, shell};

const SECRET: &str = "0123456789abcdef0123456789abcdef";

/// A named pipe without a writer simulates a file on such a disk: opening it blocks for ever.
#[test]
fn blocked_file_operation_does_not_delay_the_stop_beyond_the_drain_deadline() {
    let cluster = Cluster::own(&["-c", "fsync=off"]);
    let folder = tempfile::tempdir().unwrap();
    let documents = folder.path().to_str().unwrap();
    let service = Service::start(
        &[
            "--documents",
            documents,
            "--drain-deadline",
            "1",
            "--development",
            "on",
            "--accept-data-loss",
            "on",
        ],
        &[("DATABASE_URL", &cluster.url("postgres")), ("CLIENTS_JWT_HS256_SECRET", SECRET)],
    );
    let marker = folder.path().join("installation");
    fs::remove_file(&marker).unwrap();
    assert!(Command::new("mkfifo").arg(&marker).status().unwrap().success());
    let ready = shell(&format!("curl -s http://{}/readyz", service.address), &[]);
    assert!(ready.contains("store_unavailable"), "{ready}");

    let pid = service.pid();
    let (sender, stopped) = mpsc::channel();
    std::thread::spawn(move || sender.send(service.stop()));
    let Ok(ended) = stopped.recv_timeout(Duration::from_secs(30)) else {
        shell(&format!("kill -KILL {pid}"), &[]);
        panic!("the process is still running");
    };
    assert_eq!(ended.code, Some(0), "{}", ended.stderr);
    assert!(ended.stderr.contains("stopped"), "{}", ended.stderr);
}
