use client_app::batch::{BatchPiece, BatchProgress, RowCounts, SettledPiece, StoredPiece};
use client_app::ports::StoreError;

use crate::columns::Columns;

pub(crate) fn piece(columns: &Columns<'_>) -> Result<BatchPiece, StoreError> {
    Ok(BatchPiece {
        number: columns.known("number", |number: i64| u32::try_from(number).ok())?,
        first_row: count(columns, "first_row")?,
        rows: columns.known("row_count", |number: i64| u32::try_from(number).ok())?,
        content: columns.get("content")?,
    })
}

pub(crate) fn stored(columns: &Columns<'_>) -> Result<StoredPiece, StoreError> {
    let settled = match columns.text_optional("results")? {
        Some(results) => Some(SettledPiece {
            results: results.to_owned(),
            counts: counts(columns, ["done", "already_done", "refused", "not_tried"])?,
        }),
        None => None,
    };
    let stage = columns.known("stage", |stage: i64| u8::try_from(stage).ok())?;
    Ok(StoredPiece { piece: piece(columns)?, stage, settled })
}

pub(crate) fn progress(columns: &Columns<'_>) -> Result<BatchProgress, StoreError> {
    Ok(BatchProgress {
        rows: count(columns, "rows")?,
        checked: counts(columns, ["done_1", "already_1", "refused_1", "untried_1"])?,
        executed: counts(columns, ["done_2", "already_2", "refused_2", "untried_2"])?,
        unchecked_pieces: count(columns, "unchecked")?,
        unexecuted_pieces: count(columns, "unexecuted")?,
        begun_pieces: count(columns, "begun")?,
    })
}

fn counts(columns: &Columns<'_>, names: [&str; 4]) -> Result<RowCounts, StoreError> {
    let [done, already_done, refused, not_tried] = names;
    Ok(RowCounts {
        done: count(columns, done)?,
        already_done: count(columns, already_done)?,
        refused: count(columns, refused)?,
        not_tried: count(columns, not_tried)?,
    })
}

pub(crate) fn count(columns: &Columns<'_>, name: &str) -> Result<u64, StoreError> {
    columns.known(name, |number: i64| u64::try_from(number).ok())
}
