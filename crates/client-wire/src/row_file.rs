//! Files with a row for each client or command, written piece by piece.

use std::fs::File;
use std::io::Read as _;

use bytes::Bytes;
use client_app::Error;
use futures_channel::oneshot;
use serde_json::{Map, Value};
use workbook::{TableWriter, WriteError};

use crate::batch::cell::{guarded, tabled};

/// How many bytes of a finished workbook are read at a time.
const PIECE: usize = 64 * 1024;

/// Writes rows in one of the formats. What can be sent at once is returned at once; a workbook only exists as a whole.
pub(crate) enum RowFile {
    /// RFC 4180, with a character between two cells.
    Csv(u8),
    /// A JSON object on each line.
    Lines,
    /// The table of an XLSX workbook.
    Table(Box<TableWriter>),
}

impl RowFile {
    /// An empty workbook.
    pub(crate) fn table() -> Result<Self, Error> {
        Ok(Self::Table(Box::new(TableWriter::new().map_err(|error| failed(&error))?)))
    }

    /// Whether a row is a JSON object, and not a list of cells.
    pub(crate) const fn is_lines(&self) -> bool {
        matches!(self, Self::Lines)
    }

    /// A row of cells, none of which a spreadsheet executes.
    pub(crate) fn cells(&mut self, cells: impl Iterator<Item = String>) -> Result<Vec<u8>, Error> {
        match self {
            Self::Csv(delimiter) => Ok(record(*delimiter, cells)),
            Self::Lines => Ok(Vec::new()),
            Self::Table(table) => {
                let cells = cells.map(|cell| tabled(&cell).into_owned());
                table.add(cells).map_err(|error| failed(&error))?;
                Ok(Vec::new())
            }
        }
    }

    /// What could not be sent before every row was known.
    pub(crate) async fn finish(self) -> Result<Option<FinishedFile>, Error> {
        let Self::Table(table) = self else { return Ok(None) };
        let (sender, finished) = oneshot::channel();
        // Compressing a large workbook takes seconds, in which no other request may wait for this thread.
        let compress = move || {
            // If the reader leaves meanwhile, it ends.
            let finished = table.finish_unless(|| sender.is_canceled());
            let _ = sender.send(finished.map_err(|error| failed(&error)));
        };
        let thread = std::thread::Builder::new().name("workbook".to_owned()).spawn(compress);
        thread.map_err(|error| unavailable(error.to_string()))?;
        let file =
            finished.await.map_err(|_| unavailable("the thread of the workbook ended".to_owned()))??;
        Ok(Some(FinishedFile(file)))
    }
}

/// A file that is complete, to be read from its beginning.
pub(crate) struct FinishedFile(File);

impl FinishedFile {
    /// The next bytes; none at the end.
    pub(crate) fn next(&mut self) -> Option<Result<Bytes, Error>> {
        let mut piece = vec![0; PIECE];
        match self.0.read(&mut piece) {
            Ok(0) => None,
            Ok(length) => {
                piece.truncate(length);
                Some(Ok(piece.into()))
            }
            Err(error) => Some(Err(unavailable(error.to_string()))),
        }
    }
}

/// A line of JSON.
pub(crate) fn line(members: Map<String, Value>) -> Vec<u8> {
    let mut line = Value::Object(members).to_string().into_bytes();
    line.push(b'\n');
    line
}

/// A record of CSV (RFC 4180), none of whose cells a spreadsheet executes.
///
/// ```
/// let record = client_wire::csv_record(b',', ["=1+1", "a,b"].map(str::to_owned).into_iter());
/// assert_eq!(record, b"'=1+1,\"a,b\"\r\n");
/// ```
pub fn record(delimiter: u8, cells: impl Iterator<Item = String>) -> Vec<u8> {
    let mut writer = csv::WriterBuilder::new()
        .delimiter(delimiter)
        .terminator(csv::Terminator::CRLF)
        .from_writer(Vec::new());
    let cells: Vec<_> = cells.collect();
    // Writing to memory does not fail.
    let written = writer.write_record(cells.iter().map(|cell| guarded(cell).into_owned()));
    written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default()
}

/// The texts of the errors of a workbook have no cell in them.
fn failed(error: &WriteError) -> Error {
    unavailable(error.to_string())
}

const fn unavailable(cause: String) -> Error {
    Error::Unavailable { cause }
}
