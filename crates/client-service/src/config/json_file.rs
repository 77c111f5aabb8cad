//! Files of JSON that settings name.

use client_wire::strict_json;
use serde_json::{Map, Value};

use super::error::SettingsError;

/// The object in a file. A member that occurs twice is refused: one of the two would be ignored without a word, and with it a
/// rule of the bank.
pub(crate) fn object(flag: &str, file: &str) -> Result<Map<String, Value>, SettingsError> {
    let text = std::fs::read(file)
        .map_err(|error| SettingsError(format!("{flag}: the file cannot be read: {error}")))?;
    // Some editors put the byte order mark in front of what they save.
    let json = text.strip_prefix("\u{feff}".as_bytes()).unwrap_or(&text);
    strict_json::object(json).map_err(|at| {
        SettingsError(format!(
            "{flag}: the file does not hold a JSON object with each member once; see line {}, column {}",
            at.line, at.column
        ))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_an_object_with_each_member_once_is_read() {
        let folder = tempfile::tempdir().unwrap();
        let read = |text: &str| {
            let file = folder.path().join("file");
            std::fs::write(&file, text).unwrap();
            object("--flag", file.to_str().unwrap()).map_err(|error| error.0)
        };
        assert_eq!(read(r#"{"a": {"b": 1}, "b": 2}"#).unwrap().len(), 2);
        assert_eq!(read("\u{feff}{}").unwrap().len(), 0);
        for text in ["", "[]", "{", "{} {}", r#"{"a": 1, "a": 1}"#, "{\"b\": [{\"a\": 1,\n\"a\": 2}]}"] {
            let error = read(text).unwrap_err();
            assert!(
                error.starts_with("--flag: the file does not hold a JSON object with each member"),
                "{error}"
            );
        }
        assert!(read("{\"b\": [{\"a\": 1,\n\"a\": 2}]}").unwrap_err().ends_with("see line 2, column 3"));
        assert!(object("--flag", "/nowhere").unwrap_err().0.starts_with("--flag: the file cannot be read"));
    }
}
