//! Batches of commands, as rows.

use async_trait::async_trait;
use client_app::batch::{
    Batch, BatchId, BatchPiece, BatchProgress, BatchWork, SettledPiece, StoredPiece, TakenPiece,
};
use client_app::ports::{Announcement, BatchPage, Batches, PieceRequest, StoreError};
use client_domain::ActorId;
use jiff::Timestamp;

use crate::error::corrupt;
use crate::pool::Share;
use crate::rows::batch::{PIECES, TABLE, announcement, batch, count, known_batch, piece, progress, stored};
use crate::rows::columns::Columns;
use crate::rows::convert::to_i64;
use crate::sql::{
    ADD_BATCH_PIECE, ANNOUNCE_BATCH, BATCH_PIECES, BATCHES, BATCHES_AT_WORK, BATCHES_WAITING,
    CHECK_ANNOUNCEMENT, DELETE_BATCH_PIECES, FIND_BATCH, READ_BATCH, REFUSED_BATCH_PIECES, REMOVE_BATCHES,
    REPLACE_BATCH, SETTLE_BATCH_PIECE, START_BATCH, START_BATCH_UPLOAD, TAKE_BATCH_PIECE, WITHDRAW_BATCH,
};
use crate::store::PostgresStore;
use crate::time::ToSql as _;

#[async_trait]
impl Batches for PostgresStore {
    async fn announce_batch(&self, batch: &Batch, max_open: usize) -> Result<Announcement, StoreError> {
        let details = batch.to_json();
        let statement = || {
            sqlx::query(ANNOUNCE_BATCH)
                .bind(batch.id.as_str())
                .bind(batch.uploader.actor.id.as_str())
                .bind(batch.state.name())
                .bind(number(batch.version))
                .bind(batch.upload.as_deref())
                .bind(batch.announced_at.to_sql())
                .bind(batch.ended_at.map(|at| at.to_sql()))
                .bind(details.as_str())
                .bind(to_i64(max_open))
        };
        self.write_idempotent(statement).await?;
        let rows = self.read(Share::KeyReads, || sqlx::query(READ_BATCH).bind(batch.id.as_str())).await?;
        let row = rows.first().ok_or_else(|| corrupt("no row of a batch that was announced"))?;
        let announced = announcement(row)?;
        if announced == Announcement::Deleted {
            // The statement may have stored it: it saw neither the old batch, which was gone, nor that it was deleted.
            self.write_idempotent(|| sqlx::query(WITHDRAW_BATCH).bind(batch.id.as_str())).await?;
        }
        Ok(announced)
    }

    async fn check_announcement(&self, batch: &Batch, max_open: usize) -> Result<Announcement, StoreError> {
        let statement =
            || sqlx::query(CHECK_ANNOUNCEMENT).bind(batch.id.as_str()).bind(batch.uploader.actor.id.as_str());
        let rows = self.read(Share::KeyReads, statement).await?;
        let row = rows.first().ok_or_else(|| corrupt("no row of a batch that would be announced"))?;
        let is_full = count(&Columns { row, table: TABLE }, "open")? >= max_open as u64;
        Ok(match announcement(row)? {
            Announcement::TooMany if !is_full => Announcement::Stored(Box::new(batch.clone())),
            known => known,
        })
    }

    async fn batch(&self, id: &BatchId) -> Result<Option<Batch>, StoreError> {
        let rows = self.read(Share::KeyReads, || sqlx::query(READ_BATCH).bind(id.as_str())).await?;
        rows.first().map_or(Ok(None), known_batch)
    }

    async fn find_batch(&self, id: &BatchId) -> Result<Option<(Batch, BatchProgress)>, StoreError> {
        let rows = self.read(Share::KeyReads, || sqlx::query(FIND_BATCH).bind(id.as_str())).await?;
        rows.first().map(|row| Ok((batch(row)?, progress(row)?))).transpose()
    }

    async fn batches(&self, page: &BatchPage) -> Result<Vec<Batch>, StoreError> {
        let (at, id) = page.after.as_ref().map(|(at, id)| (at.to_sql(), id.as_str())).unzip();
        let statement = || {
            let of_uploader = sqlx::query(BATCHES).bind(page.uploader.as_ref().map(ActorId::as_str));
            of_uploader.bind(at).bind(id).bind(to_i64(page.limit))
        };
        self.read(Share::KeyReads, statement).await?.iter().map(batch).collect()
    }

    async fn batches_at_work(&self, limit: usize) -> Result<Vec<Batch>, StoreError> {
        let statement = || sqlx::query(BATCHES_AT_WORK).bind(to_i64(limit));
        self.read(Share::KeyReads, statement).await?.iter().map(batch).collect()
    }

    async fn batches_waiting(
        &self,
        before: Timestamp,
        after: Option<&(Timestamp, BatchId)>,
        limit: usize,
    ) -> Result<Vec<Batch>, StoreError> {
        let (at, id) = after.map(|(at, id)| (at.to_sql(), id.as_str())).unzip();
        let statement = || {
            let waiting = sqlx::query(BATCHES_WAITING).bind(before.to_sql());
            waiting.bind(at).bind(id).bind(to_i64(limit))
        };
        self.read(Share::KeyReads, statement).await?.iter().map(batch).collect()
    }

    async fn replace_batch(&self, batch: &Batch, read: u64) -> Result<bool, StoreError> {
        let details = batch.to_json();
        let statement = || {
            sqlx::query(REPLACE_BATCH)
                .bind(batch.id.as_str())
                .bind(number(read))
                .bind(batch.state.name())
                .bind(number(batch.version))
                .bind(batch.upload.as_deref())
                .bind(batch.ended_at.map(|at| at.to_sql()))
                .bind(details.as_str())
        };
        Ok(!self.write_once(statement).await?.is_empty())
    }

    async fn start_batch(&self, batch: &Batch, read: u64) -> Result<bool, StoreError> {
        let details = batch.to_json();
        let statement = || {
            sqlx::query(START_BATCH)
                .bind(batch.id.as_str())
                .bind(number(read))
                .bind(batch.state.name())
                .bind(number(batch.version))
                .bind(details.as_str())
        };
        // The index refuses one that is started at the same moment as another one.
        Ok(self.write_unless_taken(statement).await?.is_some_and(|rows| !rows.is_empty()))
    }

    async fn begin_upload(&self, batch: &Batch, read: u64) -> Result<bool, StoreError> {
        let details = batch.to_json();
        let statement = || {
            sqlx::query(START_BATCH_UPLOAD)
                .bind(batch.id.as_str())
                .bind(number(read))
                .bind(number(batch.version))
                .bind(batch.upload.as_deref())
                .bind(details.as_str())
        };
        let begins = !self.write_once(statement).await?.is_empty();
        if begins {
            // If this fails, so does the upload, and the next one deletes them.
            let of_batch = sqlx::query(DELETE_BATCH_PIECES).bind(batch.id.as_str());
            self.execute(of_batch.bind(batch.upload.as_deref()).bind(number(batch.version))).await?;
        }
        Ok(begins)
    }

    async fn add_piece(&self, id: &BatchId, upload: &str, piece: &BatchPiece) -> Result<bool, StoreError> {
        let statement = || {
            sqlx::query(ADD_BATCH_PIECE)
                .bind(id.as_str())
                .bind(upload)
                .bind(to_i32(piece.number))
                .bind(number(piece.first_row))
                .bind(to_i32(piece.rows))
                .bind(&piece.content[..])
        };
        // A piece that is there already is left as it is.
        Ok(!self.write_idempotent(statement).await?.is_empty())
    }

    async fn take_piece(&self, request: &PieceRequest) -> Result<Option<TakenPiece>, StoreError> {
        let PieceRequest { batch, work, now, until } = request;
        let statement = || {
            sqlx::query(TAKE_BATCH_PIECE)
                .bind(batch.as_str())
                .bind(work.state().name())
                .bind(i16::from(work.stage()))
                .bind(work.takes_begun_only())
                .bind(now.to_sql())
                .bind(until.to_sql())
        };
        let rows = self.write_once(statement).await?;
        let taken = |row| {
            let columns = Columns { row, table: PIECES };
            Ok(TakenPiece {
                piece: piece(&columns)?,
                lease: count(&columns, "lease")?,
                begun_at: columns.moment("begun_at")?,
            })
        };
        rows.first().map(taken).transpose()
    }

    async fn settle_piece(
        &self,
        id: &BatchId,
        (piece, lease): (u32, u64),
        work: BatchWork,
        settled: &SettledPiece,
    ) -> Result<bool, StoreError> {
        let counts = settled.counts;
        let statement = || {
            sqlx::query(SETTLE_BATCH_PIECE)
                .bind(id.as_str())
                .bind(to_i32(piece))
                .bind(number(lease))
                .bind(i16::from(work.stage()))
                .bind(settled.results.as_str())
                .bind(small(counts.done))
                .bind(small(counts.already_done))
                .bind(small(counts.refused))
                .bind(small(counts.not_tried))
        };
        Ok(!self.write_once(statement).await?.is_empty())
    }

    async fn pieces(&self, id: &BatchId, from: u32, limit: usize) -> Result<Vec<StoredPiece>, StoreError> {
        let statement = || sqlx::query(BATCH_PIECES).bind(id.as_str()).bind(to_i32(from)).bind(to_i64(limit));
        self.read(Share::KeyReads, statement).await?.iter().map(stored).collect()
    }

    async fn refused_pieces(
        &self,
        id: &BatchId,
        from: u32,
        limit: usize,
    ) -> Result<Vec<StoredPiece>, StoreError> {
        let statement =
            || sqlx::query(REFUSED_BATCH_PIECES).bind(id.as_str()).bind(to_i32(from)).bind(to_i64(limit));
        self.read(Share::KeyReads, statement).await?.iter().map(stored).collect()
    }

    async fn remove_batches(&self, before: Timestamp, limit: usize) -> Result<u64, StoreError> {
        let statement = || sqlx::query(REMOVE_BATCHES).bind(before.to_sql()).bind(to_i64(limit));
        Ok(self.write_once(statement).await?.len() as u64)
    }
}

pub(crate) fn number(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

pub(crate) fn to_i32(number: u32) -> i32 {
    i32::try_from(number).unwrap_or(i32::MAX)
}

pub(crate) fn small(count: u64) -> i32 {
    i32::try_from(count).unwrap_or(i32::MAX)
}
