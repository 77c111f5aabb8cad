//! The files of documents, with those that may be orphans. What is in the trash stays behind.

use client_app::ports::{DocumentContents, StoreError};

use super::progress::Progress;

/// How many keys are asked for at a time.
const PAGE: usize = 1_000;

/// Copies every file that the target does not have yet, and answers how many it has now.
pub(crate) async fn copy(
    source: &dyn DocumentContents,
    target: &dyn DocumentContents,
) -> Result<u64, StoreError> {
    let mut progress = Progress::begin("files", 0, None);
    let mut after = None;
    loop {
        let page = source.keys(after.as_ref(), PAGE).await?;
        let Some(last) = page.last().cloned() else { return Ok(progress.end()) };
        for key in &page {
            if target.open(key).await?.is_none()
                && let Some(bytes) = source.open(key).await?
            {
                // An interrupted copy may have left a part of it.
                target.delete(key).await?;
                target.put(key, bytes).await?;
            }
            progress.add(1);
        }
        after = Some(last);
    }
}
