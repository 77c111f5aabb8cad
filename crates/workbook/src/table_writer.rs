use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Seek as _, SeekFrom, Write as _};
use std::panic::{AssertUnwindSafe, catch_unwind};

use rust_xlsxwriter::{Workbook, XlsxError};
use thiserror::Error;

/// A workbook cannot be written.
#[derive(Debug, Error)]
#[non_exhaustive]
pub enum WriteError {
    /// A sheet holds no more rows.
    #[error("A workbook holds at most {max} rows. Ask for CSV or NDJSON.")]
    TooManyRows {
        /// How many, with the head.
        max: u32,
    },
    /// The file system failed, or a cell has more text than a workbook takes.
    #[error("The workbook cannot be written.")]
    Failed(#[source] XlsxError),
    /// The file system failed.
    #[error("The file of the workbook cannot be written.")]
    Storage(#[from] std::io::Error),
}

/// Writes a table row by row. The rows wait in a file without a name in the folder for temporary files, not in memory.
///
/// Every cell is a text, so a spreadsheet neither executes nor reformats it.
pub struct TableWriter {
    book: Workbook,
    rows: u32,
}

/// A sheet of a workbook has so many rows.
const MAX_ROWS: u32 = 1_048_576;

impl TableWriter {
    /// An empty table.
    pub fn new() -> Result<Self, WriteError> {
        let mut book = Workbook::new();
        book.add_worksheet_with_constant_memory().map_err(WriteError::Failed)?;
        Ok(Self { book, rows: 0 })
    }

    /// Adds a row; the first one is the head.
    pub fn add(&mut self, cells: impl IntoIterator<Item = impl AsRef<str>>) -> Result<(), WriteError> {
        if self.rows >= MAX_ROWS {
            return Err(WriteError::TooManyRows { max: MAX_ROWS });
        }
        let row = self.rows;
        let sheet = self.book.worksheet_from_index(0).map_err(WriteError::Failed)?;
        let write = || {
            for (column, cell) in (0_u16..).zip(cells) {
                let text = cell.as_ref();
                if !text.is_empty() {
                    sheet.write_string(row, column, text)?;
                }
            }
            Ok(())
        };
        // The library panics where the file takes no more bytes.
        let written = catch_unwind(AssertUnwindSafe(write));
        written.map_err(|_| io::Error::other("the file takes no more rows"))?.map_err(WriteError::Failed)?;
        self.rows += 1;
        Ok(())
    }

    /// Ends the table; returns the workbook, to be read from its beginning. It has no name and is gone when it is closed.
    pub fn finish(mut self) -> Result<File, WriteError> {
        let mut file = tempfile::tempfile()?;
        let mut bytes = BufWriter::new(&file);
        self.book.save_to_writer(&mut bytes).map_err(WriteError::Failed)?;
        // The list of the parts is last, and must not be lost without a word.
        bytes.flush()?;
        drop(bytes);
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

impl fmt::Debug for TableWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableWriter").field("rows", &self.rows).finish_non_exhaustive()
    }
}
