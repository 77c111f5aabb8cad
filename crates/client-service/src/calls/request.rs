//! What requests are made of.

use std::fs::File;
use std::io::Read as _;

use serde_json::{Map, Value};

use crate::config::error::SettingsError;

/// A file of JSON is not read beyond this; the service takes no longer request.
const MAX_JSON: u64 = 1024 * 1024;

/// An object of JSON in a file, or in standard input.
pub(crate) fn json_file(file: &str) -> Result<Value, SettingsError> {
    let refused = |what: &str| SettingsError(format!("the file {file} {what}"));
    let mut text = Vec::new();
    let read = match file {
        "-" => std::io::stdin().take(MAX_JSON).read_to_end(&mut text),
        file => File::open(file).and_then(|file| file.take(MAX_JSON).read_to_end(&mut text)),
    };
    read.map_err(|error| refused(&format!("cannot be read: {}", error.kind())))?;
    let object = client_wire::strict_json::object(&text);
    object.map(Value::Object).map_err(|at| {
        refused(&format!(
            "must be an object in JSON with each member once; see line {}, column {}",
            at.line, at.column
        ))
    })
}

/// The path of a file of something with this id. An id that is no plain word would lead to another path.
pub(crate) fn path_of(kind: &str, id: &str, file: &str) -> Result<String, SettingsError> {
    if id.is_empty() || !id.bytes().all(|byte| byte.is_ascii_alphanumeric()) {
        return Err(SettingsError("the id must be letters and digits".to_owned()));
    }
    Ok(format!("/api/bpm/{kind}/{id}/{file}"))
}

/// Adds a member to an object.
pub(crate) fn add(data: &mut Value, name: &str, value: impl Into<Value>) {
    if let Some(members) = data.as_object_mut() {
        members.insert(name.to_owned(), value.into());
    }
}

/// The data without members that were not given.
pub(crate) fn without_nothing(data: Value) -> Value {
    match data {
        Value::Object(members) => {
            members.into_iter().filter(|(_, value)| !value.is_null()).collect::<Map<_, _>>().into()
        }
        other => other,
    }
}
