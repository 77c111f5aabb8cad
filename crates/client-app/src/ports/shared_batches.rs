//! The same for the port of batches.

use std::sync::Arc;

use async_trait::async_trait;
use jiff::Timestamp;

use crate::batch::aggregate::Batch;
use crate::batch::id::BatchId;
use crate::batch::piece::{BatchPiece, BatchProgress, BatchWork, SettledPiece, StoredPiece, TakenPiece};
use crate::ports::batches::{Announcement, BatchPage, Batches, PieceRequest};
use crate::ports::error::StoreError;

#[async_trait]
impl<T: Batches + ?Sized> Batches for Arc<T> {
    async fn announce_batch(&self, batch: &Batch, max_open: usize) -> Result<Announcement, StoreError> {
        (**self).announce_batch(batch, max_open).await
    }

    async fn check_announcement(&self, batch: &Batch, max_open: usize) -> Result<Announcement, StoreError> {
        (**self).check_announcement(batch, max_open).await
    }

    async fn batch(&self, id: &BatchId) -> Result<Option<Batch>, StoreError> {
        (**self).batch(id).await
    }

    async fn find_batch(&self, id: &BatchId) -> Result<Option<(Batch, BatchProgress)>, StoreError> {
        (**self).find_batch(id).await
    }

    async fn batches(&self, page: &BatchPage) -> Result<Vec<Batch>, StoreError> {
        (**self).batches(page).await
    }

    async fn batches_at_work(&self, limit: usize) -> Result<Vec<Batch>, StoreError> {
        (**self).batches_at_work(limit).await
    }

    async fn batches_waiting(
        &self,
        before: Timestamp,
        after: Option<&(Timestamp, BatchId)>,
        limit: usize,
    ) -> Result<Vec<Batch>, StoreError> {
        (**self).batches_waiting(before, after, limit).await
    }

    async fn replace_batch(&self, batch: &Batch, read: u64) -> Result<bool, StoreError> {
        (**self).replace_batch(batch, read).await
    }

    async fn start_batch(&self, batch: &Batch, read: u64) -> Result<bool, StoreError> {
        (**self).start_batch(batch, read).await
    }

    async fn begin_upload(&self, batch: &Batch, read: u64) -> Result<bool, StoreError> {
        (**self).begin_upload(batch, read).await
    }

    async fn add_piece(&self, id: &BatchId, upload: &str, piece: &BatchPiece) -> Result<bool, StoreError> {
        (**self).add_piece(id, upload, piece).await
    }

    async fn take_piece(&self, request: &PieceRequest) -> Result<Option<TakenPiece>, StoreError> {
        (**self).take_piece(request).await
    }

    async fn settle_piece(
        &self,
        id: &BatchId,
        place: (u32, u64),
        work: BatchWork,
        settled: &SettledPiece,
    ) -> Result<bool, StoreError> {
        (**self).settle_piece(id, place, work, settled).await
    }

    async fn pieces(&self, id: &BatchId, from: u32, limit: usize) -> Result<Vec<StoredPiece>, StoreError> {
        (**self).pieces(id, from, limit).await
    }

    async fn refused_pieces(
        &self,
        id: &BatchId,
        from: u32,
        limit: usize,
    ) -> Result<Vec<StoredPiece>, StoreError> {
        (**self).refused_pieces(id, from, limit).await
    }

    async fn remove_batches(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        (**self).remove_batches(before, limit).await
    }
}
