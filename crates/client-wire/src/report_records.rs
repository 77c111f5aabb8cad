use serde_json::{Map, Value};

/// A report as records under a head: the labels and the measures, and in the last column whether the numbers are lower bounds.
///
/// ```
/// use client_wire::ReportRecords;
/// use serde_json::json;
///
/// let answer = json!({
///     "report": "clientsByBranch", "labels": ["branchEncodedKey"], "measures": ["clients"],
///     "rows": [{ "labels": ["lagos"], "numbers": [3] }], "atLeast": false,
/// });
/// let records = ReportRecords::of(&answer);
/// assert_eq!(records.columns, ["branchEncodedKey", "clients", "atLeast"]);
/// assert_eq!(records.rows, [[json!("lagos"), json!(3), json!(false)]]);
/// assert_eq!(records.objects(), [json!({ "branchEncodedKey": "lagos", "clients": 3, "atLeast": false })]);
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ReportRecords {
    /// The names of the columns.
    pub columns: Vec<String>,
    /// The cells of each record, as many as there are columns.
    pub rows: Vec<Vec<Value>>,
}

impl ReportRecords {
    /// The records of an answer to `RetrieveReportQuery`.
    pub fn of(answer: &Value) -> Self {
        const AT_LEAST: &str = "atLeast";
        let names = lists(answer, ["labels", "measures"]).filter_map(|name| name.as_str().map(str::to_owned));
        let at_least = answer.get(AT_LEAST).cloned().unwrap_or_default();
        let row = |row: &Value| -> Vec<Value> {
            lists(row, ["labels", "numbers"]).cloned().chain([at_least.clone()]).collect()
        };
        Self {
            columns: names.chain([AT_LEAST.to_owned()]).collect(),
            rows: answer.get("rows").and_then(Value::as_array).into_iter().flatten().map(row).collect(),
        }
    }

    /// Each record as an object with a member for each column.
    pub fn objects(self) -> Vec<Value> {
        let Self { columns, rows } = self;
        let object = |row: Vec<Value>| columns.iter().cloned().zip(row).collect::<Map<_, _>>();
        rows.into_iter().map(|row| object(row).into()).collect()
    }
}

/// The items of these members, one list after the other.
fn lists<'a>(object: &'a Value, members: [&'static str; 2]) -> impl Iterator<Item = &'a Value> {
    members.into_iter().filter_map(|member| object.get(member)?.as_array()).flatten()
}
