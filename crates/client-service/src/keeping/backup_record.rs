//! The record of a backup: that a folder is one, and once it is whole, what it holds.

use std::fs::{File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::OpenOptionsExt as _;
use std::path::Path;

use jiff::Timestamp;
use serde_json::{Value, json};

use super::every_document::Found;

/// The form of the record.
const FORMAT: u64 = 1;

/// What a record says.
#[derive(Debug)]
pub(crate) struct BackupRecord {
    /// When the backup was begun.
    pub(crate) made_at: String,
    pub(crate) clients: u64,
    pub(crate) documents: u64,
    /// Documents without a file in the backup, because the data folder had no good one.
    pub(crate) problems: Vec<String>,
}

/// Makes the folder a backup that is not whole: no service runs on it, and no restore takes it.
pub(crate) fn begin(path: &Path) -> io::Result<()> {
    write(path, &json!({"unfinished": true}))?;
    sync_folder(path)
}

fn write(path: &Path, record: &Value) -> io::Result<()> {
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(path)?;
    writeln!(file, "{record:#}")?;
    file.sync_all()
}

fn sync_folder(path: &Path) -> io::Result<()> {
    File::open(path.parent().unwrap_or(Path::new(".")))?.sync_all()
}

impl BackupRecord {
    /// The record of a backup that copied what was found.
    pub(crate) fn of(begun: Timestamp, found: Found) -> Self {
        let Found { clients, documents, problems } = found;
        Self { made_at: begun.to_string(), clients, documents, problems }
    }

    /// Replaces the record of a backup that was begun, in one step.
    pub(crate) fn finish(&self, path: &Path) -> io::Result<()> {
        let Self { made_at, clients, documents, problems } = self;
        let record = json!({
            "format": FORMAT, "madeAt": made_at, "clients": clients, "documents": documents, "problems": problems,
        });
        let draft = path.with_extension("new");
        write(&draft, &record)?;
        std::fs::rename(&draft, path)?;
        sync_folder(path)
    }

    /// Reads the record of a whole backup; `None` where it is missing, unfinished or cannot be read.
    pub(crate) fn read(path: &Path) -> Option<Self> {
        let text = std::fs::read_to_string(path).ok()?;
        let record: Value = serde_json::from_str(&text).ok()?;
        let number = |name: &str| record.get(name)?.as_u64();
        if number("format")? != FORMAT {
            return None;
        }
        let problems = record.get("problems")?.as_array()?.iter();
        Some(Self {
            made_at: record.get("madeAt")?.as_str()?.to_owned(),
            clients: number("clients")?,
            documents: number("documents")?,
            problems: problems.map(|problem| problem.as_str().map(str::to_owned)).collect::<Option<_>>()?,
        })
    }
}
