//! JSON without duplicate members.
//!
//! `serde_json` reads `{"a":1,"a":2}` into a map as `{"a":2}`, so a gateway and this service could read two different
//! requests from one body. Here a member that occurs twice is an error at every depth. `serde_json` itself refuses text
//! after the value, text that is not UTF-8, lone surrogates, and more than 128 levels.

use std::fmt;

use serde::de::{Deserialize, Deserializer, Error, MapAccess, SeqAccess, Visitor};
use serde_json::{Map, Number, Value};

/// The position of an error in a JSON text. It does not repeat the text.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Malformed {
    /// The line, from 1.
    pub line: usize,
    /// The column, from 1.
    pub column: usize,
}

/// Reads exactly one JSON object.
///
/// # Errors
///
/// The text is not JSON, is not an object, or has a member twice.
///
/// ```
/// use client_wire::strict_json;
///
/// assert!(strict_json::object(br#"{"a":1,"b":2}"#).is_ok());
/// assert!(strict_json::object(br#"{"a":1,"a":2}"#).is_err());
/// ```
pub fn object(text: &[u8]) -> Result<Map<String, Value>, Malformed> {
    let Strict(value) = serde_json::from_slice(text)
        .map_err(|error: serde_json::Error| Malformed { line: error.line(), column: error.column() })?;
    match value {
        Value::Object(members) => Ok(members),
        _ => Err(Malformed { line: 1, column: 1 }),
    }
}

struct Strict(Value);

impl<'de> Deserialize<'de> for Strict {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(StrictVisitor).map(Strict)
    }
}

struct StrictVisitor;

impl<'de> Visitor<'de> for StrictVisitor {
    type Value = Value;

    fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("JSON")
    }

    fn visit_unit<E: Error>(self) -> Result<Value, E> {
        Ok(Value::Null)
    }

    fn visit_bool<E: Error>(self, value: bool) -> Result<Value, E> {
        Ok(Value::Bool(value))
    }

    fn visit_i64<E: Error>(self, value: i64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_u64<E: Error>(self, value: u64) -> Result<Value, E> {
        Ok(Value::Number(value.into()))
    }

    fn visit_f64<E: Error>(self, value: f64) -> Result<Value, E> {
        Number::from_f64(value).map(Value::Number).ok_or_else(|| E::custom("not a finite number"))
    }

    fn visit_str<E: Error>(self, value: &str) -> Result<Value, E> {
        Ok(Value::String(value.to_owned()))
    }

    fn visit_string<E: Error>(self, value: String) -> Result<Value, E> {
        Ok(Value::String(value))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Value, A::Error> {
        let mut array = Vec::new();
        while let Some(Strict(item)) = items.next_element()? {
            array.push(item);
        }
        Ok(Value::Array(array))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Value, A::Error> {
        let mut object = Map::new();
        while let Some(name) = members.next_key::<String>()? {
            if object.contains_key(&name) {
                return Err(A::Error::custom("a member occurs twice"));
            }
            let Strict(value) = members.next_value()?;
            object.insert(name, value);
        }
        Ok(Value::Object(object))
    }
}

#[cfg(test)]
mod fuzz;

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn object_is_read_as_serde_json_reads_it() {
        for text in [
            "{}",
            " {\"a\" : null, \"b\":[true,false,{}]}\r\n",
            r#"{"n":[0,-1,1.5,1e3,9223372036854775807,18446744073709551615,-9223372036854775808]}"#,
            r#"{"deep":{"a":{"a":{"a":"same name, other object"}}},"a":1}"#,
            r#"{"":"","é😀":"\ud83d\ude00 \u0000 \\ \" \/"}"#,
            r#"{"a":1,"A":2}"#,
        ] {
            let expected: Value = serde_json::from_str(text).unwrap();
            assert_eq!(object(text.as_bytes()).map(Value::Object), Ok(expected), "{text}");
        }
    }

    #[test]
    fn malformed_text_and_duplicate_members_are_refused() {
        let too_deep = format!("{{\"a\":{}{}}}", "[".repeat(128), "]".repeat(128));
        let cases: &[&[u8]] = &[
            b"",
            b"   ",
            b"null",
            b"[]",
            b"\"{}\"",
            b"1",
            b"{",
            b"{}{}",
            b"{} x",
            b"{},",
            b"{\"a\":1,}",
            b"{'a':1}",
            b"{a:1}",
            b"{\"a\":01}",
            b"{\"a\":+1}",
            b"{\"a\":NaN}",
            b"{\"a\":1e999}",
            b"{\"a\":.5}",
            b"/* */{}",
            b"\xef\xbb\xbf{}",
            b"{\"a\":\"\xff\"}",
            b"{\"a\":\"\xc0\x80\"}",
            b"{\"a\":\"\xed\xa0\x80\"}",
            br#"{"a":"\ud800"}"#,
            br#"{"a":"\udc00\ud800"}"#,
            b"{\"a\":\"line\nbreak\"}",
            b"{\"a\":\"nul\0\"}",
            br#"{"a":1,"a":1}"#,
            br#"{"a":1,"\u0061":2}"#,
            br#"{"x":{"a":1,"a":2}}"#,
            br#"{"x":[0,{"y":{"a":1,"b":2,"a":3}}]}"#,
            too_deep.as_bytes(),
        ];
        for text in cases {
            assert!(object(text).is_err(), "{}", String::from_utf8_lossy(text));
        }
    }

    #[test]
    fn error_has_line_and_column() {
        assert_eq!(object(b"{\n \"a\":1,\n \"a\":2}"), Err(Malformed { line: 3, column: 4 }));
    }
}
