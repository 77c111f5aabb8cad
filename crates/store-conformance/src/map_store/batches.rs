use std::collections::BTreeSet;

use async_trait::async_trait;
use client_app::batch::{
    Batch, BatchId, BatchPiece, BatchProgress, BatchState, BatchWork, SettledPiece, StoredPiece, TakenPiece,
};
use client_app::ports::{Announcement, BatchPage, Batches, PieceRequest, StoreError};
use jiff::Timestamp;

use super::maps::{LeasedPiece, Maps};
use super::storage::{MapStorage, Method};
use super::store::MapStore;

/// What announcing a batch answers.
fn announcement(maps: &Maps, batch: &Batch, max_open: usize) -> Announcement {
    if let Some(there) = maps.batches.get(&batch.id) {
        return Announcement::Stored(Box::new(there.clone()));
    }
    if maps.deleted_batches.contains(&batch.id) {
        return Announcement::Deleted;
    }
    if maps.batches.values().filter(|other| other.is_open_beside(batch)).count() >= max_open {
        return Announcement::TooMany;
    }
    Announcement::Stored(Box::new(batch.clone()))
}

#[async_trait]
impl<S: MapStorage> Batches for MapStore<S> {
    async fn announce_batch(&self, batch: &Batch, max_open: usize) -> Result<Announcement, StoreError> {
        self.write(Method::AnnounceBatch, |maps| {
            let answer = announcement(maps, batch, max_open);
            if let Announcement::Stored(stored) = &answer {
                maps.batches.insert(batch.id.clone(), Batch::clone(stored));
            }
            answer
        })
        .await
    }

    async fn check_announcement(&self, batch: &Batch, max_open: usize) -> Result<Announcement, StoreError> {
        self.read(Method::CheckAnnouncement, |maps| announcement(maps, batch, max_open)).await
    }

    async fn batch(&self, id: &BatchId) -> Result<Option<Batch>, StoreError> {
        self.read(Method::ReadBatch, |maps| maps.batches.get(id).cloned()).await
    }

    async fn find_batch(&self, id: &BatchId) -> Result<Option<(Batch, BatchProgress)>, StoreError> {
        self.read(Method::FindBatch, |maps| {
            let batch = maps.batches.get(id)?.clone();
            let mut progress = BatchProgress::default();
            let pieces = maps.batch_pieces.iter().filter(|((of, _), _)| of == id);
            pieces.for_each(|(_, row)| progress.add(&row.stored, row.begun_at.is_some()));
            Some((batch, progress))
        })
        .await
    }

    async fn batches(&self, page: &BatchPage) -> Result<Vec<Batch>, StoreError> {
        self.read(Method::ListBatches, |maps| {
            let mut found: Vec<_> =
                maps.batches.values().filter(|batch| page.holds(batch)).cloned().collect();
            found.sort_by(|one, other| (other.announced_at, &other.id).cmp(&(one.announced_at, &one.id)));
            found.truncate(page.limit);
            found
        })
        .await
    }

    async fn batches_at_work(&self, limit: usize) -> Result<Vec<Batch>, StoreError> {
        self.read(Method::BatchesAtWork, |maps| {
            let mut found: Vec<_> =
                maps.batches.values().filter(|batch| batch.state.is_at_work()).cloned().collect();
            found.sort_by(|one, other| (one.announced_at, &one.id).cmp(&(other.announced_at, &other.id)));
            found.truncate(limit);
            found
        })
        .await
    }

    async fn batches_waiting(
        &self,
        before: Timestamp,
        after: Option<&(Timestamp, BatchId)>,
        limit: usize,
    ) -> Result<Vec<Batch>, StoreError> {
        self.read(Method::BatchesWaiting, |maps| {
            let waits = |batch: &&Batch| {
                batch.state.expires()
                    && batch.announced_at < before
                    && after.is_none_or(|(at, id)| (*at, id) < (batch.announced_at, &batch.id))
            };
            let mut found: Vec<_> = maps.batches.values().filter(waits).cloned().collect();
            found.sort_by(|one, other| (one.announced_at, &one.id).cmp(&(other.announced_at, &other.id)));
            found.truncate(limit);
            found
        })
        .await
    }

    async fn replace_batch(&self, batch: &Batch, read: u64) -> Result<bool, StoreError> {
        self.write(Method::ReplaceBatch, |maps| maps.replace_batch(batch, read)).await
    }

    async fn start_batch(&self, batch: &Batch, read: u64) -> Result<bool, StoreError> {
        self.write(Method::StartBatch, |maps| {
            let waits = maps.batches.values().any(|other| other.keeps_from_starting(batch));
            !waits && maps.replace_batch(batch, read)
        })
        .await
    }

    async fn begin_upload(&self, batch: &Batch, read: u64) -> Result<bool, StoreError> {
        self.write(Method::BeginUpload, |maps| {
            let waits = |there: &Batch| there.state == BatchState::Announced;
            let begins = maps.batches.get(&batch.id).is_some_and(waits) && maps.replace_batch(batch, read);
            if begins {
                maps.batch_pieces.retain(|(of, _), _| *of != batch.id);
            }
            begins
        })
        .await
    }

    async fn add_piece(&self, id: &BatchId, upload: &str, piece: &BatchPiece) -> Result<bool, StoreError> {
        self.write(Method::AddPiece, |maps| {
            let adds = |batch: &Batch| {
                batch.state == BatchState::Announced && batch.upload.as_deref() == Some(upload)
            };
            let is_latest = maps.batches.get(id).is_some_and(adds);
            if is_latest {
                let stored = StoredPiece { piece: piece.clone(), stage: 0, settled: None };
                let row = LeasedPiece { stored, leased_until: None, lease: 0, begun_at: None };
                maps.batch_pieces.entry((id.clone(), piece.number)).or_insert(row);
            }
            is_latest
        })
        .await
    }

    async fn take_piece(&self, request: &PieceRequest) -> Result<Option<TakenPiece>, StoreError> {
        self.write(Method::TakePiece, |maps| {
            let PieceRequest { batch, work, now, until } = request;
            maps.batches.get(batch).filter(|batch| batch.state == work.state())?;
            let is_free = |row: &LeasedPiece| {
                row.stored.stage == work.stage()
                    && row.leased_until.is_none_or(|until| until <= *now)
                    && (row.begun_at.is_some() || !work.takes_begun_only())
            };
            let mut of_batch = maps.batch_pieces.iter_mut().filter(|((of, _), _)| of == batch);
            let (_, row) = of_batch.find(|(_, row)| is_free(row))?;
            row.leased_until = Some(*until);
            row.lease += 1;
            let begun_at = *row.begun_at.get_or_insert(*now);
            Some(TakenPiece { piece: row.stored.piece.clone(), lease: row.lease, begun_at })
        })
        .await
    }

    async fn settle_piece(
        &self,
        id: &BatchId,
        (number, lease): (u32, u64),
        work: BatchWork,
        settled: &SettledPiece,
    ) -> Result<bool, StoreError> {
        self.write(Method::SettlePiece, |maps| {
            let holds = |row: &&mut LeasedPiece| row.lease == lease && row.stored.stage == work.stage();
            let Some(row) = maps.batch_pieces.get_mut(&(id.clone(), number)).filter(holds) else {
                return false;
            };
            row.stored.stage += 1;
            row.stored.settled = Some(settled.clone());
            (row.leased_until, row.begun_at) = (None, None);
            true
        })
        .await
    }

    async fn pieces(&self, id: &BatchId, from: u32, limit: usize) -> Result<Vec<StoredPiece>, StoreError> {
        self.read(Method::Pieces, |maps| {
            let of_batch = maps.batch_pieces.iter().filter(|((of, number), _)| of == id && *number >= from);
            of_batch.take(limit).map(|(_, row)| row.stored.clone()).collect()
        })
        .await
    }

    async fn refused_pieces(
        &self,
        id: &BatchId,
        from: u32,
        limit: usize,
    ) -> Result<Vec<StoredPiece>, StoreError> {
        self.read(Method::RefusedPieces, |maps| {
            let of_batch = maps.batch_pieces.iter().filter(|((of, number), _)| of == id && *number >= from);
            let refused = of_batch.filter(|(_, row)| row.stored.has_refused());
            refused.take(limit).map(|(_, row)| row.stored.clone()).collect()
        })
        .await
    }

    async fn remove_batches(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        self.write(Method::RemoveBatches, |maps| {
            let is_over = |batch: &&Batch| match batch.ended_at {
                Some(at) => at < before,
                None => batch.state == BatchState::Announced && batch.announced_at < before,
            };
            let over: Vec<_> =
                maps.batches.values().filter(is_over).take(limit).map(|batch| batch.id.clone()).collect();
            let executed =
                maps.batch_pieces.iter().filter(|(_, row)| row.stored.stage > BatchWork::Run.stage());
            let executed: BTreeSet<_> = executed.map(|((of, _), _)| of.clone()).collect();
            maps.deleted_batches.extend(over.iter().filter(|id| executed.contains(*id)).cloned());
            maps.batches.retain(|id, _| !over.contains(id));
            maps.batch_pieces.retain(|(of, _), _| !over.contains(of));
            over.len() as u64
        })
        .await
    }
}

impl Maps {
    fn replace_batch(&mut self, batch: &Batch, read: u64) -> bool {
        let is_read = self.batches.get(&batch.id).is_some_and(|there| there.version == read);
        if is_read {
            self.batches.insert(batch.id.clone(), batch.clone());
        }
        is_read
    }
}
