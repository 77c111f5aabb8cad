//! Rows of a batch, for callers who may read clients.

use client_domain::Permission;
use jiff::Timestamp;

use crate::batch::aggregate::Batch;
use crate::batch::id::BatchId;
use crate::batch::piece::StoredPiece;
use crate::batch::row::{RowKind, RowResult};
use crate::caller::Caller;
use crate::clients::Clients;
use crate::error::Error;
use crate::query::Query;
use crate::query::sealed::Sealed;

/// How many pieces are read at a time.
const PIECES: usize = 8;
/// How many are read for one answer. A page ends there, also if it is not full.
const MOST_PIECES: usize = 64;

/// Rows of a batch with their results, for a caller who may read clients: a few pieces at a time, so that any number of them is read within bounded memory.
#[derive(Clone, Debug)]
pub struct GetBatchPieces {
    /// The batch.
    pub batch: BatchId,
    /// The first piece.
    pub from: u32,
    /// The maximum number of pieces.
    pub limit: usize,
}

impl Sealed for GetBatchPieces {}

impl Query for GetBatchPieces {
    const PERMISSION: Option<Permission> = Some(Permission::Batches);
    type Answer = (Batch, Vec<StoredPiece>);

    async fn answer(
        self,
        clients: &Clients,
        caller: &Caller,
        _now: Timestamp,
    ) -> Result<(Batch, Vec<StoredPiece>), Error> {
        let batch = with_rows(clients, caller, &self.batch).await?;
        let batches = &clients.batch_office()?.batches;
        let pieces = batches.pieces(&self.batch, self.from, self.limit).await.map_err(Error::of_query)?;
        Ok((batch, pieces))
    }
}

/// A batch whose rows the caller may read.
async fn with_rows(clients: &Clients, caller: &Caller, id: &BatchId) -> Result<Batch, Error> {
    let batch = clients.seen_batch(caller, id).await?;
    if caller.may(Permission::Read) {
        Ok(batch)
    } else {
        Err(Error::PermissionMissing(vec![Permission::Read]))
    }
}

/// A row of a batch, by its place.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct RowPosition {
    /// The number of its piece.
    pub piece: u32,
    /// The number of the row in the file.
    pub row: u64,
}

/// What became of the rows of a batch, a page of them.
#[derive(Clone, Debug)]
pub struct GetBatchRows {
    /// The batch.
    pub batch: BatchId,
    /// Only rows of which this became.
    pub kind: Option<RowKind>,
    /// The row at which the page begins.
    pub from: RowPosition,
    /// The maximum number.
    pub limit: usize,
}

/// A page of rows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BatchRows {
    /// The rows in the order of the file.
    pub rows: Vec<RowResult>,
    /// Where the next page begins; `None` at the end. A page may have fewer rows than were asked for, and a next one.
    pub next: Option<RowPosition>,
}

impl Sealed for GetBatchRows {}

impl Query for GetBatchRows {
    const PERMISSION: Option<Permission> = Some(Permission::Batches);
    type Answer = BatchRows;

    async fn answer(self, clients: &Clients, caller: &Caller, _now: Timestamp) -> Result<BatchRows, Error> {
        let batch = with_rows(clients, caller, &self.batch).await?;
        let batches = &clients.batch_office()?.batches;
        let (mut rows, mut from, mut read) = (Vec::new(), self.from, 0);
        while read < MOST_PIECES {
            let pieces = match self.kind {
                // Few rows are, so the pieces without one are not read.
                Some(RowKind::Refused) => batches.refused_pieces(&self.batch, from.piece, PIECES).await,
                _ => batches.pieces(&self.batch, from.piece, PIECES).await,
            };
            let pieces = pieces.map_err(Error::of_query)?;
            let Some(last) = pieces.last().map(|piece| piece.piece.number) else {
                return Ok(BatchRows { rows, next: None });
            };
            for piece in &pieces {
                for (row, _, outcome) in piece.outcomes(batch.state.is_final()) {
                    if row < from.row || self.kind.is_some_and(|kind| kind != outcome.kind()) {
                        continue;
                    }
                    if rows.len() == self.limit {
                        let next = Some(RowPosition { piece: piece.piece.number, row });
                        return Ok(BatchRows { rows, next });
                    }
                    rows.push(RowResult { row, outcome });
                }
            }
            read += pieces.len();
            from.piece = last + 1;
        }
        Ok(BatchRows { rows, next: Some(from) })
    }
}
