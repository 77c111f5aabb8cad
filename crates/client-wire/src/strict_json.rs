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

/// Reads the JSON object of a file. A program may have put the byte order mark of UTF-8 in front of it.
///
/// # Errors
///
/// As for [`object`].
///
/// ```
/// use client_wire::strict_json;
///
/// assert!(strict_json::file_object("\u{feff}{\"a\":1}".as_bytes()).is_ok());
/// assert!(strict_json::object("\u{feff}{\"a\":1}".as_bytes()).is_err());
/// ```
pub fn file_object(text: &[u8]) -> Result<Map<String, Value>, Malformed> {
    object(text.strip_prefix(b"\xef\xbb\xbf").unwrap_or(text))
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

/// Mutated texts: an accepted text is read as by `serde_json`, and a text that only `serde_json` accepts has a member twice.
///
/// The default is 20,000 texts; `STRICT_JSON_TEXTS=5000000 STRICT_JSON_SEED=2 cargo test --workspace --lib -- strict_json`
/// tries more.
#[cfg(test)]
mod fuzz {
    use std::cell::Cell;

    use proptest::prelude::*;
    use proptest::sample::{Index, select};
    use proptest::test_runner::{Config, RngSeed, TestRunner};
    use serde_json::Value;

    use super::object;

    /// Valid texts, and texts with one error.
    const CORPUS: &[&str] = &[
        r#"{"commandName":"CreateContactCommand","data":{"firstName":"Ada","age":3},"dryRun":true}"#,
        r#"{"a":{"a":{"a":[1,{"a":2,"b":3}]}},"b":[{"a":1},{"a":1}]}"#,
        r#"{"":"","\u0061":1,"A":"\ud83d\ude00","x:y":"{\":\"}"}"#,
        r#"{"n":[0,-1,1.5,1e3,9223372036854775807,18446744073709551615,1e-400,-0]}"#,
        r#"{"a":1,"a":1}"#,
        r#"{"x":[0,{"y":{"a":1,"b":2,"\u0061":3}}]}"#,
        "[[[[[[]]]]]]",
        "{}",
    ];

    const FRAGMENTS: &[&str] = &[
        "\"a\":1,",
        "\"\\u0061\":null,",
        "\"a\":{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\"",
        "\\",
        "\\ud800",
        "\\u0000",
        "\u{feff}",
        "1e400",
        "-",
        "0",
        ".",
        "true",
        "null",
        " ",
        "\n",
        "/**/",
        "NaN",
        "\u{0}",
        "é",
    ];

    #[derive(Clone, Debug)]
    enum Mutation {
        Flip(Index, u8),
        Cut(Index, Index),
        Repeat(Index, Index),
        Insert(Index, &'static str),
    }

    fn mutation() -> impl Strategy<Value = Mutation> {
        prop_oneof![
            (any::<Index>(), any::<u8>()).prop_map(|(at, mask)| Mutation::Flip(at, mask)),
            (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Mutation::Cut(from, to)),
            (any::<Index>(), any::<Index>()).prop_map(|(from, to)| Mutation::Repeat(from, to)),
            (any::<Index>(), select(FRAGMENTS)).prop_map(|(at, text)| Mutation::Insert(at, text)),
        ]
    }

    fn mutated(text: &str, mutations: &[Mutation]) -> Vec<u8> {
        let mut bytes = text.as_bytes().to_vec();
        for mutation in mutations {
            let end = bytes.len() + 1;
            let range = |from: &Index, to: &Index| {
                let (from, to) = (from.index(end), to.index(end));
                from.min(to)..from.max(to)
            };
            match mutation {
                Mutation::Flip(at, mask) if !bytes.is_empty() => {
                    let at = at.index(bytes.len());
                    bytes[at] ^= mask;
                }
                Mutation::Flip(..) => {}
                Mutation::Cut(from, to) => drop(bytes.drain(range(from, to))),
                Mutation::Repeat(from, to) => {
                    let range = range(from, to);
                    let (end, copy) = (range.end, bytes[range].to_vec());
                    bytes.splice(end..end, copy);
                }
                Mutation::Insert(at, text) => {
                    let at = at.index(end);
                    bytes.splice(at..at, text.bytes());
                }
            }
        }
        bytes
    }

    /// The number of members in all objects of a JSON text: one for each colon outside of its strings.
    fn members_written(text: &[u8]) -> usize {
        let (mut in_string, mut escaped, mut members) = (false, false, 0);
        for byte in text {
            match byte {
                _ if escaped => escaped = false,
                b'\\' => escaped = in_string,
                b'"' => in_string = !in_string,
                b':' if !in_string => members += 1,
                _ => {}
            }
        }
        members
    }

    fn members_read(value: &Value) -> usize {
        match value {
            Value::Object(members) => members.len() + members.values().map(members_read).sum::<usize>(),
            Value::Array(items) => items.iter().map(members_read).sum(),
            _ => 0,
        }
    }

    #[expect(clippy::disallowed_methods, reason = "the setting that tries more texts")]
    fn setting<T: std::str::FromStr>(name: &str, default: T) -> T {
        std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(default)
    }

    #[test]
    fn mutated_text_is_read_as_by_serde_json_or_has_a_duplicate_member() {
        let config = Config {
            cases: setting("STRICT_JSON_TEXTS", 20_000),
            rng_seed: RngSeed::Fixed(setting("STRICT_JSON_SEED", 1)),
            failure_persistence: None,
            ..Config::default()
        };
        let (accepted, duplicate) = (Cell::new(0), Cell::new(0));
        let texts = (select(CORPUS), prop::collection::vec(mutation(), 0..5));
        let result =
            TestRunner::new(config).run(&(texts.prop_map(|(text, list)| mutated(text, &list))), |text| {
                let shown = String::from_utf8_lossy(&text).into_owned();
                let expected = match serde_json::from_slice::<Value>(&text) {
                    Ok(value @ Value::Object(_)) if members_read(&value) == members_written(&text) => {
                        Some(value)
                    }
                    Ok(Value::Object(_)) => {
                        duplicate.set(duplicate.get() + 1);
                        None
                    }
                    _ => None,
                };
                accepted.set(accepted.get() + i32::from(expected.is_some()));
                prop_assert_eq!(object(&text).ok().map(Value::Object), expected, "{}", shown);
                Ok(())
            });
        result.unwrap();
        let (accepted, duplicate) = (accepted.get(), duplicate.get());
        assert!(
            accepted > 1000 && duplicate > 500,
            "{accepted} accepted, {duplicate} with a duplicate member"
        );
    }
}
