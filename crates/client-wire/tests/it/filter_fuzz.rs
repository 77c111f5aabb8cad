//! Random bytes in place of filters: the reader never panics or hangs, and every accepted filter round-trips.
//!
//! 4,000 attacks; `FILTER_ATTACKS=1000000 FILTER_ATTACKS_SEED=1 cargo test -p client-wire --test it
//! filter_fuzz` runs more. `cargo-fuzz` has coverage guidance, but needs a nightly compiler, which this
//! workspace avoids. Instead, attacks start from valid filters, so most pass the JSON reader and many pass
//! the filter reader; the test asserts both shares.

use std::time::{Duration, Instant};

use client_domain::search::{Operator, Predicate, Property};
use client_domain::{BankCalendar, Client, Permissions};
use client_wire::predicate;
use proptest::prelude::*;
use proptest::sample::{Index, select};
use proptest::test_runner::{Config, RngSeed, TestRunner};
use serde_json::Value;

use crate::filter_strategies::filters;
use crate::search_clients::{TODAY, ordinary, unusual};

/// Generous for a busy machine: a real defect takes minutes.
const TIME_LIMIT: Duration = Duration::from_secs(5);

/// One mutation of a text.
#[derive(Clone, Debug)]
enum Mutation {
    Flip(Index, u8),
    Cut(Index, Index),
    Repeat(Index, Index, usize),
    Insert(Index, String),
    /// A quoted text is replaced by another, which keeps the JSON valid.
    Rename(Index, String),
}

fn token() -> impl Strategy<Value = String> {
    let names = Property::ALL.iter().map(|property| property.name());
    let operators = Operator::ALL.iter().map(|operator| operator.name());
    let others = [
        "",
        "not",
        "or",
        "and",
        "logic",
        "filters",
        "value",
        "field",
        "operator",
        "searchTerm",
        "2004-02-29",
        "2026-01-05T09:00:00Z",
        "-0000-01-01",
        "9999-12-31T23:59:59+00:00",
        "\\u0000",
        "\\ud800",
        "\u{301}",
        "ﷺ",
        "%",
    ];
    select(names.chain(operators).chain(others).map(str::to_owned).collect::<Vec<_>>())
}

fn fragment() -> impl Strategy<Value = String> {
    let fragments = [
        "null",
        "true",
        "-1",
        "1e400",
        "0.5",
        "1e3",
        "18446744073709551615",
        "-9223372036854775808",
        "[]",
        "{}",
        "[",
        "]",
        "{",
        "}",
        ",",
        ":",
        "\"",
        "\"a\",",
        "{\"searchTerm\":\"a b\"},",
        "\"value\":[],",
        "\u{FEFF}",
    ];
    prop_oneof![select(fragments.to_vec()).prop_map(str::to_owned), ".{0,4}"]
}

fn mutation() -> impl Strategy<Value = Mutation> {
    let at = any::<Index>;
    prop_oneof![
        2 => (at(), 0_u8..8).prop_map(|(place, bit)| Mutation::Flip(place, bit)),
        1 => (at(), at()).prop_map(|(from, to)| Mutation::Cut(from, to)),
        1 => (at(), at(), 1_usize..5).prop_map(|(from, to, times)| Mutation::Repeat(from, to, times)),
        2 => (at(), fragment()).prop_map(|(place, text)| Mutation::Insert(place, text)),
        4 => (at(), token()).prop_map(|(which, text)| Mutation::Rename(which, text)),
    ]
}

impl Mutation {
    fn apply_to(&self, bytes: &mut Vec<u8>) {
        let range = |from: &Index, to: &Index| {
            let (from, to) = (from.index(bytes.len() + 1), to.index(bytes.len() + 1));
            from.min(to)..from.max(to)
        };
        match self {
            Self::Flip(place, bit) => {
                let place = place.index(bytes.len().max(1));
                if let Some(byte) = bytes.get_mut(place) {
                    *byte ^= 1 << bit;
                }
            }
            Self::Cut(from, to) => {
                bytes.drain(range(from, to));
            }
            Self::Repeat(from, to, times) => {
                let range = range(from, to);
                let part = bytes.get(range.clone()).unwrap_or_default().repeat(*times);
                bytes.splice(range.end..range.end, part);
            }
            Self::Insert(place, text) => {
                let place = place.index(bytes.len() + 1);
                bytes.splice(place..place, text.bytes());
            }
            Self::Rename(which, text) => {
                let quotes: Vec<_> = (0..bytes.len()).filter(|at| bytes.get(*at) == Some(&b'"')).collect();
                let texts: Vec<_> = quotes.chunks_exact(2).collect();
                if let Some([from, to]) = (!texts.is_empty()).then(|| *which.get(&texts)) {
                    bytes.splice(from + 1..*to, text.bytes());
                }
            }
        }
    }
}

fn attack() -> impl Strategy<Value = Vec<u8>> {
    let right = filters().prop_map(|filters| filters.to_string().into_bytes());
    let mutated = (right, proptest::collection::vec(mutation(), 0..4)).prop_map(|(mut bytes, mutations)| {
        for mutation in mutations {
            mutation.apply_to(&mut bytes);
        }
        bytes
    });
    prop_oneof![
        8 => mutated,
        1 => proptest::collection::vec(any::<u8>(), 0..200),
        1 => proptest::collection::vec(fragment(), 0..40).prop_map(|parts| parts.concat().into_bytes()),
    ]
}

/// How far the attacks got.
#[derive(Debug, Default)]
struct Statistics {
    attacks: usize,
    json: usize,
    accepted: usize,
    longest: Duration,
}

/// Handles bytes as the service does. `None` if they are rejected.
fn take(bytes: &[u8], statistics: &mut Statistics) -> Option<Predicate> {
    let filters: Value = serde_json::from_slice(bytes).ok()?;
    statistics.json += 1;
    match predicate::read(&filters, "filters", &Permissions::all(), &BankCalendar::utc()) {
        Ok(predicate) => Some(predicate),
        Err(faults) => {
            assert!(!faults.0.is_empty() && !faults.to_string().is_empty(), "a rejected filter has a fault");
            assert!(faults.0.iter().all(|fault| fault.path.starts_with("filters")));
            None
        }
    }
}

fn survive(bytes: &[u8], clients: &[Client], statistics: &mut Statistics) -> Result<(), TestCaseError> {
    let begun = Instant::now();
    statistics.attacks += 1;
    if let Some(read) = take(bytes, statistics) {
        statistics.accepted += 1;
        let written = predicate::write(&read).to_string().into_bytes();
        let again = take(&written, &mut Statistics::default());
        prop_assert_eq!(again.as_ref(), Some(&read), "{}", String::from_utf8_lossy(&written));
        for client in clients {
            let opposite = Predicate::Not(Box::new(read.clone()));
            prop_assert_ne!(opposite.evaluate(client, TODAY), read.evaluate(client, TODAY));
        }
    }
    statistics.longest = statistics.longest.max(begun.elapsed());
    prop_assert!(begun.elapsed() < TIME_LIMIT);
    Ok(())
}

#[expect(clippy::disallowed_methods, reason = "the length of a test run is not a setting of the service")]
fn number(variable: &str, otherwise: u32) -> u32 {
    std::env::var(variable).map_or(otherwise, |text| text.parse().unwrap())
}

#[test]
fn random_bytes_never_panic_or_hang() {
    let seed = number("FILTER_ATTACKS_SEED", 20_260_105);
    let config = Config {
        cases: number("FILTER_ATTACKS", 4_000),
        rng_seed: RngSeed::Fixed(seed.into()),
        failure_persistence: None,
        max_shrink_iters: 1_000,
        // Rejected draws add up over a million attacks.
        max_local_rejects: u32::MAX,
        ..Config::default()
    };
    let clients = [ordinary(), unusual()];
    let statistics = std::cell::RefCell::new(Statistics::default());
    let run = TestRunner::new(config)
        .run(&attack(), |bytes| survive(&bytes, &clients, &mut statistics.borrow_mut()));
    let statistics = statistics.into_inner();
    println!("seed {seed}: {statistics:?}");
    run.unwrap_or_else(|error| panic!("seed {seed}: {error}"));
    assert!(statistics.json * 4 > statistics.attacks, "too few attacks are JSON: {statistics:?}");
    assert!(statistics.accepted * 10 > statistics.attacks, "too few attacks get through: {statistics:?}");
    assert!(
        statistics.json > statistics.accepted * 5 / 4,
        "too few attacks are refused by filters: {statistics:?}"
    );
}

/// Input that is large on purpose, within the size of a request, costs little time and stack.
#[test]
fn large_filters_are_handled_quickly() {
    let repeated = |text: &str| text.repeat(1_000_000 / text.len());
    let condition = r#"{"field":"city","operator":"Equals","value":"a"}"#;
    let attacks = [
        repeated("["),
        repeated(r#"[{"filters":"#),
        format!("[{}{}]", format!("{condition},").repeat(20_000), condition),
        format!("[{}]", vec![r#"{"logic":"or","filters":[]}"#; 30_000].join(",")),
        format!(r#"[{{"field":"city","operator":"In","value":[{}"a"]}}]"#, repeated("\"a\",")),
        format!(r#"[{{"field":"city","operator":"Contains","value":"{}"}}]"#, repeated("a\u{301}")),
        format!(r#"[{{"{}":1}}]"#, repeated("x")),
        format!(
            r#"[{{{}"field":"city"}}]"#,
            (0..10_000).map(|n| format!("\"m{n}\":1")).collect::<Vec<_>>().join(",") + ","
        ),
        format!(r#"[{{{}"field":"city"}}]"#, r#""field":"city","#.repeat(10_000)),
        format!(r#"[{{"searchTerm":"{}"}}]"#, repeated("a ")),
        format!(r#"[{{"searchTerm":"{}"}}]"#, repeated("ﷺ")),
        format!(r#"[{{"field":"id","operator":"Equals","value":1{}}}]"#, repeated("0")),
        format!(r#"[{{"field":"dateCreated","operator":"On","value":"{}"}}]"#, repeated("2026-01-05T")),
    ];
    let clients = [ordinary(), unusual()];
    for attack in attacks {
        let mut statistics = Statistics::default();
        survive(attack.as_bytes(), &clients, &mut statistics).unwrap();
        assert_eq!(statistics.accepted, 0, "{}", attack.chars().take(60).collect::<String>());
    }
}
