//! Nothing of a server is left, however its process ends.

#![expect(clippy::unwrap_used, reason = "a test that meets what it does not expect is to stop")]

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use throwaway_postgres::Cluster;

/// What the other process says before it dies.
const FOLDER: &str = "folder: ";

fn folder(cluster: &Cluster) -> PathBuf {
    cluster.url("postgres").split_once("?host=").unwrap().1.into()
}

/// The server stops by itself, so it may take a moment.
fn is_removed(folder: &Path) -> bool {
    let begun = Instant::now();
    while folder.exists() && begun.elapsed() < Duration::from_mins(1) {
        std::thread::sleep(Duration::from_millis(20));
    }
    !folder.exists()
}

fn server(folder: &Path) -> u32 {
    let status = std::fs::read_to_string(folder.join("data/postmaster.pid")).unwrap();
    status.lines().next().unwrap().parse().unwrap()
}

fn runs(process: u32) -> bool {
    Command::new("kill").args(["-0", &process.to_string()]).output().unwrap().status.success()
}

#[test]
fn dropped_handle_stops_its_server() {
    let cluster = Cluster::own(&[]);
    let (folder, server) = (folder(&cluster), server(&folder(&cluster)));
    assert!(runs(server));
    drop(cluster);
    assert!(is_removed(&folder));
    assert!(!runs(server));
}

#[test]
fn dropped_handle_stops_a_restarted_server() {
    let cluster = Cluster::own(&[]);
    let (folder, before) = (folder(&cluster), server(&folder(&cluster)));
    cluster.crash_and_restart();
    let after = server(&folder);
    assert_ne!(before, after);
    drop(cluster);
    assert!(is_removed(&folder));
    assert!(!runs(after));
}

#[test]
fn killed_process_stops_its_server() {
    let this = std::env::current_exe().unwrap();
    let dying = Command::new(this)
        .args(["--exact", "process_that_dies_with_a_server", "--ignored", "--nocapture"])
        .output()
        .unwrap();
    assert!(!dying.status.success());
    let said = String::from_utf8(dying.stdout).unwrap();
    let folder = said.lines().find_map(|line| line.split_once(FOLDER)).unwrap().1;
    assert!(is_removed(Path::new(folder)));
}

#[test]
#[ignore = "the other process of the test above"]
fn process_that_dies_with_a_server() {
    let cluster = Cluster::own(&[]);
    let folder = folder(&cluster);
    assert!(runs(server(&folder)));
    println!("{FOLDER}{}", folder.display());
    std::process::abort();
}
