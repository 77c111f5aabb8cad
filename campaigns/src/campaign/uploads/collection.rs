use std::collections::BTreeSet;
use std::path::Path;

use crate::RunError;
use crate::bench::Bench;
use crate::findings::Oracle;

/// Files that documents name, and the queue, as the database has them.
const NAMED: &str = "SELECT content_key FROM client_document";
const STORED: &str = "SELECT content_key FROM client_content";
const QUEUED: &str = "SELECT content_key FROM client_content_candidate";

/// Collects all garbage, as an operator does when nothing is uploaded: orphans are moved to the trash, and deleted from it.
/// Then only files are left that documents name.
pub(super) async fn collect(
    bench: &mut Bench,
    storage: &[String],
    folder: Option<&Path>,
) -> Result<(), RunError> {
    let before = stored(bench, folder).await?.len();
    for (step, trashed_for) in [("collected", "30d"), ("deleted", "0s")] {
        let mut arguments = vec!["collect-garbage", "--older-than", "0s", "--max-orphan-share", "100"];
        arguments.extend(["--trashed-for", trashed_for]);
        arguments.extend(storage.iter().map(String::as_str));
        match bench.run_service(&arguments).await {
            Ok(output) => bench.report.measure(step, output),
            Err(error) => bench.find(Oracle::Broken, format!("collect-garbage: {error}")),
        }
    }
    let (stored, named) = (stored(bench, folder).await?, keys(bench, NAMED).await?);
    bench.report.measure("files before and after", serde_json::json!([before, stored.len()]));
    for orphan in stored.difference(&named) {
        bench.find(Oracle::Orphan, format!("the file {orphan} is named by no document"));
    }
    for missing in named.difference(&stored) {
        bench.find(Oracle::Lost, format!("the file {missing} of a document is not there"));
    }
    for queued in keys(bench, QUEUED).await? {
        bench.find(Oracle::Orphan, format!("the file {queued} is still queued"));
    }
    Ok(())
}

async fn keys(bench: &Bench, statement: &str) -> Result<BTreeSet<String>, RunError> {
    Ok(bench.rows(statement).await?.unwrap_or_default().into_iter().flatten().collect())
}

/// Every file, whole or not, in the trash or not.
async fn stored(bench: &Bench, folder: Option<&Path>) -> Result<BTreeSet<String>, RunError> {
    let mut names = match folder {
        Some(folder) => files(folder)?,
        None => keys(bench, STORED).await?,
    };
    // What the location keeps of itself and of the database is no document's.
    for own in ["installation", "confirmed-commits"] {
        names.remove(own);
    }
    Ok(names)
}

fn files(folder: &Path) -> Result<BTreeSet<String>, RunError> {
    let mut names = BTreeSet::new();
    for entry in std::fs::read_dir(folder)? {
        let entry = entry?;
        if entry.file_type()?.is_dir() {
            names.append(&mut files(&entry.path())?);
        } else {
            names.insert(entry.file_name().to_string_lossy().into_owned());
        }
    }
    Ok(names)
}
