//! Mutated texts: what is accepted is what `serde_json` reads, and everything else that it reads has a member twice.
//!
//! 20,000 texts; `STRICT_JSON_TEXTS=5000000 STRICT_JSON_SEED=2 cargo test --workspace --lib -- strict_json` takes more.

use std::cell::Cell;

use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::Value;

use super::object;

/// Texts that are right, or wrong in one place.
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

/// How many members a text that is JSON has, in all its objects: one for each colon outside of its strings.
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

fn members_kept(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.len() + members.values().map(members_kept).sum::<usize>(),
        Value::Array(items) => items.iter().map(members_kept).sum(),
        _ => 0,
    }
}

#[expect(clippy::disallowed_methods, reason = "how a test is told to take more texts")]
fn asked<T: std::str::FromStr>(name: &str, otherwise: T) -> T {
    std::env::var(name).ok().and_then(|text| text.parse().ok()).unwrap_or(otherwise)
}

#[test]
fn mutated_texts_are_accepted_as_serde_json_reads_them_or_have_a_member_twice() {
    let config = Config {
        cases: asked("STRICT_JSON_TEXTS", 20_000),
        rng_seed: RngSeed::Fixed(asked("STRICT_JSON_SEED", 1)),
        failure_persistence: None,
        ..Config::default()
    };
    let (accepted, twice) = (Cell::new(0), Cell::new(0));
    let texts = (select(CORPUS), prop::collection::vec(mutation(), 0..5));
    let result =
        TestRunner::new(config).run(&(texts.prop_map(|(text, list)| mutated(text, &list))), |text| {
            let shown = String::from_utf8_lossy(&text).into_owned();
            let expected = match serde_json::from_slice::<Value>(&text) {
                Ok(value @ Value::Object(_)) if members_kept(&value) == members_written(&text) => Some(value),
                Ok(Value::Object(_)) => {
                    twice.set(twice.get() + 1);
                    None
                }
                _ => None,
            };
            accepted.set(accepted.get() + i32::from(expected.is_some()));
            prop_assert_eq!(object(&text).ok().map(Value::Object), expected, "{}", shown);
            Ok(())
        });
    result.unwrap();
    let (accepted, twice) = (accepted.get(), twice.get());
    assert!(accepted > 1000 && twice > 500, "{accepted} accepted, {twice} with a member twice");
}
