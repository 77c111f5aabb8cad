use std::sync::Arc;

use async_trait::async_trait;
use client_app::batch::{
    Batch, BatchId, BatchPiece, BatchProgress, BatchState, BatchWork, SettledPiece, StoredPiece, TakenPiece,
};
use client_app::ports::{Announcement, BatchPage, Batches, PieceRequest, StoreError};
use jiff::Timestamp;

use crate::faults::Operation;
use crate::store::MemoryStore;
use crate::tables::{PieceRow, Tables};

impl Tables {
    fn pieces_of<'a>(&'a self, id: &BatchId, from: u32) -> impl Iterator<Item = &'a Arc<PieceRow>> + use<'a> {
        let id = id.clone();
        let rows = self.batch_pieces.range((id.clone(), from)..);
        rows.take_while(move |((batch, _), _)| *batch == id).map(|(_, row)| row)
    }

    fn announce_batch(&mut self, batch: &Batch, max_open: usize) -> Announcement {
        let announcement = self.announcement(batch, max_open);
        if let Announcement::Stored(stored) = &announcement {
            self.batches.insert_mut(batch.id.clone(), Arc::new(Batch::clone(stored)));
        }
        announcement
    }

    /// What announcing this batch answers.
    fn announcement(&self, batch: &Batch, max_open: usize) -> Announcement {
        if let Some(there) = self.batches.get(&batch.id) {
            return Announcement::Stored(Box::new(Batch::clone(there)));
        }
        if self.deleted_batches.contains(&batch.id) {
            return Announcement::Deleted;
        }
        if self.batches.values().filter(|other| other.is_open_beside(batch)).count() >= max_open {
            return Announcement::TooMany;
        }
        Announcement::Stored(Box::new(batch.clone()))
    }

    fn batches_waiting(
        &self,
        before: Timestamp,
        after: Option<&(Timestamp, BatchId)>,
        limit: usize,
    ) -> Vec<Batch> {
        let waits = |batch: &&Arc<Batch>| {
            batch.state.expires()
                && batch.announced_at < before
                && after.is_none_or(|(at, id)| (*at, id) < (batch.announced_at, &batch.id))
        };
        let mut found: Vec<_> = self.batches.values().filter(waits).collect();
        found.sort_by(|one, other| (one.announced_at, &one.id).cmp(&(other.announced_at, &other.id)));
        found.into_iter().take(limit).map(|batch| Batch::clone(batch)).collect()
    }

    fn find_batch(&self, id: &BatchId) -> Option<(Batch, BatchProgress)> {
        let batch = Batch::clone(self.batches.get(id)?);
        let mut progress = BatchProgress::default();
        self.pieces_of(id, 0).for_each(|row| progress.add(&row.stored, row.begun_at.is_some()));
        Some((batch, progress))
    }

    fn page_of_batches(&self, page: &BatchPage) -> Vec<Batch> {
        let mut found: Vec<_> = self.batches.values().filter(|batch| page.holds(batch)).collect();
        found.sort_by(|one, other| (other.announced_at, &other.id).cmp(&(one.announced_at, &one.id)));
        found.into_iter().take(page.limit).map(|batch| Batch::clone(batch)).collect()
    }

    fn batches_at_work(&self, limit: usize) -> Vec<Batch> {
        let mut found: Vec<_> = self.batches.values().filter(|batch| batch.state.is_at_work()).collect();
        found.sort_by(|one, other| (one.announced_at, &one.id).cmp(&(other.announced_at, &other.id)));
        found.into_iter().take(limit).map(|batch| Batch::clone(batch)).collect()
    }

    fn replace_batch(&mut self, batch: &Batch, read: u64) -> bool {
        let is_read = self.batches.get(&batch.id).is_some_and(|there| there.version == read);
        if is_read {
            self.batches.insert_mut(batch.id.clone(), Arc::new(batch.clone()));
        }
        is_read
    }

    fn start_batch(&mut self, batch: &Batch, read: u64) -> bool {
        let waits = self.batches.values().any(|other| other.keeps_from_starting(batch));
        !waits && self.replace_batch(batch, read)
    }

    fn begin_upload(&mut self, batch: &Batch, read: u64) -> bool {
        let waits = |there: &Arc<Batch>| there.state == BatchState::Announced;
        let begins = self.batches.get(&batch.id).is_some_and(waits) && self.replace_batch(batch, read);
        if begins {
            self.remove_pieces(&batch.id);
        }
        begins
    }

    fn remove_pieces(&mut self, id: &BatchId) {
        let numbers: Vec<_> = self.pieces_of(id, 0).map(|row| row.stored.piece.number).collect();
        for number in numbers {
            self.batch_pieces.remove_mut(&(id.clone(), number));
        }
    }

    fn add_piece(&mut self, id: &BatchId, upload: &str, piece: &BatchPiece) -> bool {
        let adds = |batch: &Arc<Batch>| {
            batch.state == BatchState::Announced && batch.upload.as_deref() == Some(upload)
        };
        let is_latest = self.batches.get(id).is_some_and(adds);
        let place = (id.clone(), piece.number);
        if is_latest && !self.batch_pieces.contains_key(&place) {
            let stored = StoredPiece { piece: piece.clone(), stage: 0, settled: None };
            let row = PieceRow { stored, leased_until: None, lease: 0, begun_at: None };
            self.batch_pieces.insert_mut(place, Arc::new(row));
        }
        is_latest
    }

    fn take_piece(&mut self, request: &PieceRequest) -> Option<TakenPiece> {
        let PieceRequest { batch, work, now, until } = request;
        self.batches.get(batch).filter(|batch| batch.state == work.state())?;
        let is_free = |row: &&Arc<PieceRow>| {
            row.stored.stage == work.stage()
                && row.leased_until.is_none_or(|until| until <= *now)
                && (row.begun_at.is_some() || !work.takes_begun_only())
        };
        let mut row = PieceRow::clone(self.pieces_of(batch, 0).find(is_free)?);
        row.leased_until = Some(*until);
        row.lease += 1;
        let begun_at = *row.begun_at.get_or_insert(*now);
        let taken = TakenPiece { piece: row.stored.piece.clone(), lease: row.lease, begun_at };
        self.batch_pieces.insert_mut((batch.clone(), taken.piece.number), Arc::new(row));
        Some(taken)
    }

    fn settle_piece(
        &mut self,
        id: &BatchId,
        (number, lease): (u32, u64),
        work: BatchWork,
        settled: &SettledPiece,
    ) -> bool {
        let place = (id.clone(), number);
        let holds = |row: &&Arc<PieceRow>| row.lease == lease && row.stored.stage == work.stage();
        let Some(row) = self.batch_pieces.get(&place).filter(holds) else { return false };
        let piece = row.stored.piece.clone();
        let stored = StoredPiece { piece, stage: work.stage() + 1, settled: Some(settled.clone()) };
        let row = PieceRow { stored, leased_until: None, lease, begun_at: None };
        self.batch_pieces.insert_mut(place, Arc::new(row));
        true
    }

    fn remove_batches(&mut self, before: Timestamp, limit: usize) -> u64 {
        let is_over = |batch: &Batch| match batch.ended_at {
            Some(at) => at < before,
            None => batch.state == BatchState::Announced && batch.announced_at < before,
        };
        let over: Vec<_> = self
            .batches
            .values()
            .filter(|batch| is_over(batch))
            .take(limit)
            .map(|batch| batch.id.clone())
            .collect();
        for id in &over {
            if self.pieces_of(id, 0).any(|row| row.stored.stage > BatchWork::Run.stage()) {
                self.deleted_batches.insert_mut(id.clone());
            }
            self.remove_pieces(id);
            self.batches.remove_mut(id);
        }
        over.len() as u64
    }
}

#[async_trait]
impl Batches for MemoryStore {
    async fn announce_batch(&self, batch: &Batch, max_open: usize) -> Result<Announcement, StoreError> {
        self.change_batches(|tables| tables.announce_batch(batch, max_open)).await
    }

    async fn check_announcement(&self, batch: &Batch, max_open: usize) -> Result<Announcement, StoreError> {
        let read = || Ok(self.snapshot().announcement(batch, max_open));
        self.answer(Operation::Batches, read).await
    }

    async fn batch(&self, id: &BatchId) -> Result<Option<Batch>, StoreError> {
        let read = || Ok(self.snapshot().batches.get(id).map(|batch| Batch::clone(batch)));
        self.answer(Operation::Batches, read).await
    }

    async fn find_batch(&self, id: &BatchId) -> Result<Option<(Batch, BatchProgress)>, StoreError> {
        self.answer(Operation::Batches, || Ok(self.snapshot().find_batch(id))).await
    }

    async fn batches(&self, page: &BatchPage) -> Result<Vec<Batch>, StoreError> {
        self.answer(Operation::Batches, || Ok(self.snapshot().page_of_batches(page))).await
    }

    async fn batches_at_work(&self, limit: usize) -> Result<Vec<Batch>, StoreError> {
        self.answer(Operation::Batches, || Ok(self.snapshot().batches_at_work(limit))).await
    }

    async fn batches_waiting(
        &self,
        before: Timestamp,
        after: Option<&(Timestamp, BatchId)>,
        limit: usize,
    ) -> Result<Vec<Batch>, StoreError> {
        let read = || Ok(self.snapshot().batches_waiting(before, after, limit));
        self.answer(Operation::Batches, read).await
    }

    async fn replace_batch(&self, batch: &Batch, read: u64) -> Result<bool, StoreError> {
        self.change_batches(|tables| tables.replace_batch(batch, read)).await
    }

    async fn start_batch(&self, batch: &Batch, read: u64) -> Result<bool, StoreError> {
        self.change_batches(|tables| tables.start_batch(batch, read)).await
    }

    async fn begin_upload(&self, batch: &Batch, read: u64) -> Result<bool, StoreError> {
        self.change_batches(|tables| tables.begin_upload(batch, read)).await
    }

    async fn add_piece(&self, id: &BatchId, upload: &str, piece: &BatchPiece) -> Result<bool, StoreError> {
        self.change_batches(|tables| tables.add_piece(id, upload, piece)).await
    }

    async fn take_piece(&self, request: &PieceRequest) -> Result<Option<TakenPiece>, StoreError> {
        self.change_batches(|tables| tables.take_piece(request)).await
    }

    async fn settle_piece(
        &self,
        id: &BatchId,
        place: (u32, u64),
        work: BatchWork,
        settled: &SettledPiece,
    ) -> Result<bool, StoreError> {
        self.change_batches(|tables| tables.settle_piece(id, place, work, settled)).await
    }

    async fn pieces(&self, id: &BatchId, from: u32, limit: usize) -> Result<Vec<StoredPiece>, StoreError> {
        self.answer(Operation::Batches, || {
            let tables = self.snapshot();
            Ok(tables.pieces_of(id, from).take(limit).map(|row| row.stored.clone()).collect())
        })
        .await
    }

    async fn refused_pieces(
        &self,
        id: &BatchId,
        from: u32,
        limit: usize,
    ) -> Result<Vec<StoredPiece>, StoreError> {
        self.answer(Operation::Batches, || {
            let tables = self.snapshot();
            let refused = tables.pieces_of(id, from).filter(|row| row.stored.has_refused());
            Ok(refused.take(limit).map(|row| row.stored.clone()).collect())
        })
        .await
    }

    async fn remove_batches(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        self.change_batches(|tables| tables.remove_batches(before, limit)).await
    }
}

impl MemoryStore {
    async fn change_batches<T: Send>(
        &self,
        change: impl FnOnce(&mut Tables) -> T + Send,
    ) -> Result<T, StoreError> {
        self.answer(Operation::Batches, || Ok(self.change(change))).await
    }
}
