//! A report as a file.

use serde_json::Value;

use crate::row_file::record;

/// The table of an answer to `RetrieveReportQuery` as CSV, comma and CRLF, which no spreadsheet executes: the names of the labels
/// and of the measures in the first record, then a record for each row.
///
/// ```
/// use serde_json::json;
///
/// let report = json!({
///     "labels": ["branchEncodedKey"], "measures": ["clients"],
///     "rows": [{ "labels": ["=lagos"], "numbers": [3] }],
/// });
/// assert_eq!(client_wire::report_csv(&report), b"branchEncodedKey,clients\r\n'=lagos,3\r\n");
/// ```
pub fn report_csv(report: &Value) -> Vec<u8> {
    let mut bytes = record(b',', cells(report, ["labels", "measures"]));
    for row in report.get("rows").and_then(Value::as_array).into_iter().flatten() {
        bytes.extend(record(b',', cells(row, ["labels", "numbers"])));
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
