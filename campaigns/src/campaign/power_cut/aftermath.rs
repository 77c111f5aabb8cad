//! What is found in the files that a power cut has left.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use sha2::{Digest as _, Sha256};

use crate::bench::Bench;
use crate::findings::{Findings, Oracle};
use crate::history::{Outcome, Record};
use crate::inventory::Inventory;
use crate::{DataFolder, RunError, Storage, checker, replay};

/// How far the clock of the trace and that of the callers may be apart: an answer counts only before a cut by more.
const CLOCK_TOLERANCE: Duration = Duration::from_millis(1);

/// The examined cuts of a run.
#[derive(Debug)]
pub(super) struct Aftermath {
    /// What was wrong.
    pub(super) findings: Findings,
    /// How many there were.
    pub(super) cuts: u64,
    /// How many orders had been acknowledged before them, all cuts together.
    pub(super) acknowledged: usize,
    /// How many files of documents were compared with their digests, all cuts together.
    pub(super) documents: usize,
    /// The last one.
    pub(super) last: Option<Remains>,
    base: PathBuf,
    /// The data folder that was traced.
    data: PathBuf,
    records: Vec<Record>,
    /// When the history began, since 1970.
    begun: Duration,
}

/// A data folder after a cut, and what was acknowledged before it.
#[derive(Debug)]
pub(super) struct Remains {
    folder: DataFolder,
    acknowledged: Vec<Record>,
}

impl Aftermath {
    /// Examines copies of the folder `base` against these records, the times of which count from `begun`. The files of
    /// the trace are those of the folder `data`.
    pub(super) fn new(base: PathBuf, data: PathBuf, records: Vec<Record>, begun: Duration) -> Self {
        let findings = Findings::default();
        Self { findings, cuts: 0, acknowledged: 0, documents: 0, last: None, base, data, records, begun }
    }

    /// Examines files as a cut at this moment has left them.
    pub(super) fn examine(
        &mut self,
        files: &BTreeMap<String, Vec<u8>>,
        at: Duration,
    ) -> Result<(), RunError> {
        let name = |path: &String| {
            let path = Path::new(path);
            path.strip_prefix(&self.data).unwrap_or(path).display().to_string()
        };
        let files = files.iter().map(|(path, contents)| (name(path), contents.clone())).collect();
        let folder = DataFolder::copy_of(&self.base, &files)?;
        let records = self.known_at(at);
        let acknowledged: Vec<Record> =
            records.iter().filter(|record| record.outcome == Outcome::Done).cloned().collect();
        self.cuts += 1;
        self.acknowledged += acknowledged.len();
        match inventory(&folder) {
            Ok(inventory) => {
                self.findings.append(checker::check(&records, &inventory));
                self.compare_documents(&folder)?;
            }
            Err(damage) => {
                self.findings.add(Oracle::Damaged, format!("cut {}: {damage}", self.cuts));
                for record in &acknowledged {
                    self.findings.add(Oracle::Lost, format!("{}: in a damaged file", record.order.tag));
                }
            }
        }
        self.last = Some(Remains { folder, acknowledged });
        Ok(())
    }

    /// The file of every document that the database names is there, with its digest: a file is complete, and has its name,
    /// before the commit that names it.
    fn compare_documents(&mut self, folder: &DataFolder) -> Result<(), RunError> {
        for row in folder.rows("SELECT content_key, sha256 FROM client_document")? {
            let [key, digest] = row.as_slice() else { continue };
            let path = folder.documents().join(key.get(..5).unwrap_or_default()).join(key);
            let found = std::fs::read(path).map(|bytes| sha256(&bytes));
            self.documents += 1;
            self.findings.expect(found.is_ok_and(|found| found == *digest), Oracle::Lost, || {
                format!("cut {}: the file {key} of a document is not as it was sent", self.cuts)
            });
        }
        Ok(())
    }

    /// The orders as their callers knew them at this moment: what was answered later was unknown.
    fn known_at(&self, at: Duration) -> Vec<Record> {
        let known = |record: &Record| self.begun + record.end + CLOCK_TOLERANCE <= at;
        let later = |record: &Record| Record { outcome: Outcome::Unknown, ..record.clone() };
        self.records.iter().map(|record| if known(record) { record.clone() } else { later(record) }).collect()
    }
}

fn sha256(bytes: &[u8]) -> String {
    Sha256::digest(bytes).iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}

/// What the database holds, if SQLite finds it sound.
fn inventory(folder: &DataFolder) -> Result<Inventory, RunError> {
    let found = folder.rows("PRAGMA integrity_check")?.concat();
    if found != ["ok"] {
        return Err(RunError::new(found.join("; ")));
    }
    Inventory::read_folder(folder)
}

/// Starts a service on what a cut has left: it is ready, replays every acknowledged order, and `check` finds nothing.
pub(super) async fn start_on(bench: &mut Bench, remains: &Remains) -> Result<(), RunError> {
    let path = remains.folder.path();
    bench.add_service(Storage::Folder(&path), &[]).await?;
    let Some(service) = bench.services.pop() else { return Ok(()) };
    let (replayed, found) = replay::replay(&bench.caller, &[service.base()], &remains.acknowledged).await;
    bench.report.findings.append(found);
    bench.report.measure("replays after the last cut", replayed);
    if let Err(error) = bench.run_service(&["check", "--data", &path.display().to_string()]).await {
        bench.find(Oracle::Damaged, format!("client-service check: {error}"));
    }
    Ok(())
}
