//! A file becomes a batch: it is created with the digest of its bytes, and then receives them.

use std::collections::BTreeSet;

use axum::body::Bytes;
use client_wire::{BatchFiles, Code, Failure, Item};
use futures_util::StreamExt as _;
use futures_util::stream::once;
use serde::Deserialize;
use serde_json::{Map, Value, json};
use sha2::{Digest as _, Sha256};

use crate::fields::Fields;
use crate::hex::hex;
use crate::operation::{Mode, Sent};
use crate::posted::no_file;
use crate::recent_proof;
use crate::visit::Visit;

/// The command that creates a batch.
pub(crate) const CREATE: &str = "CreateBatchCommand";

/// The file of a form becomes a batch; returns its id. The same file of the same person is the same batch.
pub(crate) async fn upload(visit: &Visit, fields: &Fields) -> Result<String, Failure> {
    let Some((_, bytes)) = fields.file.clone() else {
        return Err(no_file("contentSha256"));
    };
    let mut data = Map::new();
    for name in ["format", "commandName", "delimiter"] {
        let value = fields.text(name).filter(|value| !value.is_empty());
        data.extend(value.map(|value| (name.to_owned(), value.into())));
    }
    // The rows are read only where the bank wants recent proofs.
    if recent_proof::is_wanted(visit) {
        let missing = commands(&data, &bytes).iter().find_map(|name| recent_proof::missing(visit, name));
        if let Some(missing) = missing {
            return Err(missing);
        }
    }
    let mapping = mapping(fields.text("mapping").unwrap_or_default());
    if !mapping.is_empty() {
        data.insert("mapping".to_owned(), mapping.into());
    }
    create(visit, data, bytes, None).await
}

/// Creates a batch of these bytes. With a key it is another batch than one of the same bytes.
pub(crate) async fn create(
    visit: &Visit,
    mut data: Map<String, Value>,
    bytes: Bytes,
    key: Option<&str>,
) -> Result<String, Failure> {
    let files = files(visit)?;
    data.insert("contentSha256".to_owned(), hex(&Sha256::digest(&bytes)).into());
    let sent = Sent { name: CREATE, data: &data, version: None, key, mode: Mode::Commit };
    let reply = visit.tell(sent).await?;
    let id = reply.data.get("batchId").and_then(Value::as_str).unwrap_or_default().to_owned();
    let context = visit.context(None, None, Mode::Commit)?;
    files.receive_batch(&id, once(async move { Ok(bytes) }).boxed(), context).await?;
    Ok(id)
}

/// The commands that the rows of a file name. What is no command is refused when the file is read.
fn commands(data: &Map<String, Value>, bytes: &[u8]) -> BTreeSet<String> {
    #[derive(Deserialize)]
    #[serde(rename_all = "camelCase")]
    struct Row {
        command_name: String,
    }
    let of_file = data.get("commandName").and_then(Value::as_str).map(str::to_owned);
    let of_row = |line: &[u8]| serde_json::from_slice(line).ok().map(|row: Row| row.command_name);
    of_file.into_iter().chain(bytes.split(|byte| *byte == b'\n').filter_map(of_row)).collect()
}

/// The files of batches, if the service has batches.
pub(crate) fn files(visit: &Visit) -> Result<&dyn BatchFiles, Failure> {
    let missing = || Failure::of(Item::new(Code::PathNotFound, Code::PathNotFound.meaning()));
    visit.console.operations.batch_files().ok_or_else(missing)
}

/// A line for each column, such as `Surname = lastName`. A column without a member is left out.
fn mapping(text: &str) -> Vec<Value> {
    let line = |line: &str| {
        // A name of a member has no such sign.
        let (column, member) = line.rsplit_once('=').unwrap_or((line, ""));
        let (column, member) = (column.trim(), member.trim());
        if member.is_empty() {
            json!({ "column": column })
        } else {
            json!({ "column": column, "member": member })
        }
    };
    text.lines().filter(|text| !text.trim().is_empty()).map(line).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_line_names_a_column_and_its_member() {
        let lines = " Surname = lastName \r\nComment\n\na = b = city\nNote =";
        let expected = json!([
            { "column": "Surname", "member": "lastName" }, { "column": "Comment" },
            { "column": "a = b", "member": "city" }, { "column": "Note" },
        ]);
        assert_eq!(Value::Array(mapping(lines)), expected);
    }
}
