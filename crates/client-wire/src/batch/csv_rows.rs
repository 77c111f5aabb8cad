use csv_core::{ReadRecordResult, Reader, ReaderBuilder};

use super::cell::unguarded;
use super::limits::{MAX_COLUMNS, MAX_ROW_BYTES};
use super::upload_fault::{at_row, file};
use crate::failure::Failure;

/// The records of a CSV file (RFC 4180), whatever pieces its bytes arrive in. Lines may end with LF, CR or CRLF, and empty
/// lines do not count.
pub(super) struct CsvRows {
    reader: Reader,
    /// The text of the cells of the record that is being read, one after the other.
    text: Vec<u8>,
    length: usize,
    /// Where each cell ends in it.
    ends: Vec<usize>,
    cells: usize,
    /// The number of the record that is being read; the head is 0.
    row: u64,
    head: Option<Vec<String>>,
    quotes: u64,
    quote_row: u64,
}

impl CsvRows {
    pub(super) fn new(delimiter: u8) -> Self {
        Self {
            reader: ReaderBuilder::new().delimiter(delimiter).build(),
            text: vec![0; MAX_ROW_BYTES],
            length: 0,
            ends: vec![0; MAX_COLUMNS],
            cells: 0,
            row: 0,
            head: None,
            quotes: 0,
            quote_row: 0,
        }
    }

    /// The names of the columns, once they have been read.
    pub(super) fn head(&self) -> Option<&[String]> {
        self.head.as_deref()
    }

    /// Reads these bytes; the records that end in them are added to `rows`, except the head.
    pub(super) fn push(&mut self, mut bytes: &[u8], rows: &mut Vec<Vec<String>>) -> Result<(), Failure> {
        while !bytes.is_empty() {
            let read = self.step(bytes, rows)?;
            bytes = bytes.get(read..).unwrap_or_default();
        }
        Ok(())
    }

    /// The file ends here.
    pub(super) fn finish(&mut self, rows: &mut Vec<Vec<String>>) -> Result<(), Failure> {
        if !self.quotes.is_multiple_of(2) {
            let message = "A quotation mark is not closed, at the latest in this row; inside of a quoted cell it is written twice.";
            return Err(at_row(self.quote_row, message));
        }
        // An empty input ends the last record, and another one the file.
        while self.step(&[], rows)? > 0 {}
        Ok(())
    }

    /// Reads up to the end of a record or of the bytes; returns how many bytes were read, or in the end whether there was a
    /// record.
    fn step(&mut self, bytes: &[u8], rows: &mut Vec<Vec<String>>) -> Result<usize, Failure> {
        let text = self.text.get_mut(self.length..).unwrap_or_default();
        let ends = self.ends.get_mut(self.cells..).unwrap_or_default();
        let (result, read, written, ended) = self.reader.read_record(bytes, text, ends);
        self.length += written;
        self.cells += ended;
        let quotes = memchr::memchr_iter(b'"', bytes.get(..read).unwrap_or_default()).count();
        if quotes > 0 {
            self.quotes += quotes as u64;
            self.quote_row = self.row;
        }
        match result {
            ReadRecordResult::InputEmpty => Ok(read),
            ReadRecordResult::End => Ok(if bytes.is_empty() { 0 } else { read }),
            ReadRecordResult::OutputFull => {
                let limit =
                    format!("The row has more than {MAX_ROW_BYTES} bytes, which is the limit of one row.");
                Err(at_row(self.row, &limit))
            }
            ReadRecordResult::OutputEndsFull => Err(at_row(
                self.row,
                &format!("The row has more than {MAX_COLUMNS} cells, which is the limit."),
            )),
            ReadRecordResult::Record => {
                self.end_of_record(rows)?;
                Ok(if bytes.is_empty() { 1 } else { read })
            }
        }
    }

    fn end_of_record(&mut self, rows: &mut Vec<Vec<String>>) -> Result<(), Failure> {
        let mut cells = Vec::with_capacity(self.cells);
        let mut start = 0;
        for end in self.ends.iter().take(self.cells) {
            let cell = self.text.get(start..*end).unwrap_or_default();
            let Ok(cell) = std::str::from_utf8(cell) else {
                return Err(at_row(self.row, "The row is not UTF-8. Save the file as CSV in UTF-8."));
            };
            if cell.contains('\0') {
                return Err(at_row(self.row, "The row has a null character. Save the file as CSV in UTF-8."));
            }
            cells.push(cell.to_owned());
            start = *end;
        }
        (self.length, self.cells) = (0, 0);
        match &self.head {
            // A file that was sent back has its head guarded, too.
            None => self.head = Some(cells.iter().map(|name| unguarded(name).into_owned()).collect()),
            Some(head) if head.len() == cells.len() => rows.push(cells),
            Some(head) => {
                let message = format!(
                    "The row has {} cells and the head {}. A cell that contains the delimiter is written in quotation marks.",
                    cells.len(),
                    head.len()
                );
                return Err(at_row(self.row, &message));
            }
        }
        self.row += 1;
        Ok(())
    }

    /// The names of the columns of the whole file.
    pub(super) fn into_head(self) -> Result<Vec<String>, Failure> {
        self.head.ok_or_else(|| file("The file is empty: it has no head with the names of the columns."))
    }
}
