use client_app::batch::{Batch, BatchFormat};
use client_domain::kyc::DocumentKind;
use client_domain::value::Version;
use serde_json::{Map, Value};

use super::cell::unguarded;
use super::columns::{Column, VERSION, command, names, of_batch};
use crate::code::Code;
use crate::commands::operation::CommandOperation;
use crate::failure::{Failure, Item};
use crate::nearest::nearest;
use crate::operation_request::OperationRequest;
use crate::spec::{OperationKind, Shape};
use crate::strict_json;

/// A row as a command.
pub(super) struct RowRequest {
    pub(super) operation: &'static CommandOperation,
    pub(super) data: Map<String, Value>,
    pub(super) expected_version: Option<Version>,
}

/// Reads a row of this batch as it is stored.
pub(super) fn read(batch: &Batch, row: &[u8]) -> Result<RowRequest, Failure> {
    match batch.form.format {
        BatchFormat::Csv | BatchFormat::Xlsx => of_cells(batch, row),
        BatchFormat::NdJson => of_line(row),
    }
}

/// The cells of a row of a table.
pub(super) fn cells(row: &[u8]) -> Vec<String> {
    serde_json::from_slice(row).unwrap_or_default()
}

fn of_cells(batch: &Batch, row: &[u8]) -> Result<RowRequest, Failure> {
    let (spec, columns) = of_batch(batch)?;
    let operation = command(spec.name).ok_or_else(|| unknown(spec.name))?;
    let (mut data, mut expected_version) = (Map::new(), None);
    // An empty cell is an absent member.
    for (column, cell) in columns.into_iter().zip(cells(row)).filter(|(_, cell)| !cell.is_empty()) {
        match column {
            Column::Member(field) if is_list(&field.shape) && cell.trim().is_empty() => {}
            Column::Member(field) => {
                data.insert(field.name.to_owned(), value(&field.shape, &unguarded(&cell)));
            }
            Column::Version => {
                let version = cell.trim().parse().ok().and_then(Version::new);
                expected_version = Some(version.ok_or_else(|| Failure::of(no_version()))?);
            }
            Column::LeftOut => {}
        }
    }
    Ok(RowRequest { operation, data, expected_version })
}

/// What separates the items of a list in a cell.
const BETWEEN_ITEMS: char = '|';

const fn is_list(shape: &Shape) -> bool {
    matches!(shape, Shape::List { .. } | Shape::SomeOf { .. })
}

/// The text of a cell as JSON. A text that is not what the member takes stays one, and the form refuses it.
fn value(shape: &Shape, text: &str) -> Value {
    match shape {
        Shape::List { of, .. } | Shape::SomeOf { of, .. } => {
            text.split(BETWEEN_ITEMS).map(|item| value(of, item.trim())).collect()
        }
        // People who type a table know a document by its name.
        Shape::Numbers(DocumentKind::NUMBERS) if let Ok(kind) = DocumentKind::parse(text) => {
            kind.number().into()
        }
        Shape::Integer { .. } | Shape::Numbers(_) => {
            text.trim().parse::<i64>().map_or_else(|_| text.into(), Value::from)
        }
        Shape::Flag if text.eq_ignore_ascii_case("true") => true.into(),
        Shape::Flag if text.eq_ignore_ascii_case("false") => false.into(),
        _ => text.into(),
    }
}

fn of_line(line: &[u8]) -> Result<RowRequest, Failure> {
    let mut members = strict_json::object(line).map_err(|at| {
        let item = Item::new(Code::MalformedJson, Code::MalformedJson.meaning());
        Failure::of(item.detail("column", at.column))
    })?;
    // What the service adds to a row that it sends back.
    members.retain(|name, _| !name.starts_with('_'));
    let mut items = Vec::new();
    let expected_version = match members.remove(VERSION) {
        None | Some(Value::Null) => None,
        Some(number) => {
            let version = number.as_u64().and_then(Version::new);
            if version.is_none() {
                items.push(no_version());
            }
            version
        }
    };
    if members.contains_key("dryRun") {
        let message =
            "A row of a batch has no such member: every row is checked before the batch is confirmed.";
        items.push(Item::new(Code::UnknownMember, message).field("dryRun"));
        members.remove("dryRun");
    }
    let request = OperationRequest::of(OperationKind::Command, members, items)?;
    let operation = command(&request.name).ok_or_else(|| unknown(&request.name))?;
    Ok(RowRequest { operation, data: request.data, expected_version })
}

fn no_version() -> Item {
    Item::new(Code::WrongType, "must be the number of the version that was seen").field(VERSION)
}

fn unknown(name: &str) -> Failure {
    let similar = nearest(name, names()).map(|similar| format!(" Did you mean {similar}?"));
    let message = format!("A batch has no command with this name.{}", similar.unwrap_or_default());
    Failure::of(Item::new(Code::UnknownOperation, message).field("commandName"))
}
