//! Batches of commands, as rows.

use async_trait::async_trait;
use client_app::batch::{
    Batch, BatchId, BatchPiece, BatchProgress, BatchWork, SettledPiece, StoredPiece, TakenPiece,
};
use client_app::ports::{Announcement, BatchPage, Batches, PieceRequest, StoreError};
use client_domain::ActorId;
use jiff::Timestamp;
use rusqlite::Connection;

use crate::batch_pieces::{count, piece, progress, stored};
use crate::columns::Columns;
use crate::error::Failure;
use crate::parameters::{Parameters, to_i64};
use crate::sql::{
    ADD_BATCH_PIECE, ANNOUNCE_BATCH, BATCH_PIECES, BATCH_PROGRESS, BATCH_WAITS, BATCH_WAS_DELETED, BATCHES,
    BATCHES_AT_WORK, BATCHES_WAITING, DELETE_BATCH, DELETE_BATCH_PIECES, ENDED_BATCHES, FIND_BATCH,
    KEEP_BATCH_ID, OPEN_BATCHES, REFUSED_BATCH_PIECES, REPLACE_BATCH, SETTLE_BATCH_PIECE, START_BATCH,
    START_BATCH_UPLOAD, TAKE_BATCH_PIECE,
};
use crate::store::SqliteStore;

pub(crate) const TABLE: &str = "client_batch";
pub(crate) const PIECES: &str = "client_batch_piece";
pub(crate) const DELETED: &str = "client_deleted_batch";

#[async_trait]
impl Batches for SqliteStore {
    async fn announce_batch(&self, batch: &Batch, max_open: usize) -> Result<Announcement, StoreError> {
        let batch = batch.clone();
        self.write(move |connection| {
            let parameters = of_batch(&batch.id)
                .with(":uploader", batch.uploader.actor.id.as_str())
                .with(":state", batch.state.name())
                .with(":version", number(batch.version))
                .with(":upload", batch.upload.as_deref())
                .with(":announced_at", batch.announced_at)
                .with(":ended_at", batch.ended_at)
                .with(":details", batch.to_json())
                .with(":max_open", to_i64(max_open));
            parameters.execute(connection, ANNOUNCE_BATCH)?;
            if let Some(there) = found(connection, &batch.id)? {
                return Ok(Announcement::Stored(Box::new(there)));
            }
            Ok(if was_deleted(connection, &batch.id)? {
                Announcement::Deleted
            } else {
                Announcement::TooMany
            })
        })
        .await
    }

    async fn check_announcement(&self, batch: &Batch, max_open: usize) -> Result<Announcement, StoreError> {
        let batch = batch.clone();
        self.read(move |connection| {
            if let Some(there) = found(connection, &batch.id)? {
                return Ok(Announcement::Stored(Box::new(there)));
            }
            if was_deleted(connection, &batch.id)? {
                return Ok(Announcement::Deleted);
            }
            let of_uploader = Parameters::new().with(":uploader", batch.uploader.actor.id.as_str());
            let open =
                of_uploader.first(connection, (TABLE, OPEN_BATCHES), |columns| columns.get::<i64>("open"))?;
            let is_full = open.unwrap_or_default() >= to_i64(max_open);
            Ok(if is_full { Announcement::TooMany } else { Announcement::Stored(Box::new(batch)) })
        })
        .await
    }

    async fn batch(&self, id: &BatchId) -> Result<Option<Batch>, StoreError> {
        let id = id.clone();
        self.read(move |connection| found(connection, &id)).await
    }

    async fn find_batch(&self, id: &BatchId) -> Result<Option<(Batch, BatchProgress)>, StoreError> {
        let id = id.clone();
        self.read(move |connection| {
            let Some(batch) = found(connection, &id)? else { return Ok(None) };
            let progress = of_batch(&id).first(connection, (PIECES, BATCH_PROGRESS), progress)?;
            Ok(Some((batch, progress.unwrap_or_default())))
        })
        .await
    }

    async fn batches(&self, page: &BatchPage) -> Result<Vec<Batch>, StoreError> {
        let page = page.clone();
        self.read(move |connection| {
            let (at, id) = page.after.as_ref().map(|(at, id)| (*at, id.as_str())).unzip();
            let parameters = Parameters::new()
                .with(":uploader", page.uploader.as_ref().map(ActorId::as_str))
                .with(":announced_at", at)
                .with(":batch_id", id)
                .with(":limit", to_i64(page.limit));
            parameters.rows(connection, (TABLE, BATCHES), batch)
        })
        .await
    }

    async fn batches_at_work(&self, limit: usize) -> Result<Vec<Batch>, StoreError> {
        self.read(move |connection| {
            Parameters::new().with(":limit", to_i64(limit)).rows(connection, (TABLE, BATCHES_AT_WORK), batch)
        })
        .await
    }

    async fn batches_waiting(
        &self,
        before: Timestamp,
        after: Option<&(Timestamp, BatchId)>,
        limit: usize,
    ) -> Result<Vec<Batch>, StoreError> {
        let after = after.cloned();
        self.read(move |connection| {
            let (at, id) = after.as_ref().map(|(at, id)| (*at, id.as_str())).unzip();
            let parameters = Parameters::new()
                .with(":before", before)
                .with(":announced_at", at)
                .with(":batch_id", id)
                .with(":limit", to_i64(limit));
            parameters.rows(connection, (TABLE, BATCHES_WAITING), batch)
        })
        .await
    }

    async fn replace_batch(&self, batch: &Batch, read: u64) -> Result<bool, StoreError> {
        let batch = batch.clone();
        self.write(move |connection| {
            let parameters = of_batch(&batch.id)
                .with(":read", number(read))
                .with(":state", batch.state.name())
                .with(":version", number(batch.version))
                .with(":upload", batch.upload.as_deref())
                .with(":ended_at", batch.ended_at)
                .with(":details", batch.to_json());
            Ok(parameters.execute(connection, REPLACE_BATCH)? > 0)
        })
        .await
    }

    async fn start_batch(&self, batch: &Batch, read: u64) -> Result<bool, StoreError> {
        let batch = batch.clone();
        self.write(move |connection| {
            let parameters = of_batch(&batch.id)
                .with(":read", number(read))
                .with(":state", batch.state.name())
                .with(":version", number(batch.version))
                .with(":details", batch.to_json());
            Ok(parameters.execute(connection, START_BATCH)? > 0)
        })
        .await
    }

    async fn begin_upload(&self, batch: &Batch, read: u64) -> Result<bool, StoreError> {
        let batch = batch.clone();
        self.write(move |connection| {
            let parameters = of_batch(&batch.id)
                .with(":read", number(read))
                .with(":version", number(batch.version))
                .with(":upload", batch.upload.as_deref())
                .with(":details", batch.to_json());
            let begins = parameters.execute(connection, START_BATCH_UPLOAD)? > 0;
            if begins {
                of_batch(&batch.id).execute(connection, DELETE_BATCH_PIECES)?;
            }
            Ok(begins)
        })
        .await
    }

    async fn add_piece(&self, id: &BatchId, upload: &str, piece: &BatchPiece) -> Result<bool, StoreError> {
        let (id, upload, piece) = (id.clone(), upload.to_owned(), piece.clone());
        self.write(move |connection| {
            let latest = of_batch(&id).with(":upload", upload.as_str());
            let waits =
                latest.first(connection, (TABLE, BATCH_WAITS), |_| Ok::<_, StoreError>(()))?.is_some();
            if waits {
                let parameters = of_batch(&id)
                    .with(":number", i64::from(piece.number))
                    .with(":first_row", number(piece.first_row))
                    .with(":row_count", i64::from(piece.rows))
                    .with(":content", piece.content.as_slice());
                parameters.execute(connection, ADD_BATCH_PIECE)?;
            }
            Ok(waits)
        })
        .await
    }

    async fn take_piece(&self, request: &PieceRequest) -> Result<Option<TakenPiece>, StoreError> {
        let request = request.clone();
        self.write(move |connection| {
            let PieceRequest { batch, work, now, until } = &request;
            let parameters = of_batch(batch)
                .with(":state", work.state().name())
                .with(":stage", i64::from(work.stage()))
                .with(":begun_only", work.takes_begun_only())
                .with(":now", *now)
                .with(":until", *until);
            parameters.first(connection, (PIECES, TAKE_BATCH_PIECE), |columns| {
                Ok::<_, StoreError>(TakenPiece {
                    piece: piece(columns)?,
                    lease: count(columns, "lease")?,
                    begun_at: columns.moment("begun_at")?,
                })
            })
        })
        .await
    }

    async fn settle_piece(
        &self,
        id: &BatchId,
        (piece, lease): (u32, u64),
        work: BatchWork,
        settled: &SettledPiece,
    ) -> Result<bool, StoreError> {
        let (id, settled) = (id.clone(), settled.clone());
        self.write(move |connection| {
            let counts = settled.counts;
            let parameters = of_batch(&id)
                .with(":number", i64::from(piece))
                .with(":lease", number(lease))
                .with(":stage", i64::from(work.stage()))
                .with(":results", settled.results.as_str())
                .with(":done", number(counts.done))
                .with(":already_done", number(counts.already_done))
                .with(":refused", number(counts.refused))
                .with(":not_tried", number(counts.not_tried));
            Ok(parameters.execute(connection, SETTLE_BATCH_PIECE)? > 0)
        })
        .await
    }

    async fn pieces(&self, id: &BatchId, from: u32, limit: usize) -> Result<Vec<StoredPiece>, StoreError> {
        let id = id.clone();
        self.read(move |connection| {
            let parameters = of_batch(&id).with(":from", i64::from(from)).with(":limit", to_i64(limit));
            parameters.rows(connection, (PIECES, BATCH_PIECES), stored)
        })
        .await
    }

    async fn refused_pieces(
        &self,
        id: &BatchId,
        from: u32,
        limit: usize,
    ) -> Result<Vec<StoredPiece>, StoreError> {
        let id = id.clone();
        self.read(move |connection| {
            let parameters = of_batch(&id).with(":from", i64::from(from)).with(":limit", to_i64(limit));
            parameters.rows(connection, (PIECES, REFUSED_BATCH_PIECES), stored)
        })
        .await
    }

    async fn remove_batches(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        self.write(move |connection| {
            let parameters = Parameters::new().with(":before", before).with(":limit", to_i64(limit));
            let ended = parameters.rows(connection, (TABLE, ENDED_BATCHES), |columns| {
                columns.parsed("batch_id", BatchId::parse)
            })?;
            for id in &ended {
                of_batch(id).execute(connection, KEEP_BATCH_ID)?;
                of_batch(id).execute(connection, DELETE_BATCH_PIECES)?;
                of_batch(id).execute(connection, DELETE_BATCH)?;
            }
            Ok(ended.len() as u64)
        })
        .await
    }
}

fn of_batch(id: &BatchId) -> Parameters<'_> {
    Parameters::new().with(":batch_id", id.as_str())
}

fn found(connection: &Connection, id: &BatchId) -> Result<Option<Batch>, Failure> {
    of_batch(id).first(connection, (TABLE, FIND_BATCH), batch)
}

/// Whether a batch of this id was deleted whose rows were executed.
fn was_deleted(connection: &Connection, id: &BatchId) -> Result<bool, Failure> {
    let kept = of_batch(id).first(connection, (DELETED, BATCH_WAS_DELETED), |_| Ok::<_, StoreError>(()))?;
    Ok(kept.is_some())
}

pub(crate) fn batch(columns: &Columns<'_>) -> Result<Batch, StoreError> {
    columns.known("details", |text: String| Batch::from_json(&text))
}

fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}
