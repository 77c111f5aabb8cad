use async_trait::async_trait;
use client_domain::ActorId;
use jiff::Timestamp;

use crate::batch::aggregate::Batch;
use crate::batch::id::BatchId;
use crate::batch::piece::{BatchPiece, BatchProgress, BatchWork, SettledPiece, StoredPiece, TakenPiece};
use crate::ports::error::StoreError;

/// A page of batches, newest first.
#[derive(Clone, Debug)]
pub struct BatchPage {
    /// Only batches that this person uploaded.
    pub uploader: Option<ActorId>,
    /// Only batches after this one in the order of the page.
    pub after: Option<(Timestamp, BatchId)>,
    /// The maximum number.
    pub limit: usize,
}

impl BatchPage {
    /// Whether this batch may be on the page.
    pub fn holds(&self, batch: &Batch) -> bool {
        let of_uploader = self.uploader.as_ref().is_none_or(|uploader| batch.uploader.actor.id == *uploader);
        let place = (batch.announced_at, &batch.id);
        of_uploader && self.after.as_ref().is_none_or(|(at, id)| place < (*at, id))
    }
}

/// A free piece that is asked for.
#[derive(Clone, Debug)]
pub struct PieceRequest {
    /// Of this batch.
    pub batch: BatchId,
    /// For this work.
    pub work: BatchWork,
    /// The time.
    pub now: Timestamp,
    /// The end of the lease.
    pub until: Timestamp,
}

/// Batches, and their rows in pieces.
///
/// Nothing here changes a client. The row that was done and the change that it made are one commit nevertheless: the commit
/// stores the outcome under the key of the row, and a piece that was begun and not settled is repeated under the same keys.
/// An adapter promises:
///
/// - a batch is replaced only in the version that was read, and of several concurrent replacements one is done;
/// - of the batches of an uploader one is started at a time, and none while another one is running or stopping;
/// - pieces are added to a batch that waits for its file by its latest upload alone;
/// - a piece is taken only while its batch is in the state of the work, and by one at a time until its lease ends;
/// - a piece is settled once for each work, under its latest lease.
#[async_trait]
pub trait Batches: Send + Sync {
    /// Stores a batch, unless one has its id; returns the one that is stored.
    async fn announce_batch(&self, batch: &Batch) -> Result<Batch, StoreError>;

    /// Reads a batch, and how far it is.
    async fn find_batch(&self, id: &BatchId) -> Result<Option<(Batch, BatchProgress)>, StoreError>;

    /// A page of batches, newest first; of the same moment by falling id.
    async fn batches(&self, page: &BatchPage) -> Result<Vec<Batch>, StoreError>;

    /// The batches for which the service has something to do, oldest first.
    async fn batches_at_work(&self, limit: usize) -> Result<Vec<Batch>, StoreError>;

    /// Replaces a batch that is still at this version, and returns whether it was.
    async fn replace_batch(&self, batch: &Batch, read: u64) -> Result<bool, StoreError>;

    /// Replaces a batch that is still at this version by one that is running, unless another one of its uploader is running or
    /// stopping; returns whether it was.
    async fn start_batch(&self, batch: &Batch, read: u64) -> Result<bool, StoreError>;

    /// Replaces a batch that is still at this version and waits for its file, and deletes its pieces.
    async fn begin_upload(&self, batch: &Batch, read: u64) -> Result<bool, StoreError>;

    /// Adds a piece to a batch that waits for its file; returns whether `upload` is the latest one. A piece that is there
    /// already is left as it is.
    async fn add_piece(&self, id: &BatchId, upload: &str, piece: &BatchPiece) -> Result<bool, StoreError>;

    /// Leases the free piece with the lowest number.
    async fn take_piece(&self, request: &PieceRequest) -> Result<Option<TakenPiece>, StoreError>;

    /// Stores what became of the rows of a piece, and returns whether this lease was the latest and not settled.
    async fn settle_piece(
        &self,
        id: &BatchId,
        (number, lease): (u32, u64),
        work: BatchWork,
        settled: &SettledPiece,
    ) -> Result<bool, StoreError>;

    /// Pieces in the order of their numbers, from this one on.
    async fn pieces(&self, id: &BatchId, from: u32, limit: usize) -> Result<Vec<StoredPiece>, StoreError>;

    /// The same, only those of which a row was refused.
    async fn refused_pieces(
        &self,
        id: &BatchId,
        from: u32,
        limit: usize,
    ) -> Result<Vec<StoredPiece>, StoreError>;

    /// Deletes up to `limit` batches with their pieces that ended before this time, or were announced before it and never
    /// received; returns their number.
    async fn remove_batches(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError>;
}
