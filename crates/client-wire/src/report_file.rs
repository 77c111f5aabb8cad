//! A report as a file.

use serde_json::Value;

use crate::batch_files::CSV;
use crate::report_records::ReportRecords;
use crate::row_file::record;

/// A report as CSV, comma and CRLF, which no spreadsheet executes: its [records](ReportRecords) under the names of their columns.
///
/// ```
/// use client_wire::ReportFile;
/// use serde_json::json;
///
/// let answer = json!({
///     "report": "clientsByBranch", "labels": ["branchEncodedKey"], "measures": ["clients"],
///     "rows": [{ "labels": ["=lagos"], "numbers": [3] }], "atLeast": false,
/// });
/// let file = ReportFile::of(&answer);
/// assert_eq!(file.name, "clientsByBranch.csv");
/// assert_eq!(file.bytes, b"branchEncodedKey,clients,atLeast\r\n'=lagos,3,false\r\n");
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportFile {
    /// A name for the file: that of the report.
    pub name: String,
    /// The content.
    pub bytes: Vec<u8>,
}

impl ReportFile {
    /// The media type of every report.
    pub const MEDIA_TYPE: &str = CSV;

    /// The file of an answer to `RetrieveReportQuery`.
    pub fn of(answer: &Value) -> Self {
        let report = answer.get("report").map(cell).unwrap_or_default();
        let ReportRecords { columns, rows } = ReportRecords::of(answer);
        let mut bytes = record(b',', columns.into_iter());
        for row in rows {
            bytes.extend(record(b',', row.iter().map(cell)));
        }
        Self { name: format!("{report}.csv"), bytes }
    }
}

fn cell(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
