//! Mutated texts: an accepted text is read as by `serde_json`, and a text that only `serde_json` accepts has a member twice.
//!
//! The default is 20,000 texts; `STRICT_JSON_TEXTS=5000000 STRICT_JSON_SEED=2 cargo test --workspace --lib -- strict_json`
//! tries more.

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
                Ok(value @ Value::Object(_)) if members_read(&value) == members_written(&text) => Some(value),
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
    assert!(accepted > 1000 && duplicate > 500, "{accepted} accepted, {duplicate} with a duplicate member");
}
