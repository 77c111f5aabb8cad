//! The rows of every table. Each comes in the order of its key and in whole batches, so the number of rows that the target
//! has says where a copy goes on.

use std::collections::BTreeMap;

use adapter_postgres::Import;
use adapter_sqlite::SqliteStore;
use client_app::batch::Batch;
use client_app::export::ExportRecord;
use client_app::ports::{
    ClientWrite, OutcomeRecord, Registration, SavedView, StoreError, StoredBatchPiece, StoredCandidate,
    StoredClaim, StoredDeletedBatch, StoredDelivery, StoredEvent,
};

use super::progress::Progress;

/// How many clients are copied at a time, with their documents and histories.
const CLIENTS: usize = 200;
/// How many rows of another table are copied at a time.
const ROWS: usize = 1_000;
/// How many pieces of batches are copied at a time, each with up to 256 KiB of rows.
const PIECES: usize = 20;

/// Rows by the names of their tables.
type Counts = BTreeMap<String, u64>;

/// Copies what the target does not have yet.
pub(crate) async fn copy(source: &SqliteStore, target: &mut Import) -> Result<(), StoreError> {
    let there: Counts = source.copied_rows().await?.into_iter().collect();
    let here: Counts = target.copied_rows().await?.into_iter().collect();
    let table = |name: &'static str, what: &'static str| {
        let count = |counts: &Counts| counts.get(name).copied().unwrap_or_default();
        Table { what, copied: count(&here), of: count(&there) }
    };
    clients(source, target, table("client", "clients with documents and history")).await?;
    table("client_claim", "claims")
        .copy(
            async |last: Option<&StoredClaim>| source.claims_after(last, ROWS).await,
            async |rows: &[StoredClaim]| target.add_claims(rows).await,
        )
        .await?;
    table("client_outbox", "events")
        .copy(
            async |last: Option<&StoredEvent>| source.events_after(last, ROWS).await,
            async |rows: &[StoredEvent]| target.add_events(rows).await,
        )
        .await?;
    table("client_receiver", "receivers of events")
        .copy(
            async |last: Option<&Registration>| source.receivers_after(last).await,
            async |rows: &[Registration]| target.add_receivers(rows).await,
        )
        .await?;
    table("client_delivery", "events that wait for these receivers")
        .copy(
            async |last: Option<&StoredDelivery>| source.deliveries_after(last, ROWS).await,
            async |rows: &[StoredDelivery]| target.add_deliveries(rows).await,
        )
        .await?;
    table("client_idempotency", "outcomes of idempotency keys")
        .copy(
            async |last: Option<&OutcomeRecord>| {
                source.outcomes_after(last.map(|outcome| &outcome.request), ROWS).await
            },
            async |rows: &[OutcomeRecord]| target.add_outcomes(rows).await,
        )
        .await?;
    table("client_saved_view", "saved views")
        .copy(
            async |last: Option<&SavedView>| source.views_after(last, ROWS).await,
            async |rows: &[SavedView]| target.add_views(rows).await,
        )
        .await?;
    table("client_export", "exports")
        .copy(
            async |last: Option<&ExportRecord>| source.exports_after(last, ROWS).await,
            async |rows: &[ExportRecord]| target.add_exports(rows).await,
        )
        .await?;
    batches(source, target, &table).await?;
    table("client_content_candidate", "files that may be orphans")
        .copy(
            async |last: Option<&StoredCandidate>| {
                source.candidates_after(last.map(|candidate| &candidate.key), ROWS).await
            },
            async |rows: &[StoredCandidate]| target.add_candidates(rows).await,
        )
        .await
}

/// Batches before their pieces.
async fn batches(
    source: &SqliteStore,
    target: &mut Import,
    table: &impl Fn(&'static str, &'static str) -> Table,
) -> Result<(), StoreError> {
    table("client_batch", "batches")
        .copy(
            async |last: Option<&Batch>| source.batches_after(last, ROWS).await,
            async |rows: &[Batch]| target.add_batches(rows).await,
        )
        .await?;
    table("client_batch_piece", "rows of batches, in pieces")
        .copy(
            async |last: Option<&StoredBatchPiece>| source.batch_pieces_after(last, PIECES).await,
            async |rows: &[StoredBatchPiece]| target.add_batch_pieces(rows).await,
        )
        .await?;
    table("client_deleted_batch", "ids of deleted batches")
        .copy(
            async |last: Option<&StoredDeletedBatch>| source.deleted_batches_after(last, ROWS).await,
            async |rows: &[StoredDeletedBatch]| target.add_deleted_batches(rows).await,
        )
        .await
}

async fn clients(source: &SqliteStore, target: &mut Import, table: Table) -> Result<(), StoreError> {
    let mut progress = Progress::begin(table.what, table.copied, Some(table.of));
    let mut last = target.last_client().await?;
    loop {
        let page = source.clients_after(last, CLIENTS).await?;
        let id = |write: &ClientWrite| write.client().id();
        let Some(end) = page.last().and_then(|changeset| changeset.client.as_ref()).map(id) else { break };
        let number = page.len();
        target.add_clients(page).await?;
        last = Some(end);
        progress.add(number);
    }
    progress.end();
    Ok(())
}

/// A table, and how many of its rows are copied.
struct Table {
    what: &'static str,
    copied: u64,
    of: u64,
}

impl Table {
    async fn copy<T: Clone>(
        self,
        read: impl AsyncFn(Option<&T>) -> Result<Vec<T>, StoreError>,
        mut write: impl AsyncFnMut(&[T]) -> Result<(), StoreError>,
    ) -> Result<(), StoreError> {
        let mut progress = Progress::begin(self.what, self.copied, Some(self.of));
        let mut copied = usize::try_from(self.copied).unwrap_or(usize::MAX);
        let mut last = None;
        loop {
            let page = read(last.as_ref()).await?;
            let Some(end) = page.last().cloned() else { break };
            let (_, new) = page.split_at(copied.min(page.len()));
            copied = copied.saturating_sub(page.len());
            if !new.is_empty() {
                write(new).await?;
                progress.add(new.len());
            }
            last = Some(end);
        }
        progress.end();
        Ok(())
    }
}

/// Sentences about tables that have not as many rows in the target as in the source.
pub(crate) async fn differences(
    source: &SqliteStore,
    target: &mut Import,
) -> Result<Vec<String>, StoreError> {
    let (there, here) = (source.copied_rows().await?, target.copied_rows().await?);
    let here: Counts = here.into_iter().collect();
    let sentence = |(name, number): &(String, u64)| match here.get(name) {
        Some(copied) if copied == number => None,
        copied => Some(format!("{name}: {number} in the source, {} in the copy", copied.unwrap_or(&0))),
    };
    Ok(there.iter().filter_map(sentence).collect())
}
