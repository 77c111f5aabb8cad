//! Clients as lines of a file.

use client_app::export::{ExportFormat, ExportedClient};
use client_app::{Caller, Error};
use serde_json::{Map, Value, json};

use crate::queries::list_fields::members_json;
use crate::row_file::{FinishedFile, RowFile, line};

/// Writes clients with these columns.
pub(crate) struct ExportWriting {
    columns: Vec<&'static str>,
    file: RowFile,
}

impl ExportWriting {
    pub(crate) fn new(
        format: ExportFormat,
        columns: Vec<&'static str>,
        delimiter: u8,
    ) -> Result<Self, Error> {
        let file = match format {
            ExportFormat::Csv => RowFile::Csv(delimiter),
            ExportFormat::NdJson => RowFile::Lines,
            ExportFormat::Xlsx => RowFile::table()?,
        };
        Ok(Self { columns, file })
    }

    /// The first bytes of the file.
    pub(crate) fn head(&mut self) -> Result<Vec<u8>, Error> {
        self.file.cells(self.columns.iter().map(|name| (*name).to_owned()))
    }

    /// The lines of these clients.
    pub(crate) fn lines(&mut self, clients: &[ExportedClient], caller: &Caller) -> Result<Vec<u8>, Error> {
        let mut bytes = Vec::with_capacity(clients.len() * 256);
        for client in clients {
            let mut members = members_json(&client.row, client.by_former_name, caller);
            if self.file.is_lines() {
                members.retain(|name, _| self.columns.contains(&name.as_str()));
                bytes.extend(line(members));
            } else {
                let cells = self.columns.iter().map(|name| cell(members.remove(*name)));
                bytes.extend(self.file.cells(cells)?);
            }
        }
        Ok(bytes)
    }

    /// The last bytes of the file, by which its reader knows that it is complete.
    pub(crate) fn tail(&self, export: &str, rows: u64, next_changed_since: &str) -> Vec<u8> {
        if !self.file.is_lines() {
            return Vec::new();
        }
        let end = json!({ "exportId": export, "rows": rows, "changedSince": next_changed_since });
        line(Map::from_iter([("_end".to_owned(), end)]))
    }

    /// What could not be sent before every client was known.
    pub(crate) async fn finish(self) -> Result<Option<FinishedFile>, Error> {
        self.file.finish().await
    }
}

fn cell(value: Option<Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
    }
}
