//! Files are uploaded while answers of the database are lost, the service is killed and the database is killed. Without a
//! server the service alone is killed.

mod collection;
mod uploader;

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::AtomicBool;
use std::sync::atomic::Ordering::Relaxed;
use std::time::Duration;

use serde_json::json;
use tokio::task::JoinSet;
use tokio::time::sleep;

use self::uploader::{Document, Tally, Uploader};
use crate::bench::Bench;
use crate::findings::Oracle;
use crate::options::{Options, Setup, Store};
use crate::report::Report;
use crate::{Cluster, Fault, RunError, Storage};

/// The number of concurrent uploaders.
const UPLOADERS: u64 = 8;
/// For how long answers are lost, and for how long they are not.
const LOST: Duration = Duration::from_millis(25);
const WHOLE: Duration = Duration::from_millis(150);

/// Where the files are stored in a run.
#[derive(Clone, Copy, Debug)]
enum Place {
    Folder,
    Database,
}

/// Every acknowledged document downloads byte for byte, and after garbage collection only files are left that documents
/// name. Odd rounds of the long form store files in a folder and even ones in the database; the short form is one round.
///
/// In the control an operator deletes one file of the folder.
pub async fn run(options: &Options) -> Result<Report, RunError> {
    let (rounds, outages) = if options.short { (1, 2) } else { (options.rounds(2, 6), 6) };
    let mut report: Option<Report> = None;
    for round in 1..=if options.control { 1 } else { rounds } {
        let place = if round % 2 == 1 { Place::Folder } else { Place::Database };
        let done = one_round(options, round, place, outages).await?;
        let total = report.get_or_insert_with(|| Report { measures: Vec::new(), ..done.clone() });
        total.measures.extend(
            done.measures.into_iter().map(|(name, value)| {
                (if rounds == 1 { name } else { format!("{name}, round {round}") }, value)
            }),
        );
        if round > 1 {
            total.findings.append(done.findings);
        }
    }
    report.ok_or_else(|| RunError::new("there was no round"))
}

async fn one_round(options: &Options, round: u64, place: Place, outages: u64) -> Result<Report, RunError> {
    let options = Options { seed: options.seed.wrapping_add(round - 1), ..options.clone() };
    let is_postgresql = options.store == Store::Postgresql;
    let setup = Setup { services: usize::from(!is_postgresql), through_proxy: true, ..Setup::default() };
    let mut bench = Bench::open("uploads", &options, setup).await?;
    let folder = tempfile::tempdir()?;
    // Where the files are, and what names the storage to the service's program.
    let (files, storage) = match (&bench.proxy, &bench.data, place) {
        (Some(proxy), _, place) => {
            let mut storage = vec!["--database-url".to_owned(), Cluster::url_through(proxy.address().port())];
            let folder = matches!(place, Place::Folder).then(|| folder.path().to_owned());
            storage.extend(
                folder.iter().flat_map(|folder| ["--documents".to_owned(), folder.display().to_string()]),
            );
            (folder, storage)
        }
        (None, Some(data), _) => {
            let storage = vec!["--data".to_owned(), data.path().display().to_string()];
            (Some(data.documents()), storage)
        }
        (None, None, _) => {
            return Err(RunError::new("memory does not survive an outage: --store postgresql or sqlite"));
        }
    };
    if is_postgresql {
        let arguments: Vec<&str> = storage.iter().skip(2).map(String::as_str).collect();
        bench.add_service(Storage::Url(storage.get(1).map_or("", String::as_str)), &arguments).await?;
    }
    bench.report.control = options.control.then_some(Oracle::Lost);
    bench.report.measure("files in", format!("{place:?}").to_lowercase());

    let stop = Arc::new(AtomicBool::new(false));
    let mut uploaders = JoinSet::new();
    for number in 0..UPLOADERS {
        let random = bench.random.part(number);
        let uploader = Uploader::new(bench.caller.clone(), bench.base(0), number, random);
        uploaders.spawn(uploader.work(Arc::clone(&stop)));
    }
    // The control deletes a file, whatever else was done.
    for outage in 1..=if options.control { 1 } else { outages } {
        if is_postgresql {
            lose_answers(&mut bench).await;
        }
        bench.service()?.restart().await?;
        sleep(bench.random.millis(300, 800)).await;
        if is_postgresql {
            bench.cluster()?.kill();
            sleep(bench.random.millis(50, 300)).await;
            bench.cluster()?.restart().await?;
        } else {
            bench.service()?.restart().await?;
        }
        sleep(bench.random.millis(500, 1_000)).await;
        bench.progress(outage, outages);
    }
    bench.service()?.ready().await?;
    sleep(Duration::from_millis(500)).await;
    stop.store(true, Relaxed);
    let (mut all, mut tally) = (Vec::new(), Tally::default());
    for (documents, own) in uploaders.join_all().await {
        all.extend(documents);
        tally.add(&own);
    }
    bench.report.measure("uploads", json!(tally.answers));
    bench.report.measure("acknowledged", tally.acknowledged);
    bench.report.measure("acknowledged with a key, after a retry", tally.retried);
    bench.report.measure("documents", all.len());
    if tally.acknowledged == 0 {
        bench.find(Oracle::Broken, "nothing was uploaded");
    }
    for refusal in tally.refused {
        bench.find(Oracle::WrongAnswer, refusal);
    }
    if let (true, Some(folder)) = (options.control, &files) {
        delete_one(folder, &bench).await?;
    }
    download(&mut bench, &all, "before garbage collection").await;
    if is_postgresql {
        collection::collect(&mut bench, &storage, files.as_deref()).await?;
    } else {
        // One program at a time opens a data folder.
        bench.service()?.stop().await?;
        collection::collect(&mut bench, &storage, files.as_deref()).await?;
        bench.service()?.restart().await?;
    }
    download(&mut bench, &all, "after garbage collection").await;
    Ok(bench.report)
}

/// Commits that reach the database while their answers do not come back.
async fn lose_answers(bench: &mut Bench) {
    for _ in 0..12 {
        if let Some(proxy) = &bench.proxy {
            proxy.set(Fault::LoseAnswers);
            sleep(LOST).await;
            proxy.set(Fault::Pass);
        }
        sleep(WHOLE + bench.random.millis(0, 60)).await;
    }
}

/// Downloads every document: it is what was acknowledged last, or what was sent after that and not answered.
async fn download(bench: &mut Bench, documents: &[Document], when: &str) {
    let (base, caller) = (bench.base(0), bench.caller.clone());
    let mut right = 0;
    for document in documents {
        let (status, bytes) = caller.download(&base, &document.id).await.unwrap_or_default();
        if status == 200 && document.may_be(&bytes) {
            right += 1;
        } else {
            let example = format!("document {} {when}: {status}, {} bytes", document.id, bytes.len());
            bench.find(Oracle::Lost, example);
        }
    }
    bench.report.measure(format!("downloaded {when}"), right);
}

/// The fault of the control: one file that a document names is deleted.
async fn delete_one(folder: &std::path::Path, bench: &Bench) -> Result<(), RunError> {
    let query = "SELECT content_key FROM client_document ORDER BY content_key LIMIT 1";
    let key = bench.rows(query).await?.unwrap_or_default().concat().concat();
    let days: PathBuf = folder.join(key.get(..5).unwrap_or_default());
    std::fs::remove_file(days.join(key)).map_err(RunError::during("the control"))
}
