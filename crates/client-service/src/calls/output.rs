//! How answers are printed.

use std::io::IsTerminal as _;

use clap::ValueEnum;
use client_wire::csv_record;
use rustix::termios::tcgetwinsize;
use serde_json::Value;

use super::table::table;
use super::visible;

/// The form of what a command prints.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, ValueEnum)]
pub(crate) enum Output {
    /// For people: a table that fits the terminal
    #[default]
    Table,
    /// For programs: the data as the service answers it
    Json,
    /// For programs: one line of JSON for each item
    Ndjson,
    /// For spreadsheets: the columns of the table as CSV, no cell of which is executed
    Csv,
}

impl Output {
    /// One object: its members, one on a line.
    pub(crate) fn object(self, data: &Value) -> String {
        match self {
            Self::Json => visible::json(data, true) + "\n",
            Self::Ndjson => visible::json(data, false) + "\n",
            Self::Table | Self::Csv => {
                let members = data.as_object().into_iter().flatten();
                let rows: Vec<_> =
                    members.map(|(name, value)| vec![visible::line(name), cell(value)]).collect();
                let head = ["member", "value"].map(str::to_owned);
                // The names say enough; a value is shown whole, because there is only one.
                if self == Self::Csv { csv(&head, &rows) } else { table(&head, &rows, None) }
            }
        }
    }

    /// A list: the members of each item that `columns` names, or in JSON all of them.
    pub(crate) fn list(self, items: &[Value], columns: &[&str]) -> String {
        match self {
            Self::Json => visible::json(&Value::from(items.to_vec()), true) + "\n",
            Self::Ndjson => items.iter().map(|item| visible::json(item, false) + "\n").collect(),
            Self::Table | Self::Csv => {
                let row = |item: &Value| {
                    columns.iter().map(|name| item.get(*name).map(cell).unwrap_or_default()).collect()
                };
                let rows: Vec<Vec<_>> = items.iter().map(row).collect();
                let head: Vec<_> = columns.iter().map(|name| (*name).to_owned()).collect();
                if self == Self::Csv { csv(&head, &rows) } else { table(&head, &rows, terminal_width()) }
            }
        }
    }
}

/// Records of CSV under a head. Every cell is one line of visible characters.
fn csv(head: &[String], rows: &[Vec<String>]) -> String {
    let records = std::iter::once(head).chain(rows.iter().map(Vec::as_slice));
    let bytes: Vec<_> = records.flat_map(|cells| csv_record(b',', cells.iter().cloned())).collect();
    String::from_utf8(bytes).unwrap_or_default()
}

/// A value in a cell.
fn cell(value: &Value) -> String {
    match value {
        Value::Null => String::new(),
        Value::String(text) => visible::line(text),
        Value::Array(values) if values.iter().all(|value| !value.is_object()) => {
            values.iter().map(cell).collect::<Vec<_>>().join(", ")
        }
        other => visible::json(other, false),
    }
}

/// The width of the terminal, if standard output is one.
fn terminal_width() -> Option<usize> {
    let output = std::io::stdout();
    if !output.is_terminal() {
        return None;
    }
    tcgetwinsize(output).ok().map(|size| usize::from(size.ws_col)).filter(|width| *width > 0)
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn each_form_has_the_items() {
        let items = [json!({ "id": 7, "name": "A\u{1b}[31m", "tags": ["x", "y"], "none": null })];
        assert_eq!(
            Output::Table.list(&items, &["id", "name", "tags", "none", "missing"]),
            "id  name         tags  none  missing\n7   A\\u{1b}[31m  x, y\n"
        );
        assert_eq!(
            Output::Csv.list(&[json!({ "id": 7, "name": "=A\nB" })], &["id", "name", "missing"]),
            "id,name,missing\r\n7,'=A\\u{a}B,\r\n"
        );
        assert_eq!(Output::Csv.object(&json!({ "a": "x,y" })), "member,value\r\na,\"x,y\"\r\n");
        assert_eq!(Output::Ndjson.list(&items, &[]).lines().count(), 1);
        let all: Value = serde_json::from_str(&Output::Json.list(&items, &[])).unwrap();
        assert_eq!(all, json!(items));
        assert_eq!(
            Output::Table.object(&json!({ "a": true, "b": {"c": 1} })),
            "member  value\na       true\nb       {\"c\":1}\n"
        );
    }
}
