//! A report as a file.

use serde_json::Value;

use crate::batch_files::CSV;
use crate::row_file::record;

/// A report as CSV, comma and CRLF, which no spreadsheet executes: the names of the labels and of the measures in the first
/// record, then a record for each row. The last cell of each says whether its numbers are lower bounds.
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
        Self { name: format!("{report}.csv"), bytes: bytes(answer) }
    }
}

fn bytes(report: &Value) -> Vec<u8> {
    let at_least = report.get("atLeast").map(cell).unwrap_or_default();
    let head = cells(report, ["labels", "measures"]).chain(["atLeast".to_owned()]);
    let mut bytes = record(b',', head);
    for row in report.get("rows").and_then(Value::as_array).into_iter().flatten() {
        bytes.extend(record(b',', cells(row, ["labels", "numbers"]).chain([at_least.clone()])));
    }
    bytes
}

fn cells(object: &Value, members: [&str; 2]) -> impl Iterator<Item = String> {
    let lists = members.into_iter().filter_map(move |member| object.get(member).and_then(Value::as_array));
    lists.flatten().map(cell)
}

fn cell(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}
