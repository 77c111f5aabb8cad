//! What requests are made of.

use std::fs::File;
use std::io::{self, Read as _};

use serde_json::{Map, Value};

use crate::config::error::SettingsError;

/// A file of JSON is not read beyond this; the service takes no longer request.
const MAX_JSON: u64 = 1024 * 1024;

/// An object of JSON in a file, or in standard input.
pub(crate) fn json_file(file: &str) -> Result<Value, SettingsError> {
    let refused = |what: &str| SettingsError(format!("the file {file} {what}"));
    let text = bytes_of_file(file, MAX_JSON)?;
    let object = client_wire::strict_json::file_object(&text);
    object.map(Value::Object).map_err(|at| {
        refused(&format!(
            "must be an object in JSON with each member once; see line {}, column {}",
            at.line, at.column
        ))
    })
}

/// The bytes of a file, or of standard input for `-`, unless there are more than `limit`.
pub(crate) fn bytes_of_file(file: &str, limit: u64) -> Result<Vec<u8>, SettingsError> {
    let refused = |what: &str| SettingsError(format!("the file {file} {what}"));
    let mut bytes = Vec::new();
    let read = match file {
        "-" => io::stdin().take(limit + 1).read_to_end(&mut bytes),
        file => File::open(file).and_then(|file| file.take(limit + 1).read_to_end(&mut bytes)),
    };
    read.map_err(|error| refused(&format!("cannot be read: {}", error.kind())))?;
    if bytes.len() as u64 > limit {
        return Err(refused(&format!("is longer than {} MiB", limit / 1024 / 1024)));
    }
    Ok(bytes)
}

/// The text of an argument that may be personal: itself, of the file in `@FILE`, or of standard input for `-`.
pub(crate) fn text_of(flag: &str, argument: &str) -> Result<String, SettingsError> {
    let file = match argument.strip_prefix('@') {
        Some(file) => file,
        None if argument == "-" => "-",
        None => return Ok(argument.to_owned()),
    };
    let refused = |what: &str| SettingsError(format!("{flag}: the file {file} {what}"));
    let text = String::from_utf8(bytes_of_file(file, MAX_JSON)?).map_err(|_| refused("is not UTF-8 text"))?;
    let text = text.trim();
    if text.is_empty() { Err(refused("is empty")) } else { Ok(text.to_owned()) }
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn text_is_in_the_argument_or_in_a_file() {
        let folder = tempfile::tempdir().unwrap();
        let file = |name: &str, bytes: &[u8]| {
            let file = folder.path().join(name);
            std::fs::write(&file, bytes).unwrap();
            format!("@{}", file.display())
        };
        assert_eq!(text_of("--filter", "age >= 18").unwrap(), "age >= 18");
        assert_eq!(text_of("--filter", &file("a", b"age >= 18\n")).unwrap(), "age >= 18");
        for (wrong, what) in [
            (file("b", b" \n"), "is empty"),
            (file("c", b"\xff"), "is not UTF-8 text"),
            (file("d", &vec![b' '; 1024 * 1024 + 1]), "is longer than 1 MiB"),
            ("@/nowhere".to_owned(), "cannot be read"),
        ] {
            let refused = text_of("--filter", &wrong).unwrap_err().0;
            assert!(refused.contains(what), "{refused}");
        }
    }
}
