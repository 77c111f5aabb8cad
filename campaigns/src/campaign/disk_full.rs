//! The disk of a data folder fills up under writers, and has room again.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use serde_json::json;
use tokio::time::sleep;

use crate::bench::Bench;
use crate::caller::Retry;
use crate::findings::Oracle;
use crate::options::{Options, Setup, Store};
use crate::report::Report;
use crate::{Actor, RunError, Storage};

/// The size of the disk, and what is left of it when it is about to be full.
const DISK: &str = "size=256m";
const LEFT: u64 = 1024 * 1024;
/// How long writers may take to fill what is left.
const FILLING: Duration = Duration::from_mins(2);
/// How long the disk stays full.
const FULL: Duration = Duration::from_secs(2);
/// From the moment at which there is room, an order is done within this.
const RESUMED: Duration = Duration::from_secs(5);

/// On a full disk orders are refused with 503 and queries answered; with room again orders are done within five seconds;
/// nothing that was acknowledged is lost, and the database is whole.
///
/// The control deletes the log of the database after a crash, as an operator might who needs room.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    if options.store != Store::Sqlite {
        return Err(RunError::new("this is about a data folder: --store sqlite"));
    }
    let mut bench = Bench::open("disk-full", options, Setup { services: 0, ..Setup::default() }).await?;
    bench.report.control = options.control.then_some(Oracle::Lost);
    let folder = bench.data.as_ref().map(crate::DataFolder::path).unwrap_or_default();
    let parent = folder.parent().map(Path::to_owned).unwrap_or_default();
    let disk = SmallDisk::mount(&parent)?;
    bench.add_service(Storage::Folder(&folder), &[]).await?;
    let writers = bench.write(8, Retry::SameKey, "w");
    sleep(Duration::from_secs(2)).await;
    let rounds = options.rounds(1, 20);
    let (mut fills, mut resumed) = (Vec::new(), Vec::new());
    for round in 0..rounds {
        let begun = bench.history.now();
        let ballast = disk.fill()?;
        wait_for_refusal(&bench, begun).await?;
        fills.push(bench.history.now().saturating_sub(begun));
        queries_are_answered(&mut bench).await;
        sleep(FULL).await;
        std::fs::remove_file(ballast)?;
        resumed.push(first_success(&mut bench).await);
        sleep(bench.random.millis(200, 1_000)).await;
        bench.progress(round + 1, rounds);
    }
    bench.report.measure("full disks", rounds);
    bench.report.measure_times("full after, s", fills);
    bench.report.measure_times("first order done after there is room, s", resumed);
    bench.finish(writers).await;
    if options.control {
        bench.service()?.kill();
        std::fs::remove_file(folder.join("clients.db-wal"))?;
        bench.service()?.restart().await?;
    }
    let whole = bench.rows("PRAGMA integrity_check").await?.unwrap_or_default().concat().concat();
    bench.report.findings.expect(whole == "ok", Oracle::Damaged, || whole.clone());
    bench.expect_all_done();
    let report = bench.check().await;
    drop(disk);
    report
}

/// Waits until an order is refused because the disk is full.
async fn wait_for_refusal(bench: &Bench, since: Duration) -> Result<(), RunError> {
    loop {
        let refused = bench
            .history
            .attempts()
            .iter()
            .rev()
            .take_while(|one| one.end >= since)
            .any(|one| one.status == 503);
        if refused {
            return Ok(());
        }
        if bench.history.now().saturating_sub(since) > FILLING {
            return Err(RunError::new("the disk does not fill up"));
        }
        sleep(Duration::from_millis(20)).await;
    }
}

/// Queries need no room.
async fn queries_are_answered(bench: &mut Bench) {
    for _ in 0..20 {
        let start = bench.history.now();
        let query = json!({ "pageSize": 20 });
        let asked = bench.caller.ask(&bench.base(0), Actor::Other, "RetrieveContactListQuery", &query).await;
        bench.history.note_query(start, asked.as_ref());
        let answered = asked.is_ok_and(|answer| answer.status == 200);
        bench
            .report
            .findings
            .expect(answered, Oracle::WrongAnswer, || "a query failed on a full disk".to_owned());
    }
}

/// How long it takes from now until an order is done.
async fn first_success(bench: &mut Bench) -> Duration {
    let from = bench.history.now();
    let took = loop {
        let waited = bench.history.now().saturating_sub(from);
        let success = bench.history.first_success_from(from);
        if let Some(at) = success {
            break at.saturating_sub(from);
        }
        if waited > RESUMED * 6 {
            break waited;
        }
        sleep(Duration::from_millis(20)).await;
    };
    bench
        .report
        .findings
        .expect(took <= RESUMED, Oracle::Recovery, || format!("an order was done after {took:?}"));
    took
}

/// A disk in memory. It is unmounted when this is dropped.
struct SmallDisk(PathBuf);

impl SmallDisk {
    fn mount(at: &Path) -> Result<Self, RunError> {
        let mounted = Command::new("mount").args(["-t", "tmpfs", "-o", DISK, "tmpfs"]).arg(at).status()?;
        let refused = || RunError::new("a small disk cannot be mounted: this campaign needs root");
        mounted.success().then(|| Self(at.to_owned())).ok_or_else(refused)
    }

    /// Takes all but a little of what is free: the file that takes it.
    fn fill(&self) -> Result<PathBuf, RunError> {
        let ballast = self.0.join("ballast");
        // What writers need meanwhile is not free any more.
        for _ in 0..10 {
            let free = Command::new("df").args(["--output=avail", "-B1"]).arg(&self.0).output()?;
            let free = String::from_utf8_lossy(&free.stdout)
                .lines()
                .last()
                .unwrap_or_default()
                .trim()
                .parse::<u64>();
            let length = free.map_err(RunError::during("df"))?.saturating_sub(LEFT).max(1);
            // A file with holes would take no room.
            let filled =
                Command::new("fallocate").args(["-l", &length.to_string()]).arg(&ballast).output()?;
            if filled.status.success() {
                return Ok(ballast);
            }
        }
        Err(RunError::new("the disk cannot be filled"))
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        let _ = Command::new("umount").arg("--lazy").arg(&self.0).status();
    }
}
