use client_app::Error;
use client_app::batch::{Batch, BatchFormat, RowError, RowOutcome, StoredPiece};
use serde_json::{Map, Value};

use super::cell::unguarded;
use super::row_request::cells;
use crate::batch_files::BatchFileKind;
use crate::row_file::{FinishedFile, RowFile, line};
use crate::strict_json;

/// The members that are added to a row.
const fn added(kind: BatchFileKind) -> &'static [&'static str] {
    match kind {
        BatchFileKind::Results => &["_row", "_outcome", "_contact", "_code", "_field", "_message"],
        BatchFileKind::Corrections => &["_row", "_code", "_field", "_message"],
        BatchFileKind::NotTried => &["_row"],
    }
}

fn holds(kind: BatchFileKind, outcome: &RowOutcome) -> bool {
    match kind {
        BatchFileKind::Results => true,
        BatchFileKind::Corrections => matches!(outcome, RowOutcome::Refused(_)),
        BatchFileKind::NotTried => matches!(outcome, RowOutcome::NotTried),
    }
}

/// Writes rows as they were sent, with what became of them.
pub(super) struct Writing {
    batch: Batch,
    kind: BatchFileKind,
    file: RowFile,
}

impl Writing {
    pub(super) fn new(batch: Batch, kind: BatchFileKind) -> Result<Self, Error> {
        let file = match batch.form.format {
            BatchFormat::Csv => RowFile::Csv(batch.form.delimiter),
            BatchFormat::NdJson => RowFile::Lines,
            BatchFormat::Xlsx => RowFile::table()?,
        };
        Ok(Self { batch, kind, file })
    }

    /// The first bytes of the file.
    pub(super) fn head(&mut self) -> Result<Vec<u8>, Error> {
        let Some(content) = &self.batch.content else { return Ok(Vec::new()) };
        let own = content.columns.iter().filter(|name| is_own(name)).map(String::as_str);
        let names = own.chain(added(self.kind).iter().copied());
        self.file.cells(names.map(str::to_owned))
    }

    /// The rows of a piece.
    pub(super) fn piece(&mut self, piece: &StoredPiece) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::new();
        for (number, row, outcome) in piece.outcomes(self.batch.state.is_final()) {
            if !holds(self.kind, &outcome) {
                continue;
            }
            bytes.extend(if self.file.is_lines() {
                self.line_of(number, row, &outcome)
            } else {
                self.cells_of(number, row, &outcome)?
            });
        }
        Ok(bytes)
    }

    /// What could not be sent before every row was known.
    pub(super) async fn finish(self) -> Result<Option<FinishedFile>, Error> {
        self.file.finish().await
    }

    fn cells_of(&mut self, number: u64, row: &[u8], outcome: &RowOutcome) -> Result<Vec<u8>, Error> {
        let columns = self.batch.content.as_ref().map(|content| content.columns.as_slice());
        let pairs = columns.unwrap_or_default().iter().zip(cells(row));
        // A cell is stored as it was sent: guarded already, if its file was sent back before.
        let own = pairs.filter(|(name, _)| is_own(name)).map(|(_, cell)| unguarded(&cell).into_owned());
        let added = added(self.kind).iter().map(|name| text(name, number, outcome).unwrap_or_default());
        self.file.cells(own.chain(added))
    }

    fn line_of(&self, number: u64, row: &[u8], outcome: &RowOutcome) -> Vec<u8> {
        let mut members = strict_json::object(row).unwrap_or_else(|_| {
            Map::from_iter([("_line".to_owned(), Value::from(String::from_utf8_lossy(row).into_owned()))])
        });
        members.retain(|name, _| is_own(name) || name == "_line");
        for name in added(self.kind) {
            let value = text(name, number, outcome);
            members.insert((*name).to_owned(), if *name == "_row" { number.into() } else { value.into() });
        }
        line(members)
    }
}

/// Whether a column is the uploader's own, and none that the service has added to an earlier file.
fn is_own(name: &str) -> bool {
    !name.starts_with('_')
}

fn text(name: &str, number: u64, outcome: &RowOutcome) -> Option<String> {
    let errors: &[RowError] = match outcome {
        RowOutcome::Refused(errors) => errors,
        _ => &[],
    };
    let joined = |part: fn(&RowError) -> &str| {
        (!errors.is_empty()).then(|| errors.iter().map(part).collect::<Vec<_>>().join(" | "))
    };
    match name {
        "_row" => Some(number.to_string()),
        "_outcome" => Some(outcome.kind().name().to_owned()),
        "_contact" => match outcome {
            RowOutcome::Done { client } | RowOutcome::AlreadyDone { client } => client.clone(),
            RowOutcome::Refused(_) | RowOutcome::NotTried => None,
        },
        "_code" => joined(|error| &error.code),
        "_field" => joined(|error| error.field.as_deref().unwrap_or("")),
        _ => joined(|error| &error.message),
    }
}
