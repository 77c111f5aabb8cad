use serde::{Deserialize, Serialize};

/// The format of the file of a batch.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum BatchFormat {
    /// Comma-separated values (RFC 4180) with a head: the rows of one command.
    Csv,
    /// One command in JSON on each line.
    NdJson,
    /// An XLSX workbook with one table: the rows of one command.
    Xlsx,
}

impl BatchFormat {
    /// Every format.
    pub const ALL: [Self; 3] = [Self::Csv, Self::NdJson, Self::Xlsx];

    /// The name on the wire.
    pub const fn name(self) -> &'static str {
        match self {
            Self::Csv => "csv",
            Self::NdJson => "ndjson",
            Self::Xlsx => "xlsx",
        }
    }

    /// Reads the name on the wire.
    pub fn parse(raw: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|format| format.name() == raw)
    }
}

/// What a column of a file stands for.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ColumnMapping {
    /// The name of the column in the head of the file.
    pub column: String,
    /// The member of the command that it holds; `None` leaves the column out.
    pub member: Option<String>,
}

/// How the rows of a file are read.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct BatchForm {
    /// The format.
    pub format: BatchFormat,
    /// The command of every row of a CSV file or a workbook; `None` where each line names its own.
    pub command: Option<String>,
    /// The character between two cells of a CSV file, in ASCII.
    pub delimiter: u8,
    /// The columns whose names are not those of members.
    pub mapping: Vec<ColumnMapping>,
}

impl BatchForm {
    /// The form in JSON; equal forms have equal texts.
    pub(crate) fn to_json(&self) -> String {
        serde_json::json!(self).to_string()
    }
}
