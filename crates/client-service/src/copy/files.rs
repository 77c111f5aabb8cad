//! The files of documents, with those that may be orphans and those in the trash.

use adapter_sqlite::SqliteStore;
use client_app::ports::{ContentBytes, DocumentContents, StoreError, StoredCandidate};
use client_domain::kyc::ContentKey;
use futures_util::StreamExt as _;
use sha2::{Digest as _, Sha256};

use super::progress::Progress;

/// How many keys are asked for at a time.
const PAGE: usize = 1_000;

/// Copies every file that the target does not have as the source has it, and answers how many there are.
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
            bring(source, target, key).await?;
            progress.add(1);
        }
        after = Some(last);
    }
}

/// Copies the files that the ledger of the source has in the trash, and leaves them in the trash of the target.
pub(crate) async fn copy_trash(
    ledger: &SqliteStore,
    source: &dyn DocumentContents,
    target: &dyn DocumentContents,
) -> Result<u64, StoreError> {
    let mut progress = Progress::begin("files in the trash", 0, None);
    let mut after: Option<StoredCandidate> = None;
    loop {
        let page = ledger.candidates_after(after.as_ref().map(|candidate| &candidate.key), PAGE).await?;
        let Some(last) = page.last().cloned() else { return Ok(progress.end()) };
        for candidate in page.iter().filter(|candidate| candidate.trashed_at.is_some()) {
            // Its time in the trash may have ended, and then it is gone.
            if bring(source, target, &candidate.key).await? {
                target.trash(&candidate.key).await?;
                progress.add(1);
            }
        }
        after = Some(last);
    }
}

/// Makes the file of the target the one of the source, and returns whether the source has it.
async fn bring(
    source: &dyn DocumentContents,
    target: &dyn DocumentContents,
    key: &ContentKey,
) -> Result<bool, StoreError> {
    let Some(bytes) = source.open(key).await? else { return Ok(false) };
    let bytes = match target.open(key).await? {
        None => bytes,
        // What cannot be read is damaged, and replaced.
        Some(there) => match (digest(bytes).await?, digest(there).await) {
            (own, Ok(there)) if own == there => return Ok(true),
            _ => match source.open(key).await? {
                Some(bytes) => bytes,
                None => return Ok(false),
            },
        },
    };
    // An interrupted copy may have left a part of it.
    target.delete(key).await?;
    target.put(key, bytes).await?;
    Ok(true)
}

async fn digest(mut bytes: ContentBytes) -> Result<[u8; 32], StoreError> {
    let mut digest = Sha256::new();
    while let Some(piece) = bytes.next().await {
        digest.update(piece?);
    }
    Ok(digest.finalize().into())
}
