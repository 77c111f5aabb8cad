//! A report as a file.

use serde_json::Value;

use crate::row_file::record;

/// The table of an answer to `RetrieveReportQuery` as CSV, comma and CRLF, which no spreadsheet executes: the names of the labels
/// and of the measures in the first record, then a record for each row. The last cell of each says whether its numbers are lower bounds.
///
/// ```
/// use serde_json::json;
///
/// let report = json!({
///     "labels": ["branchEncodedKey"], "measures": ["clients"],
///     "rows": [{ "labels": ["=lagos"], "numbers": [3] }], "atLeast": false,
/// });
/// let file = client_wire::report_csv(&report);
/// assert_eq!(file, b"branchEncodedKey,clients,atLeast\r\n'=lagos,3,false\r\n");
/// ```
pub fn report_csv(report: &Value) -> Vec<u8> {
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
