//! Batches with their pieces, and the ids of deleted ones, in pages, for a copy to another store.

use client_app::batch::{Batch, BatchId};
use client_app::ports::{StoreError, StoredBatchPiece, StoredDeletedBatch};

use crate::batch_pieces::{count, stored};
use crate::batches::{DELETED, PIECES, TABLE, batch};
use crate::columns::Columns;
use crate::parameters::{Parameters, to_i64};
use crate::sql::{COPIED_BATCH_PIECES, COPIED_BATCHES, COPIED_DELETED_BATCHES};
use crate::store::SqliteStore;

impl SqliteStore {
    /// Up to `limit` batches after this one, without their pieces, for a copy to another store.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as a read.
    pub async fn batches_after(&self, after: Option<&Batch>, limit: usize) -> Result<Vec<Batch>, StoreError> {
        let after = after.map(|batch| batch.id.clone());
        self.read(move |connection| {
            let page = Parameters::new()
                .with(":batch_id", after.as_ref().map_or("", BatchId::as_str))
                .with(":limit", to_i64(limit));
            page.rows(connection, (TABLE, COPIED_BATCHES), batch)
        })
        .await
    }

    /// Up to `limit` pieces of batches after this one, in the order of batches and numbers.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as a read.
    pub async fn batch_pieces_after(
        &self,
        after: Option<&StoredBatchPiece>,
        limit: usize,
    ) -> Result<Vec<StoredBatchPiece>, StoreError> {
        let after = after.map(|stored| (stored.batch.clone(), stored.piece.piece.number));
        self.read(move |connection| {
            let (id, number) =
                after.as_ref().map_or(("", 0), |(id, number)| (id.as_str(), i64::from(*number)));
            let page =
                Parameters::new().with(":batch_id", id).with(":number", number).with(":limit", to_i64(limit));
            page.rows(connection, (PIECES, COPIED_BATCH_PIECES), stored_piece)
        })
        .await
    }

    /// Up to `limit` deleted batches after this one.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as a read.
    pub async fn deleted_batches_after(
        &self,
        after: Option<&StoredDeletedBatch>,
        limit: usize,
    ) -> Result<Vec<StoredDeletedBatch>, StoreError> {
        let after = after.cloned();
        self.read(move |connection| {
            let page = Parameters::new()
                .with(":batch_id", after.as_ref().map_or("", |deleted| deleted.id.as_str()))
                .with(":limit", to_i64(limit));
            page.rows(connection, (DELETED, COPIED_DELETED_BATCHES), |columns| {
                Ok::<_, StoreError>(StoredDeletedBatch {
                    id: columns.parsed("batch_id", BatchId::parse)?,
                    ended_at: columns.moment("ended_at")?,
                })
            })
        })
        .await
    }
}

fn stored_piece(columns: &Columns<'_>) -> Result<StoredBatchPiece, StoreError> {
    Ok(StoredBatchPiece {
        batch: columns.parsed("batch_id", BatchId::parse)?,
        piece: stored(columns)?,
        leased_until: columns.moment_optional("leased_until")?,
        lease: count(columns, "lease")?,
        begun_at: columns.moment_optional("begun_at")?,
    })
}
