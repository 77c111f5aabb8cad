//! Steps of the cases of batches.

use client_app::batch::{Batch, BatchProgress, BatchState, BatchWork, TakenPiece};
use client_app::ports::PieceRequest;

use crate::fixtures::batches::{batch, piece, settled};
use crate::fixtures::moment;
use crate::harness::Fresh;

/// The batch in this state, one version on.
pub(super) fn next(batch: &Batch, state: BatchState) -> Batch {
    Batch { state, version: batch.version + 1, ..batch.clone() }
}

/// Stores a batch with so many pieces, in this state.
pub(super) async fn given(fresh: &Fresh, n: i64, pieces: u32, state: BatchState) -> Batch {
    let announced = batch(n, "ada");
    fresh.batches.announce_batch(&announced, 99).await.unwrap();
    for number in 0..pieces {
        assert!(fresh.batches.add_piece(&announced.id, "u-1", &piece(number)).await.unwrap());
    }
    let there = next(&announced, state);
    assert!(fresh.batches.replace_batch(&there, announced.version).await.unwrap());
    there
}

pub(super) async fn take(fresh: &Fresh, batch: &Batch, work: BatchWork, now: i64) -> Option<TakenPiece> {
    let request = PieceRequest { batch: batch.id.clone(), work, now: moment(now), until: moment(now + 10) };
    fresh.batches.take_piece(&request).await.unwrap()
}

pub(super) async fn settle(fresh: &Fresh, batch: &Batch, taken: &TakenPiece, work: BatchWork) -> bool {
    let number = taken.piece.number;
    fresh.batches.settle_piece(&batch.id, (number, taken.lease), work, &settled(number)).await.unwrap()
}

pub(super) async fn progress(fresh: &Fresh, batch: &Batch) -> BatchProgress {
    fresh.batches.find_batch(&batch.id).await.unwrap().unwrap().1
}
