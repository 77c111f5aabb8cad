//! Every input of the corpus, and mutations of them.
//!
//! `FUZZ_MUTATIONS` says how many times as many mutations as in CI, `FUZZ_SEED` which. A failing input is reported with
//! its bytes, so that it can be put into the corpus.

use std::panic::{AssertUnwindSafe, catch_unwind};

use base64::Engine as _;
use base64::prelude::BASE64_STANDARD;
use fuzz_targets::TARGETS;

use crate::corpus::{Input, inputs};

/// How many mutations a target gets, so that each takes about as long.
const MUTATIONS: [(&str, u64); 8] = [
    ("strict_json", 1500),
    ("filters", 4000),
    ("cursor", 1500),
    ("token", 1000),
    ("requests", 100),
    ("pdf", 300),
    ("jpeg", 300),
    ("png", 60),
];

#[expect(clippy::disallowed_methods, reason = "how long a test runs is no configuration of the service")]
fn number(variable: &str, otherwise: u64) -> u64 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

/// Numbers that look random and are the same for the same seed (xorshift).
struct Random(u64);

impl Random {
    fn below(&mut self, end: usize) -> usize {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        usize::try_from(self.0 % end.max(1) as u64).unwrap()
    }

    fn range(&mut self, length: usize) -> std::ops::Range<usize> {
        let from = self.below(length + 1);
        from..(from + self.below(48)).min(length)
    }

    fn mutated(&mut self, inputs: &[Input]) -> Vec<u8> {
        let mut bytes = inputs[self.below(inputs.len())].bytes.clone();
        for _ in 0..=self.below(5) {
            let (at, range) = (self.below(bytes.len()), self.range(bytes.len()));
            match self.below(6) {
                0 if !bytes.is_empty() => bytes[at] ^= 1 << self.below(8),
                1 if !bytes.is_empty() => bytes[at] = u8::try_from(self.below(256)).unwrap(),
                2 => drop(bytes.drain(range)),
                3 => {
                    let copy = bytes[range].to_vec();
                    drop(bytes.splice(at..at, copy));
                }
                4 => {
                    let other = &inputs[self.below(inputs.len())].bytes;
                    let range = self.range(other.len());
                    drop(bytes.splice(at..at, other[range].iter().copied()));
                }
                5 if self.below(4) == 0 => bytes.truncate(at),
                _ => {}
            }
        }
        bytes
    }
}

fn replay(name: &str) {
    let (_, target) = TARGETS.iter().find(|(known, _)| *known == name).unwrap();
    let (_, mutations) = MUTATIONS.iter().find(|(known, _)| *known == name).unwrap();
    let inputs = inputs(name);
    assert!(!inputs.is_empty(), "there is no corpus of {name}");
    for input in &inputs {
        let held = catch_unwind(AssertUnwindSafe(|| target(&input.bytes)));
        assert!(held.is_ok(), "{}", input.path.display());
    }
    let seed = number("FUZZ_SEED", 1);
    let mut random = Random(seed.wrapping_mul(0x9E37_79B9_7F4A_7C15) | 1);
    for run in 0..mutations * number("FUZZ_MUTATIONS", 1) {
        let bytes = random.mutated(&inputs);
        let held = catch_unwind(AssertUnwindSafe(|| target(&bytes)));
        assert!(held.is_ok(), "{name}, seed {seed}, run {run}, in base64: {}", BASE64_STANDARD.encode(bytes));
    }
}

#[test]
fn strict_json() {
    replay("strict_json");
}

#[test]
fn filters() {
    replay("filters");
}

#[test]
fn cursors() {
    replay("cursor");
}

#[test]
fn tokens() {
    replay("token");
}

#[test]
fn requests() {
    replay("requests");
}

#[test]
fn pdf_files() {
    replay("pdf");
}

#[test]
fn jpeg_files() {
    replay("jpeg");
}

#[test]
fn png_files() {
    replay("png");
}
