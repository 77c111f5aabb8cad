//! Files that neither a document nor the ledger of files names.

use std::collections::BTreeSet;

use client_app::ports::{ClientStore, ContentLedger, DocumentContents, StoreError};
use client_domain::kyc::ContentKey;
use jiff::Timestamp;

/// How many keys are asked for at a time.
const PAGE_SIZE: usize = 1_000;

/// How many files were stored before `before` and are known to nothing. Files of requests in progress are younger.
pub(crate) async fn count(
    store: &dyn ClientStore,
    ledger: &dyn ContentLedger,
    contents: &dyn DocumentContents,
    before: Timestamp,
) -> Result<u64, StoreError> {
    let mut candidates = BTreeSet::new();
    let mut after = None;
    loop {
        let page = ledger.queued(Timestamp::MAX, after.as_ref(), PAGE_SIZE).await?;
        after = page.last().cloned();
        let is_last = page.len() < PAGE_SIZE;
        candidates.extend(page);
        if is_last {
            break;
        }
    }
    let (mut count, mut after) = (0, None);
    loop {
        let page = contents.keys(after.as_ref(), PAGE_SIZE).await?;
        after = page.last().cloned();
        let is_last = page.len() < PAGE_SIZE;
        let old = |key: &ContentKey| key.made_at() < before && !candidates.contains(key);
        let unknown: Vec<_> = page.into_iter().filter(old).collect();
        let named = store.contents_in_use(&unknown).await?;
        count += (unknown.len() - named.len()) as u64;
        if is_last {
            return Ok(count);
        }
    }
}
