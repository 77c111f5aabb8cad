//! A bank with many clients and files loses its server and its files, and is restored to a named moment.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use tokio::task::JoinSet;
use tokio::time::sleep;

use crate::bench::Bench;
use crate::caller::Retry;
use crate::cluster::backup::{ARCHIVING, Contents};
use crate::documents::pdf;
use crate::findings::Oracle;
use crate::history::{Outcome, Record};
use crate::options::{Options, Setup};
use crate::report::Report;
use crate::{Cluster, RunError, Storage, checker, clones, replay};

/// How often a moment is looked for at which nothing is written.
const ATTEMPTS: u32 = 20;
/// How long a server may take to notice that its log has a hole.
const REFUSAL: Duration = Duration::from_secs(15);
/// How many clients there are for each file.
const CLIENTS_FOR_A_FILE: u64 = 40;
/// How many callers upload documents.
const UPLOADERS: u64 = 8;
/// The tags of what is done after the moment, which must be gone afterwards.
const LATER: &str = "later";
/// Within this, restore included, the service must be ready.
const RECOVERY: Duration = Duration::from_mins(30);

/// After a restore from a base backup and the archived log, and from a dump, every table has the rows of the named moment,
/// every document its file, each acknowledged order of before has its effect and its answer, and nothing of after is there.
///
/// The control hides a segment of the log, which the server must refuse, and then one file of a document, which the check
/// must find.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let setup = Setup { services: 0, server_settings: ARCHIVING, ..Setup::default() };
    let mut bench = Bench::open("restore-drill", options, setup).await?;
    bench.report.control = options.control.then_some(Oracle::Lost);
    let places = Places::new()?;
    let url = Cluster::url_through(bench.cluster()?.port());
    bench.cluster()?.open_archive()?;
    let documents = places.documents.display().to_string();
    let serving = ["--documents", documents.as_str()];
    bench.add_service(Storage::Url(&url), &serving).await?;

    let files = options.rounds(40, 5_000);
    submit(&mut bench, "file", files).await?;
    work(&mut bench, "first", options.rounds(1, 5).min(5)).await;
    let made = clones::make(bench.cluster()?, files * CLIENTS_FOR_A_FILE).await?;
    bench.report.measure("clients beside those of the callers", made);
    let begun = Instant::now();
    bench.cluster()?.take_base_backup().await?;
    bench.report.measure("base backup, s", begun.elapsed().as_secs_f64());

    // Only the archived log has these.
    work(&mut bench, "logged", options.rounds(2, 20).min(20)).await;
    submit(&mut bench, "logged-file", files / 10).await?;
    let kept: Vec<Record> = bench.history.records();
    let moment = Moment::find(&mut bench, &places.dump()).await?;
    // The files after the database.
    copy(&places.documents, &places.copy())?;
    work(&mut bench, LATER, 2).await;
    bench.cluster()?.finish_archive().await?;

    bench.services.clear();
    bench.cluster()?.kill();
    std::fs::remove_dir_all(&places.documents)?;
    if options.control {
        refuses_a_log_with_a_hole(&mut bench, &moment).await?;
    }
    let begun = Instant::now();
    bench.cluster()?.restore_base_backup(&moment.name)?;
    copy(&places.copy(), &places.documents)?;
    bench.cluster()?.restart().await?;
    bench.cluster()?.recovered().await?;
    let restored = bench.cluster()?.contents("clients").await?;
    compare(&mut bench, &moment.contents, &restored, "the restored server");
    if options.control {
        remove_one_file(&places.documents)?;
    }
    let checked = bench.run_service(&["check", "--database-url", &url, "--documents", &documents]).await;
    let whole = format!("{} documents have the files that were handed in", files + files / 10);
    match checked {
        Ok(said) => bench.report.findings.expect(said.contains(&whole), Oracle::Lost, || said.clone()),
        Err(error) => bench.find(Oracle::Lost, error.to_string()),
    }
    bench.add_service(Storage::Url(&url), &serving).await?;
    let took = begun.elapsed();
    bench.report.measure("restored, checked and ready in, s", took.as_secs_f64());
    bench.report.findings.expect(took <= RECOVERY, Oracle::Recovery, || format!("ready after {took:?}"));

    let begun = Instant::now();
    bench.cluster()?.restore_dump(&places.dump(), "from_dump").await?;
    bench.report.measure("dump restored in, s", begun.elapsed().as_secs_f64());
    let from_dump = bench.cluster()?.contents("from_dump").await?;
    compare(&mut bench, &moment.contents, &from_dump, "the dump");
    final_check(bench, kept.len()).await
}

/// Compares callers and database as far as the moment, and lets the service work again.
async fn final_check(mut bench: Bench, kept: usize) -> Result<Report, RunError> {
    work(&mut bench, "again", 1).await;
    clones::remove(bench.cluster()?).await?;
    let records = bench.history.records();
    let is_kept = |(at, record): &(usize, Record)| *at < kept || record.order.tag.starts_with("again");
    let later = records.iter().filter(|record| record.order.tag.starts_with(LATER)).count();
    let records: Vec<_> = records.into_iter().enumerate().filter(is_kept).map(|(_, record)| record).collect();
    let done = records.iter().filter(|record| record.outcome == Outcome::Done).count();
    bench.report.measure("acknowledged until the moment and after the restore", done);
    bench.report.measure("after the moment, and gone", later);
    bench.report.findings.expect(done > 0 && later > 0, Oracle::Broken, || "nothing was done".to_owned());
    if let Some(inventory) = bench.inventory().await? {
        bench.report.findings.append(checker::check(&records, &inventory));
    }
    let bases = [bench.base(0)];
    let (replayed, found) = replay::replay(&bench.caller, &bases, &records).await;
    bench.report.findings.append(found);
    bench.report.measure("replays", replayed);
    let lost = bench.report.findings.count(Oracle::Lost);
    bench.report.measure("lost", lost);
    Ok(bench.report)
}

/// The moment to which everything is restored.
struct Moment {
    /// As the log of writes names it.
    name: String,
    /// The segment of the log that has it.
    segment: String,
    /// What the database held.
    contents: Contents,
}

impl Moment {
    /// A moment at which no job of the service writes, with a dump of it.
    async fn find(bench: &mut Bench, dump: &Path) -> Result<Self, RunError> {
        for attempt in 1..=ATTEMPTS {
            let contents = bench.cluster()?.contents("clients").await?;
            let name = format!("moment_{attempt}");
            let named = format!("SELECT pg_walfile_name(pg_create_restore_point('{name}'))");
            let segment = bench.cluster()?.sql(&named).await?.concat().concat();
            let begun = Instant::now();
            bench.cluster()?.dump(dump).await?;
            let took = begun.elapsed();
            if bench.cluster()?.contents("clients").await? == contents {
                bench.report.measure("dump, s", took.as_secs_f64());
                return Ok(Self { name, segment, contents });
            }
        }
        Err(RunError::new("the jobs of the service never rest"))
    }
}

/// Folders beside those of the server. They are deleted when this is dropped.
struct Places {
    folder: tempfile::TempDir,
    documents: PathBuf,
}

impl Places {
    fn new() -> Result<Self, RunError> {
        let folder = tempfile::tempdir()?;
        let documents = folder.path().join("documents");
        std::fs::create_dir(&documents)?;
        Ok(Self { folder, documents })
    }

    fn copy(&self) -> PathBuf {
        self.folder.path().join("copy")
    }

    fn dump(&self) -> PathBuf {
        self.folder.path().join("clients.dump")
    }
}

/// Sixteen writers for this many seconds.
async fn work(bench: &mut Bench, crew: &'static str, seconds: u64) {
    let writers = bench.write(16, Retry::SameKey, crew);
    sleep(Duration::from_secs(seconds)).await;
    bench.finish(writers).await;
}

/// Creates clients with ten documents each, as many documents as asked for; of every third one the file is large.
async fn submit(bench: &mut Bench, crew: &'static str, number: u64) -> Result<(), RunError> {
    let mut uploaders = JoinSet::new();
    for uploader in 0..UPLOADERS {
        let documents = bench.documents(0);
        uploaders.spawn(async move {
            let mut client = None;
            let mut submitted = 0;
            for n in (uploader..number).step_by(usize::try_from(UPLOADERS).unwrap_or(1)) {
                if submitted % 10 == 0 {
                    client = documents.client(format!("{crew}-{n}-client")).await;
                }
                let Some(client) = &client else { continue };
                let tag = format!("{crew}-{n}");
                let file = pdf(&tag, if n % 3 == 0 { 200_000 } else { 2_000 });
                let passport = format!("{}{n:07}", if crew == "file" { 'P' } else { 'Q' });
                submitted += u64::from(documents.submit(tag, client, &passport, &file).await.is_some());
            }
            submitted
        });
    }
    let submitted: u64 = uploaders.join_all().await.into_iter().sum();
    if submitted != number {
        return Err(RunError::new(format!("{submitted} of {number} documents could be submitted")));
    }
    Ok(())
}

/// A server whose log has a hole must not start as if it were whole.
async fn refuses_a_log_with_a_hole(bench: &mut Bench, moment: &Moment) -> Result<(), RunError> {
    let cluster = bench.cluster()?;
    let segment = cluster.archive().join(&moment.segment);
    let hidden = segment.with_extension("hidden");
    std::fs::rename(&segment, &hidden)?;
    cluster.restore_base_backup(&moment.name)?;
    let started = tokio::time::timeout(REFUSAL, async {
        cluster.restart().await?;
        cluster.recovered().await
    });
    let started = matches!(started.await, Ok(Ok(())));
    cluster.kill();
    std::fs::rename(&hidden, &segment)?;
    bench.report.measure("refused a log with a hole", !started);
    bench
        .report
        .findings
        .expect(!started, Oracle::Broken, || "a log with a hole was taken for whole".to_owned());
    Ok(())
}

fn compare(bench: &mut Bench, moment: &Contents, restored: &Contents, what: &str) {
    bench.report.measure(format!("tables compared, {what}"), restored.len());
    let same = moment.len() == restored.len();
    bench.report.findings.expect(same, Oracle::Lost, || format!("{what} has {} tables", restored.len()));
    for (before, after) in moment.iter().zip(restored) {
        bench
            .report
            .findings
            .expect(before == after, Oracle::Lost, || format!("{what}: {before:?}, now {after:?}"));
    }
}

fn copy(from: &Path, to: &Path) -> Result<(), RunError> {
    let copied = Command::new("cp").arg("-a").arg(from).arg(to).status()?;
    copied.success().then_some(()).ok_or_else(|| RunError::new("the files could not be copied"))
}

/// Deletes the first file of a document that is found.
fn remove_one_file(folder: &Path) -> Result<(), RunError> {
    for entry in std::fs::read_dir(folder)? {
        let path = entry?.path();
        let is_trash = path.file_name().is_some_and(|name| name == "trash");
        if path.is_dir()
            && !is_trash
            && let Some(file) = std::fs::read_dir(&path)?.find_map(|file| Some(file.ok()?.path()))
        {
            return Ok(std::fs::remove_file(file)?);
        }
    }
    Err(RunError::new("there is no file to remove"))
}
