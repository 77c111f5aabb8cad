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
    pub fn finish(self) -> Result<File, WriteError> {
        self.finish_unless(|| false)
    }

    /// The same, which ends with an error soon after `is_cancelled` says that the reader has left.
    pub fn finish_unless(mut self, is_cancelled: impl Fn() -> bool + Send) -> Result<File, WriteError> {
        let mut file = tempfile::tempfile()?;
        let mut bytes = BufWriter::new(Cancellable { file: &file, is_cancelled, has_failed: false });
        self.book.save_to_writer(&mut bytes).map_err(WriteError::Failed)?;
        // The list of the parts is last, and must not be lost without a word.
        bytes.flush()?;
        drop(bytes);
        file.seek(SeekFrom::Start(0))?;
        Ok(file)
    }
}

/// The file of a workbook. Once it is cancelled, a write fails, and later ones are left out: the library still ends its archive.
struct Cancellable<'a, U> {
    file: &'a File,
    is_cancelled: U,
    has_failed: bool,
}

impl<U: Fn() -> bool> io::Write for Cancellable<'_, U> {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        if self.has_failed {
            return Ok(bytes.len());
        }
        self.has_failed = (self.is_cancelled)();
        if self.has_failed {
            Err(io::Error::other("the reader of the workbook has left"))
        } else {
            self.file.write(bytes)
        }
    }

    fn flush(&mut self) -> io::Result<()> {
        self.file.flush()
    }
}

impl<U> io::Seek for Cancellable<'_, U> {
    fn seek(&mut self, to: SeekFrom) -> io::Result<u64> {
        self.file.seek(to)
    }
}

impl fmt::Debug for TableWriter {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("TableWriter").field("rows", &self.rows).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    #[test]
    fn cancelled_workbook_is_not_written_to_its_end() {
        let table = || {
            let mut table = TableWriter::new().unwrap();
            for row in 0..2_000_u32 {
                table
                    .add((0..8).map(|column| format!("{}", row.wrapping_mul(2_654_435_761) ^ column)))
                    .unwrap();
            }
            table
        };
        let asked = AtomicUsize::new(0);
        let whole = table().finish_unless(|| asked.fetch_add(1, Ordering::Relaxed) == usize::MAX).unwrap();
        assert!(whole.metadata().unwrap().len() > 0);
        let times = asked.swap(0, Ordering::Relaxed);
        assert!(times > 4, "{times}");
        let stopped = table().finish_unless(|| asked.fetch_add(1, Ordering::Relaxed) > 0);
        assert!(stopped.is_err());
        assert!(asked.into_inner() < times);
    }
}
