//! Pieces of batches: added by one upload, taken by lease, settled once.

use client_app::batch::{Batch, BatchProgress, BatchState, BatchWork, RowCounts, SettledPiece};

use super::batch_steps::{given, next, progress, settle, take};
use crate::fixtures::batches::{batch, piece, settled};
use crate::fixtures::moment;
use crate::harness::{Harness, race};

/// Pieces are added by the latest upload alone, while the batch waits for its file; a new upload begins without pieces.
pub async fn one_upload_adds_pieces(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let announced = batch(1, "ada");
    fresh.batches.announce_batch(&announced, 99).await.unwrap();
    let add =
        async |upload: &str, n| fresh.batches.add_piece(&announced.id, upload, &piece(n)).await.unwrap();
    assert!(add("u-1", 0).await && add("u-1", 1).await);
    assert!(add("u-1", 1).await, "a piece that is there is left as it is");
    assert!(!add("u-2", 2).await);
    let second = Batch { upload: Some("u-2".to_owned()), ..next(&announced, BatchState::Announced) };
    assert!(!fresh.batches.begin_upload(&second, 7).await.unwrap());
    assert_eq!(fresh.batches.pieces(&announced.id, 0, 9).await.unwrap().len(), 2);
    assert!(fresh.batches.begin_upload(&second, 1).await.unwrap());
    assert_eq!(fresh.batches.pieces(&announced.id, 0, 9).await.unwrap(), []);
    assert!(!add("u-1", 2).await && add("u-2", 0).await);
    let received = next(&second, BatchState::Received);
    assert!(fresh.batches.replace_batch(&received, second.version).await.unwrap());
    assert!(!add("u-2", 1).await, "its file is there");
    let third = Batch { upload: Some("u-3".to_owned()), ..next(&received, BatchState::Received) };
    assert!(!fresh.batches.begin_upload(&third, received.version).await.unwrap());
    assert_eq!(fresh.batches.pieces(&announced.id, 0, 9).await.unwrap().len(), 1);
}

/// Pieces come back unchanged in the order of their numbers, with their latest results.
pub async fn pieces_come_back_in_order(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let there = given(&fresh, 1, 12, BatchState::Received).await;
    given(&fresh, 2, 1, BatchState::Received).await;
    let taken = take(&fresh, &there, BatchWork::Check, 1).await.unwrap();
    assert!(settle(&fresh, &there, &taken, BatchWork::Check).await);
    let all = fresh.batches.pieces(&there.id, 0, 100).await.unwrap();
    assert_eq!(
        all.iter().map(|one| one.piece.clone()).collect::<Vec<_>>(),
        (0..12).map(piece).collect::<Vec<_>>()
    );
    assert_eq!((all[0].stage, all[0].settled.clone()), (1, Some(settled(0))));
    assert!(all[1..].iter().all(|one| one.stage == 0 && one.settled.is_none()));
    assert_eq!(fresh.batches.pieces(&there.id, 9, 2).await.unwrap(), all[9..11]);
}

/// Pieces of which a row was refused are found alone.
pub async fn refused_pieces_are_found(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let there = given(&fresh, 1, 4, BatchState::Received).await;
    for n in 0..4 {
        let taken = take(&fresh, &there, BatchWork::Check, 1).await.unwrap();
        let settled = if n % 2 == 0 { SettledPiece::of(&[]) } else { settled(n) };
        let at = (taken.piece.number, taken.lease);
        assert!(fresh.batches.settle_piece(&there.id, at, BatchWork::Check, &settled).await.unwrap());
    }
    let all = fresh.batches.pieces(&there.id, 0, 9).await.unwrap();
    let refused = async |from, limit| fresh.batches.refused_pieces(&there.id, from, limit).await.unwrap();
    assert_eq!(refused(0, 9).await, [all[1].clone(), all[3].clone()]);
    assert_eq!(refused(0, 1).await, all[1..2]);
    assert_eq!(refused(2, 9).await, all[3..]);
    assert_eq!(fresh.batches.refused_pieces(&batch(2, "ada").id, 0, 9).await.unwrap(), []);
}

/// A piece is taken by one at a time, the first free one first, until its lease ends.
pub async fn a_piece_is_leased_to_one(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let there = given(&fresh, 1, 2, BatchState::Received).await;
    let first = take(&fresh, &there, BatchWork::Check, 1).await.unwrap();
    assert_eq!((&first.piece, first.begun_at), (&piece(0), moment(1)));
    assert_eq!(take(&fresh, &there, BatchWork::Check, 2).await.unwrap().piece, piece(1));
    assert_eq!(take(&fresh, &there, BatchWork::Check, 10).await, None);
    let again = take(&fresh, &there, BatchWork::Check, 11).await.unwrap();
    assert_eq!((&again.piece, again.begun_at), (&piece(0), moment(1)), "it was begun before");
    assert!(again.lease > first.lease);
}

/// Of concurrent takers each gets another piece.
pub async fn concurrent_takers_share_the_pieces(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let there = given(&fresh, 1, 6, BatchState::Received).await;
    let racers = (0..6).map(|_| {
        let (fresh, there) = (fresh.clone(), there.clone());
        async move {
            let mut taken = Vec::new();
            while let Some(one) = take(&fresh, &there, BatchWork::Check, 1).await {
                taken.push(one.piece.number);
            }
            taken
        }
    });
    let mut taken = race(harness, racers).await.concat();
    // A storage may leave a piece that another taker has locked at this moment to the next look.
    while let Some(one) = take(&fresh, &there, BatchWork::Check, 1).await {
        taken.push(one.piece.number);
    }
    taken.sort_unstable();
    assert_eq!(taken, [0, 1, 2, 3, 4, 5]);
}

/// A piece is taken only while its batch is in the state of the work, and only in the stage before it.
pub async fn work_follows_the_state(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let works = [BatchWork::Check, BatchWork::Run, BatchWork::Recover];
    for (n, state) in BatchState::ALL.into_iter().enumerate() {
        let there = given(&fresh, i64::try_from(n).unwrap() + 1, 1, state).await;
        for work in works {
            let taken = take(&fresh, &there, work, 1).await;
            assert_eq!(
                taken.is_some(),
                state == BatchState::Received && work == BatchWork::Check,
                "{state:?}"
            );
        }
    }
}

/// A piece is settled once for each work, under its latest lease; what was checked can then be executed.
pub async fn a_piece_is_settled_once(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let there = given(&fresh, 1, 1, BatchState::Received).await;
    let late = take(&fresh, &there, BatchWork::Check, 1).await.unwrap();
    let taken = take(&fresh, &there, BatchWork::Check, 11).await.unwrap();
    assert!(!settle(&fresh, &there, &late, BatchWork::Check).await, "its lease was lost");
    assert!(settle(&fresh, &there, &taken, BatchWork::Check).await);
    assert!(!settle(&fresh, &there, &taken, BatchWork::Check).await, "it is settled");
    assert_eq!(take(&fresh, &there, BatchWork::Check, 50).await, None);
    let running = next(&there, BatchState::Running);
    assert!(fresh.batches.replace_batch(&running, there.version).await.unwrap());
    let run = take(&fresh, &running, BatchWork::Run, 60).await.unwrap();
    assert_eq!(run.begun_at, moment(60), "it was not begun before");
    assert!(!settle(&fresh, &running, &taken, BatchWork::Run).await);
    let nothing = SettledPiece::of(&[]);
    assert!(fresh.batches.settle_piece(&running.id, (0, run.lease), BatchWork::Run, &nothing).await.unwrap());
    let all = fresh.batches.pieces(&running.id, 0, 9).await.unwrap();
    assert_eq!((all[0].stage, &all[0].settled), (2, &Some(nothing)));
    assert_eq!(take(&fresh, &running, BatchWork::Run, 99).await, None);
}

/// After a stop only the pieces are taken that were begun and not settled, when their leases have ended.
pub async fn only_begun_pieces_are_recovered(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let received = given(&fresh, 1, 3, BatchState::Received).await;
    while let Some(taken) = take(&fresh, &received, BatchWork::Check, 1).await {
        assert!(settle(&fresh, &received, &taken, BatchWork::Check).await);
    }
    let running = next(&received, BatchState::Running);
    assert!(fresh.batches.replace_batch(&running, received.version).await.unwrap());
    let done = take(&fresh, &running, BatchWork::Run, 1).await.unwrap();
    assert!(settle(&fresh, &running, &done, BatchWork::Run).await);
    let begun = take(&fresh, &running, BatchWork::Run, 1).await.unwrap();
    let stopping = next(&running, BatchState::Stopping);
    assert!(fresh.batches.replace_batch(&stopping, running.version).await.unwrap());
    assert_eq!(take(&fresh, &stopping, BatchWork::Recover, 5).await, None, "its lease has not ended");
    assert_eq!(progress(&fresh, &stopping).await.begun_pieces, 1);
    let recovered = take(&fresh, &stopping, BatchWork::Recover, 11).await.unwrap();
    assert_eq!((recovered.piece.number, recovered.begun_at), (begun.piece.number, moment(1)));
    assert!(settle(&fresh, &stopping, &recovered, BatchWork::Recover).await);
    assert_eq!(take(&fresh, &stopping, BatchWork::Recover, 99).await, None);
    let progress = progress(&fresh, &stopping).await;
    assert!(progress.is_over(BatchWork::Recover) && !progress.is_over(BatchWork::Run));
}

/// The progress adds up the rows and what became of them, for each stage.
pub async fn progress_adds_up(harness: &dyn Harness) {
    let fresh = harness.fresh().await;
    let received = given(&fresh, 1, 3, BatchState::Received).await;
    given(&fresh, 2, 4, BatchState::Received).await;
    let expected = BatchProgress { rows: 6, unchecked_pieces: 3, ..BatchProgress::default() };
    assert_eq!(progress(&fresh, &received).await, expected);
    while let Some(taken) = take(&fresh, &received, BatchWork::Check, 1).await {
        assert!(settle(&fresh, &received, &taken, BatchWork::Check).await);
    }
    let running = next(&received, BatchState::Running);
    assert!(fresh.batches.replace_batch(&running, received.version).await.unwrap());
    let taken = take(&fresh, &running, BatchWork::Run, 1).await.unwrap();
    let mut settled = settled(0);
    settled.counts = RowCounts { done: 7, already_done: 6, refused: 5, not_tried: 4 };
    let place = (taken.piece.number, taken.lease);
    assert!(fresh.batches.settle_piece(&running.id, place, BatchWork::Run, &settled).await.unwrap());
    take(&fresh, &running, BatchWork::Run, 1).await.unwrap();
    let expected = BatchProgress {
        rows: 6,
        checked: RowCounts { done: 2, refused: 2, ..RowCounts::default() },
        executed: settled.counts,
        unchecked_pieces: 0,
        unexecuted_pieces: 2,
        begun_pieces: 1,
    };
    assert_eq!(progress(&fresh, &running).await, expected);
}
