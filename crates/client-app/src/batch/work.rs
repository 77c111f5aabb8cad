//! What the service does for batches: it takes pieces by lease, and moves a batch on when nothing is left of its work.

use jiff::Timestamp;

use super::aggregate::{Batch, Confirmation, Requester};
use super::piece::{BatchWork, RowCounts, SettledPiece, TakenPiece};
use super::row::RowResult;
use super::state::{BatchAction, BatchState};
use crate::clients::Clients;
use crate::error::Error;
use crate::ports::batches::{Batches, PieceRequest};

/// For how many tenths of its lease an instance begins rows of a piece.
const fn tenths(work: BatchWork) -> i32 {
    match work {
        // A check writes nothing, so it does no harm if another instance repeats it; only the result has to be stored.
        BatchWork::Check => 9,
        // The rows that it has begun end before the lease does. If one does not, the idempotency key lets it be done once.
        BatchWork::Run | BatchWork::Recover => 3,
    }
}

/// For how many leases a row is repeated that fails for a reason of the moment, such as a ledger that does not answer.
const LEASES_OF_A_ROW: u8 = 3;

/// How many batches are looked at in a round.
const BATCHES: usize = 50;

/// A piece that this instance works on.
#[derive(Clone, Debug)]
pub struct PieceAtWork {
    /// Its batch.
    pub batch: Batch,
    /// What is done with it.
    pub work: BatchWork,
    /// The piece.
    pub taken: TakenPiece,
    /// After this time no row of it is begun.
    pub last_row_at: Timestamp,
    /// Whether it was begun so long ago that the outcomes of its rows may be deleted: none may be executed, and of none that is
    /// not found is it known whether it was done.
    pub outcomes_are_gone: bool,
    /// Whether a row that fails for a reason of the moment is left to the next lease, and all rows of the piece with it. If not, it has
    /// failed for so long that it is refused, so that it does not hold up the others.
    pub may_repeat: bool,
}

impl PieceAtWork {
    /// Whether a row may be begun now.
    pub fn may_begin(&self, now: Timestamp) -> bool {
        now < self.last_row_at
    }
}

impl Clients {
    /// Takes a piece, of the oldest batch that has a free one. Batches without one are moved on.
    ///
    /// # Errors
    ///
    /// The storage failed.
    pub async fn take_batch_piece(&self) -> Result<Option<PieceAtWork>, Error> {
        loop {
            // A batch that has ended lets the next one of its uploader begin.
            let (taken, has_moved) = self.look_for_piece().await?;
            if taken.is_some() || !has_moved {
                return Ok(taken);
            }
        }
    }

    /// A piece, if one is free; and whether a batch without one was moved on.
    async fn look_for_piece(&self) -> Result<(Option<PieceAtWork>, bool), Error> {
        let mut has_moved = false;
        let batches = &*self.batch_office()?.batches;
        let mut at_work = batches.batches_at_work(BATCHES).await.map_err(Error::of_load)?;
        let now = self.batch_time();
        let rules = self.batch_office()?.rules;
        for at in 0..at_work.len() {
            let Some(batch) = at_work.get(at).cloned() else { break };
            let batch = match batch.state {
                BatchState::Confirmed if !has_running(&at_work, &batch) => {
                    let Some(started) = self.start(batches, &batch, now).await? else { continue };
                    if let Some(place) = at_work.get_mut(at) {
                        place.clone_from(&started);
                    }
                    started
                }
                _ => batch,
            };
            let Some(work) = BatchWork::of(batch.state) else { continue };
            let request = PieceRequest { batch: batch.id.clone(), work, now, until: now + rules.lease };
            if let Some(taken) = batches.take_piece(&request).await.map_err(Error::of_load)? {
                let begun_for = now.duration_since(taken.begun_at) + rules.lease;
                let outcomes_are_gone = work != BatchWork::Check && begun_for > rules.outcomes_kept;
                let last_row_at = now + rules.lease * tenths(work) / 10;
                // The leases of the check count as well, of which there is one as a rule. A service that was stopped has used none.
                let checked = u64::from(work != BatchWork::Check);
                let may_repeat = taken.lease < u64::from(LEASES_OF_A_ROW) + checked
                    || begun_for < rules.lease * i32::from(LEASES_OF_A_ROW);
                let piece = PieceAtWork { batch, work, taken, last_row_at, outcomes_are_gone, may_repeat };
                return Ok((Some(piece), has_moved));
            }
            has_moved |= self.move_on(batches, &batch, work, now).await?;
        }
        Ok((None, has_moved))
    }

    /// Stores what became of the rows of a piece; returns how many there are of each kind, if it was still this instance's.
    ///
    /// # Errors
    ///
    /// The storage failed. The piece is repeated when its lease has ended.
    pub async fn settle_batch_piece(
        &self,
        piece: &PieceAtWork,
        results: &[RowResult],
    ) -> Result<Option<RowCounts>, Error> {
        let place = (piece.taken.piece.number, piece.taken.lease);
        let settled = SettledPiece::of(results);
        let batches = &self.batch_office()?.batches;
        let is_settled = batches.settle_piece(&piece.batch.id, place, piece.work, &settled).await;
        Ok(is_settled.map_err(Error::of_load)?.then_some(settled.counts))
    }

    /// Ends batches that have waited for their file or a person for longer than the bank allows; returns how many.
    ///
    /// # Errors
    ///
    /// The storage failed.
    pub async fn expire_batches(&self) -> Result<u64, Error> {
        let office = self.batch_office()?;
        let now = self.batch_time();
        let before = now - office.rules.expires_after;
        let (mut after, mut expired) = (None, 0);
        loop {
            let waiting = office.batches.batches_waiting(before, after.as_ref(), BATCHES).await;
            let waiting = waiting.map_err(Error::of_load)?;
            let Some(last) = waiting.last() else { return Ok(expired) };
            after = Some((last.announced_at, last.id.clone()));
            for batch in waiting.iter().filter(|batch| batch.moved_at < before) {
                let Some(next) = by_service(batch, BatchAction::Expire, now) else { continue };
                let replaced = office.batches.replace_batch(&next, batch.version).await;
                expired += u64::from(replaced.map_err(Error::of_load)?);
            }
        }
    }

    /// The time of the storage, which all instances share.
    pub fn batch_time(&self) -> Timestamp {
        self.storage_time(self.clock.now())
    }

    async fn start(
        &self,
        batches: &dyn Batches,
        batch: &Batch,
        now: Timestamp,
    ) -> Result<Option<Batch>, Error> {
        let Some((_, progress)) = batches.find_batch(&batch.id).await.map_err(Error::of_load)? else {
            return Ok(None);
        };
        let Some(started) = by_service(batch, BatchAction::Start, now) else { return Ok(None) };
        let started = Batch { running: Some((now, progress.executed.total())), ..started };
        let replaced = batches.start_batch(&started, batch.version).await.map_err(Error::of_load)?;
        Ok(replaced.then_some(started))
    }

    /// Ends the work of a batch of which nothing is left, and returns whether it did. If another instance was faster, nothing is
    /// to do.
    async fn move_on(
        &self,
        batches: &dyn Batches,
        batch: &Batch,
        work: BatchWork,
        now: Timestamp,
    ) -> Result<bool, Error> {
        let found = batches.find_batch(&batch.id).await.map_err(Error::of_load)?;
        let Some((batch, _)) = found.filter(|(_, progress)| progress.is_over(work)) else {
            return Ok(false);
        };
        let action = match work {
            BatchWork::Check => BatchAction::Check,
            BatchWork::Run => BatchAction::Finish,
            BatchWork::Recover => BatchAction::Settle,
        };
        match by_service(&batch, action, now) {
            Some(next) => batches.replace_batch(&next, batch.version).await.map_err(Error::of_load),
            None => Ok(false),
        }
    }
}

/// One batch of a caller runs at a time. The storage has the last word; this saves it the question.
fn has_running(all: &[Batch], batch: &Batch) -> bool {
    all.iter().any(|other| other.keeps_from_starting(batch))
}

/// The batch after an action of the service; `None` if its state has changed.
fn by_service(batch: &Batch, action: BatchAction, now: Timestamp) -> Option<Batch> {
    batch.after(action, Requester::Service, Confirmation::SecondPerson, now).ok()
}
