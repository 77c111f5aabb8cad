use client_app::batch::{Batch, BatchPiece, BatchProgress, RowCounts, SettledPiece, StoredPiece};
use client_app::ports::{Announcement, StoreError};
use sqlx::postgres::PgRow;

use super::columns::Columns;

pub(crate) const TABLE: &str = "client_batch";
pub(crate) const PIECES: &str = "client_batch_piece";
const DELETED: &str = "client_deleted_batch";

/// The batch of a row.
pub(crate) fn batch(row: &PgRow) -> Result<Batch, StoreError> {
    Columns { row, table: TABLE }.known("details", Batch::from_json)
}

/// What became of an announcement after which this row was read. One that stored nothing was one too many, if no batch of its id
/// was deleted.
pub(crate) fn announcement(row: &PgRow) -> Result<Announcement, StoreError> {
    Ok(match known_batch(row)? {
        Some(batch) => Announcement::Stored(Box::new(batch)),
        None if (Columns { row, table: DELETED }).get("deleted")? => Announcement::Deleted,
        None => Announcement::TooMany,
    })
}

/// The batch of a row that may have none.
pub(crate) fn known_batch(row: &PgRow) -> Result<Option<Batch>, StoreError> {
    let details = Columns { row, table: TABLE }.get::<Option<String>>("details")?;
    details.map(|_| batch(row)).transpose()
}

/// The piece of a row.
pub(crate) fn piece(columns: &Columns<'_>) -> Result<BatchPiece, StoreError> {
    Ok(BatchPiece {
        number: columns.known("number", |number: i32| u32::try_from(number).ok())?,
        first_row: count(columns, "first_row")?,
        rows: columns.known("row_count", |number: i32| u32::try_from(number).ok())?,
        content: columns.get("content")?,
    })
}

/// The piece of a row, and what became of it.
pub(crate) fn stored(row: &PgRow) -> Result<StoredPiece, StoreError> {
    let columns = Columns { row, table: PIECES };
    let small = |name: &str| columns.known(name, |number: i32| u64::try_from(number).ok());
    let settled = match columns.get::<Option<String>>("results")? {
        Some(results) => Some(SettledPiece {
            results,
            counts: RowCounts {
                done: small("done")?,
                already_done: small("already_done")?,
                refused: small("refused")?,
                not_tried: small("not_tried")?,
            },
        }),
        None => None,
    };
    let stage = columns.known("stage", |stage: i16| u8::try_from(stage).ok())?;
    Ok(StoredPiece { piece: piece(&columns)?, stage, settled })
}

/// What became of the rows of a batch.
pub(crate) fn progress(row: &PgRow) -> Result<BatchProgress, StoreError> {
    let columns = Columns { row, table: PIECES };
    let counts = |[done, already_done, refused, not_tried]: [&str; 4]| {
        Ok::<_, StoreError>(RowCounts {
            done: count(&columns, done)?,
            already_done: count(&columns, already_done)?,
            refused: count(&columns, refused)?,
            not_tried: count(&columns, not_tried)?,
        })
    };
    Ok(BatchProgress {
        rows: count(&columns, "rows")?,
        checked: counts(["done_1", "already_1", "refused_1", "untried_1"])?,
        executed: counts(["done_2", "already_2", "refused_2", "untried_2"])?,
        unchecked_pieces: count(&columns, "unchecked")?,
        unexecuted_pieces: count(&columns, "unexecuted")?,
        begun_pieces: count(&columns, "begun")?,
    })
}

/// A column that counts.
pub(crate) fn count(columns: &Columns<'_>, name: &str) -> Result<u64, StoreError> {
    columns.known(name, |number: i64| u64::try_from(number).ok())
}
