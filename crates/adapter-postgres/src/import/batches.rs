//! Batches of a copy, with their pieces, and the ids of deleted ones.

use client_app::batch::{Batch, RowCounts};
use client_app::ports::{StoreError, StoredBatchPiece, StoredDeletedBatch};

use super::target::Import;
use crate::batches::{number, small, to_i32};
use crate::sql::{COPY_BATCH_PIECES, COPY_BATCHES, COPY_DELETED_BATCHES, Statement};
use crate::time::ToSql as _;

impl Import {
    /// Writes batches, before their pieces.
    ///
    /// # Errors
    ///
    /// [`StoreError`], as [`add_clients`](Self::add_clients).
    pub async fn add_batches(&mut self, batches: &[Batch]) -> Result<(), StoreError> {
        self.execute(bind_batches(batches)).await
    }

    /// Writes pieces of batches with what became of their rows.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn add_batch_pieces(&mut self, pieces: &[StoredBatchPiece]) -> Result<(), StoreError> {
        self.execute(bind_pieces(pieces)).await
    }

    /// Writes the ids of batches that were deleted.
    ///
    /// # Errors
    ///
    /// [`StoreError`].
    pub async fn add_deleted_batches(&mut self, deleted: &[StoredDeletedBatch]) -> Result<(), StoreError> {
        let statement = sqlx::query(COPY_DELETED_BATCHES)
            .bind(deleted.iter().map(|batch| batch.id.as_str()).collect::<Vec<_>>())
            .bind(deleted.iter().map(|batch| batch.ended_at.to_sql()).collect::<Vec<_>>());
        self.execute(statement).await
    }
}

fn bind_batches(batches: &[Batch]) -> Statement<'_> {
    sqlx::query(COPY_BATCHES)
        .bind(batches.iter().map(|batch| batch.id.as_str()).collect::<Vec<_>>())
        .bind(batches.iter().map(|batch| batch.uploader.actor.id.as_str()).collect::<Vec<_>>())
        .bind(batches.iter().map(|batch| batch.state.name()).collect::<Vec<_>>())
        .bind(batches.iter().map(|batch| number(batch.version)).collect::<Vec<_>>())
        .bind(batches.iter().map(|batch| batch.upload.as_deref()).collect::<Vec<_>>())
        .bind(batches.iter().map(|batch| batch.announced_at.to_sql()).collect::<Vec<_>>())
        .bind(batches.iter().map(|batch| batch.ended_at.map(|at| at.to_sql())).collect::<Vec<_>>())
        .bind(batches.iter().map(Batch::to_json).collect::<Vec<_>>())
}

fn bind_pieces(pieces: &[StoredBatchPiece]) -> Statement<'_> {
    fn column<'q, T>(rows: &'q [StoredBatchPiece], value: impl Fn(&'q StoredBatchPiece) -> T) -> Vec<T> {
        rows.iter().map(value).collect()
    }
    let counted = |pick: fn(RowCounts) -> u64| {
        column(pieces, |stored| stored.piece.settled.as_ref().map(|settled| small(pick(settled.counts))))
    };
    sqlx::query(COPY_BATCH_PIECES)
        .bind(column(pieces, |stored| stored.batch.as_str()))
        .bind(column(pieces, |stored| to_i32(stored.piece.piece.number)))
        .bind(column(pieces, |stored| number(stored.piece.piece.first_row)))
        .bind(column(pieces, |stored| to_i32(stored.piece.piece.rows)))
        .bind(column(pieces, |stored| i16::from(stored.piece.stage)))
        .bind(column(pieces, |stored| stored.leased_until.map(|at| at.to_sql())))
        .bind(column(pieces, |stored| number(stored.lease)))
        .bind(column(pieces, |stored| stored.begun_at.map(|at| at.to_sql())))
        .bind(counted(|counts| counts.done))
        .bind(counted(|counts| counts.already_done))
        .bind(counted(|counts| counts.refused))
        .bind(counted(|counts| counts.not_tried))
        .bind(column(pieces, |stored| stored.piece.settled.as_ref().map(|settled| settled.results.as_str())))
        .bind(column(pieces, |stored| stored.piece.piece.content.as_slice()))
}
