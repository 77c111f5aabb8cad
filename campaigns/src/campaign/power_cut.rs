//! The power is cut while writers work on a data folder. What the disk has then is computed from the system calls of the
//! service: `kill -9` leaves the system's cache alone, and would not show a sync that is missing.

mod aftermath;

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::sleep;

use self::aftermath::Aftermath;
use crate::bench::Bench;
use crate::disk_image::{DiskImage, PowerCut, Unsynced};
use crate::documents::{Documents, pdf};
use crate::findings::Oracle;
use crate::options::{Options, Setup};
use crate::report::Report;
use crate::{DataFolder, RunError, Seeded, Syncs, Trace, Tracer};

/// How long each writer rests after an answer, so that the trace stays small.
const REST: Duration = Duration::from_millis(50);
/// How many callers upload documents, and how long each rests after one.
const UPLOADERS: u64 = 3;
const UPLOAD_REST: Duration = Duration::from_millis(150);
/// The longest padding of a file; some files are written in one piece, others in several.
const MAX_PADDING: u64 = 20_000;

/// Cuts the power after system calls of a seeded choice. What was synced is kept, and of the rest nothing, some whole
/// writes, or pieces of them. Every order that was acknowledged by then must be in the files, and so must the file of every
/// document that the database names, with its digest.
///
/// In the control every sync is answered without being done.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let mut bench = Bench::open("power-cut", options, Setup::default()).await?;
    let none = || RunError::new("this is about the files of SQLite, and needs --store sqlite");
    let data = bench.data.as_ref().ok_or_else(none)?.path();
    bench.report.control = options.control.then_some(Oracle::Lost);
    let scratch = tempfile::tempdir()?;
    let syncs = if options.control { Syncs::Pretended } else { Syncs::Done };
    let process = bench.service()?.process();
    let tracer = Tracer::attach(process, syncs, &scratch.path().join("trace")).await?;
    let base = scratch.path().join("base");
    let (image, first) = copy_while_stopped(&mut bench, &tracer, &base).await?;

    let begun = now_since_1970().saturating_sub(bench.history.now());
    let writers = bench.write_slowly(0, 16, REST, "w");
    let stop = Arc::new(AtomicBool::new(false));
    let mut uploaders = JoinSet::new();
    for number in 0..UPLOADERS {
        let random = bench.random.part(number);
        uploaders.spawn(upload(bench.documents(0), number, random, Arc::clone(&stop)));
    }
    sleep(Duration::from_secs(if options.short || options.control { 5 } else { 40 })).await;
    stop.store(true, Relaxed);
    bench.finish(writers).await;
    let uploaded: u64 = uploaders.join_all().await.into_iter().sum();
    bench.report.measure("documents uploaded", uploaded);
    if uploaded == 0 {
        bench.find(Oracle::Broken, "no document was uploaded");
    }
    let trace = tracer.detach().await?;
    bench.expect_all_done();

    let number = if options.control { 10 } else { options.rounds(60, 1_000) };
    let mut aftermath = Aftermath::new(base, data, bench.history.records(), begun);
    let unsynced = cut(&mut bench, (&trace, first), image, number, &mut aftermath).await?;
    bench.report.findings.append(std::mem::take(&mut aftermath.findings));
    bench.report.measure("cuts", aftermath.cuts);
    bench.report.measure("acknowledged before the cuts", aftermath.acknowledged);
    bench.report.measure("files of documents compared after the cuts", aftermath.documents);
    bench.report.measure("unsynced changes at the cuts", unsynced.all);
    bench.report.measure("of which dropped", unsynced.dropped);
    bench.report.measure("of which torn", unsynced.torn);
    if let (false, Some(last)) = (options.control, aftermath.last.take()) {
        aftermath::start_on(&mut bench, &last).await?;
    }
    bench.check().await
}

/// Applies the trace and cuts the power so often on the way, each kind of cut in turn.
async fn cut(
    bench: &mut Bench,
    (trace, first): (&Trace, u64),
    mut image: DiskImage,
    number: u64,
    aftermath: &mut Aftermath,
) -> Result<Unsynced, RunError> {
    let mut moments = moments(&mut bench.random, first..trace.lines(), number).into_iter().peekable();
    let mut total = Unsynced::default();
    let mut kinds = PowerCut::ALL.into_iter().cycle();
    let (mut syncs, mut checkpoints, mut done) = (0_u64, 0_u64, 0);
    for call in trace.calls()? {
        let Some(call) = call? else { continue };
        // The copy has what was done before it; a position in a file is not in a copy.
        if call.lines.1 < first && call.name != "lseek" {
            continue;
        }
        image.apply(&call)?;
        if call.name.ends_with("sync") && call.result == 0 && !call.injected {
            syncs += 1;
            checkpoints += u64::from(call.file.is_some_and(|(_, path)| path.ends_with("clients.db")));
        }
        while moments.next_if(|moment| *moment <= call.lines.1).is_some() {
            let (files, unsynced) = image.after(kinds.next().unwrap_or(PowerCut::Nothing), &mut bench.random);
            total.all += unsynced.all;
            total.dropped += unsynced.dropped;
            total.torn += unsynced.torn;
            aftermath.examine(&files, call.at)?;
            done += 1;
            bench.progress(done, number);
            // An interrupt is looked at here: what comes between never waits.
            tokio::task::yield_now().await;
        }
    }
    bench.report.measure("syncs, and those of checkpoints", json!([syncs, checkpoints]));
    if total.all == 0 {
        bench.find(Oracle::Broken, "nothing was unsynced at any cut");
    }
    Ok(total)
}

/// Uploads documents until it is stopped, each of a client of its own, and returns how many were acknowledged.
async fn upload(documents: Documents, number: u64, mut random: Seeded, stop: Arc<AtomicBool>) -> u64 {
    let (mut clients, mut uploaded) = (0, 0);
    while !stop.load(Relaxed) {
        clients += 1;
        let tag = |step: &str| format!("upload-{number}-{clients}-{step}");
        let Some(client) = documents.client(tag("client")).await else { continue };
        let file = pdf(&tag("file"), random.below(MAX_PADDING));
        let number = format!("P{number}{clients:06}");
        uploaded += u64::from(documents.submit(tag("file"), &client, &number, &file).await.is_some());
        sleep(UPLOAD_REST).await;
    }
    uploaded
}

/// Lines of the trace, in their order.
fn moments(random: &mut Seeded, lines: std::ops::Range<u64>, number: u64) -> Vec<u64> {
    let mut moments: Vec<u64> =
        (0..number).map(|_| lines.start + random.below(lines.end.saturating_sub(lines.start))).collect();
    moments.sort_unstable();
    moments
}

/// Copies the data folder while the service is stopped: the contents of its database, by path, and the first line of the
/// trace that is not in them.
async fn copy_while_stopped(
    bench: &mut Bench,
    tracer: &Tracer,
    to: &Path,
) -> Result<(DiskImage, u64), RunError> {
    bench.service()?.signal("STOP");
    sleep(Duration::from_millis(200)).await;
    let data = bench.data.as_ref().map(DataFolder::path).unwrap_or_default();
    let copied = std::process::Command::new("cp").arg("-a").arg(&data).arg(to).status()?;
    if !copied.success() {
        return Err(RunError::new("the data folder could not be copied"));
    }
    // A map of the log in memory: a power cut leaves nothing of it, and the next start makes another.
    std::fs::remove_file(to.join("clients.db-shm"))?;
    let mut files = BTreeMap::new();
    for path in bench.data.iter().flat_map(DataFolder::database_files) {
        files.insert(path.display().to_string(), std::fs::read(&path)?);
    }
    let documents = bench.data.as_ref().map(DataFolder::documents).unwrap_or_default();
    let lines = tracer.lines()?;
    bench.service()?.signal("CONT");
    Ok((DiskImage::new(files, documents.display().to_string()), lines))
}

#[expect(
    clippy::disallowed_methods,
    reason = "strace writes the time of the clock, which answers are compared with"
)]
fn now_since_1970() -> Duration {
    Duration::try_from(jiff::Timestamp::now().as_duration()).unwrap_or_default()
}
