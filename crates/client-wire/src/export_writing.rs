//! Clients as lines of a file.

use client_app::Caller;
use client_app::export::{ExportFormat, ExportedClient};
use serde_json::{Map, Value, json};

use crate::batch::cell::guarded;
use crate::queries::list_fields::members_json;

/// Writes clients with these columns.
pub(crate) struct ExportWriting {
    pub(crate) format: ExportFormat,
    pub(crate) columns: Vec<&'static str>,
    pub(crate) delimiter: u8,
}

impl ExportWriting {
    /// The first bytes of the file.
    pub(crate) fn head(&self) -> Vec<u8> {
        match self.format {
            ExportFormat::Csv => self.record(self.columns.iter().map(|name| (*name).to_owned())),
            ExportFormat::NdJson => Vec::new(),
        }
    }

    /// The lines of these clients.
    pub(crate) fn lines(&self, clients: &[ExportedClient], caller: &Caller) -> Vec<u8> {
        let mut bytes = Vec::with_capacity(clients.len() * 256);
        for client in clients {
            let mut members = members_json(&client.row, client.by_former_name, caller);
            match self.format {
                ExportFormat::Csv => {
                    let cells = self.columns.iter().map(|name| cell(members.remove(*name)));
                    bytes.extend(self.record(cells));
                }
                ExportFormat::NdJson => {
                    members.retain(|name, _| self.columns.contains(&name.as_str()));
                    bytes.extend(line(members));
                }
            }
        }
        bytes
    }

    /// The last bytes of the file, by which its reader knows that it is complete.
    pub(crate) fn tail(&self, export: &str, rows: u64, next_changed_since: &str) -> Vec<u8> {
        match self.format {
            ExportFormat::Csv => Vec::new(),
            ExportFormat::NdJson => {
                let end = json!({ "exportId": export, "rows": rows, "changedSince": next_changed_since });
                line(Map::from_iter([("_end".to_owned(), end)]))
            }
        }
    }

    /// A record of CSV that no spreadsheet executes.
    fn record(&self, cells: impl Iterator<Item = String>) -> Vec<u8> {
        let mut writer = csv::WriterBuilder::new()
            .delimiter(self.delimiter)
            .terminator(csv::Terminator::CRLF)
            .from_writer(Vec::new());
        let cells: Vec<_> = cells.collect();
        // Writing to memory does not fail.
        let written = writer.write_record(cells.iter().map(|cell| guarded(cell).into_owned()));
        written.ok().and_then(|()| writer.into_inner().ok()).unwrap_or_default()
    }
}

fn line(members: Map<String, Value>) -> Vec<u8> {
    let mut line = Value::Object(members).to_string().into_bytes();
    line.push(b'\n');
    line
}

fn cell(value: Option<Value>) -> String {
    match value {
        None | Some(Value::Null) => String::new(),
        Some(Value::String(text)) => text,
        Some(other) => other.to_string(),
    }
}
