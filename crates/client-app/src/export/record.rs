use std::fmt;

use client_domain::Actor;
use client_domain::kyc::Sha256;
use jiff::Timestamp;

use super::id::ExportId;

/// The format of an exported file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// RFC 4180.
    Csv,
    /// One JSON object a line.
    NdJson,
    /// An XLSX workbook.
    Xlsx,
}

impl ExportFormat {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Csv, Self::NdJson, Self::Xlsx];

    /// The name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::NdJson => "ndjson",
            Self::Xlsx => "xlsx",
        }
    }

    /// Reads a name.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == raw)
    }
}

/// The line of an export: who took which clients, when, and what became of the file.
#[derive(Clone, PartialEq, Eq)]
pub struct ExportRecord {
    /// The id.
    pub id: ExportId,
    /// The person or program that asked.
    pub by: Actor,
    /// When it began.
    pub begun_at: Timestamp,
    /// The format of the file.
    pub format: ExportFormat,
    /// The names of the columns, in their order.
    pub fields: Vec<String>,
    /// What was searched for, in JSON as the adapter of the wire writes it. It may hold personal data.
    pub filters: String,
    /// How it ended; `None` while it runs, and for ever if the process ended before it.
    pub end: Option<ExportEnd>,
}

/// How an export ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportEnd {
    /// When.
    pub at: Timestamp,
    /// Whether the whole file was handed over. Otherwise it broke off, and the numbers are those of what was handed over.
    pub is_complete: bool,
    /// The number of clients.
    pub rows: u64,
    /// The number of bytes.
    pub bytes: u64,
    /// The SHA-256 of the bytes.
    pub sha256: Sha256,
}

impl fmt::Debug for ExportRecord {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ExportRecord").field("id", &self.id).field("end", &self.end).finish_non_exhaustive()
    }
}
