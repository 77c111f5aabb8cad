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

/// What became of an announcement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Announcement {
    /// This batch has the id: the one that was announced, or an earlier one.
    Stored(Box<Batch>),
    /// Rows of a batch with this id were executed, and it was deleted since.
    Deleted,
    /// The uploader has as many batches that have not ended as one may have.
    TooMany,
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
/// - the id of a batch whose rows were executed is never announced again, not even when the batch is deleted;
/// - a batch is replaced only in the version that was read, and of several concurrent replacements one is done;
/// - of the batches of an uploader one is started at a time, and none while another one is running or stopping;
/// - pieces are added to a batch that waits for its file by its latest upload alone;
/// - a piece is taken only while its batch is in the state of the work, and by one at a time until its lease ends;
/// - a piece is settled once for each work, under its latest lease.
#[async_trait]
pub trait Batches: Send + Sync {
    /// Stores a batch, unless one has its id, had it until it was deleted, or `max_open` batches of its uploader have not ended.
    /// Announcements at the same moment may exceed that number.
    async fn announce_batch(&self, batch: &Batch, max_open: usize) -> Result<Announcement, StoreError>;

    /// What announcing this batch would answer now. It stores nothing.
    async fn check_announcement(&self, batch: &Batch, max_open: usize) -> Result<Announcement, StoreError>;

    /// Reads a batch.
    async fn batch(&self, id: &BatchId) -> Result<Option<Batch>, StoreError>;

    /// Reads a batch, and how far it is: all of its pieces are added up.
    async fn find_batch(&self, id: &BatchId) -> Result<Option<(Batch, BatchProgress)>, StoreError>;

    /// A page of batches, newest first; of the same moment by falling id.
    async fn batches(&self, page: &BatchPage) -> Result<Vec<Batch>, StoreError>;

    /// The batches for which the service has something to do, oldest first.
    async fn batches_at_work(&self, limit: usize) -> Result<Vec<Batch>, StoreError>;

    /// The batches that wait for a file, a check or a person and were announced before this time, oldest first, after `after`.
    async fn batches_waiting(
        &self,
        before: Timestamp,
        after: Option<&(Timestamp, BatchId)>,
        limit: usize,
    ) -> Result<Vec<Batch>, StoreError>;

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
    /// received; returns their number. Of those whose rows were executed the ids are kept.
    async fn remove_batches(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError>;
}
