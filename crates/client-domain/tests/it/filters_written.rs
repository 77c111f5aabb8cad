//! Every valid filter keeps its meaning when it is written and read back.

use client_domain::search::{Data, MAX_CONDITIONS, MAX_COST, Predicate, Problem};
use jiff::civil::date;
use proptest::prelude::*;
use serde::Deserialize as _;
use serde_json::{Value, json};

use crate::filter_strategies::{TODAY, conditions, filters, ordinary, unusual};

fn written_and_read(filters: &Value) -> Result<(), TestCaseError> {
    let read: Predicate = serde_json::from_value(filters.clone())
        .map_err(|error| TestCaseError::fail(format!("{error}: {filters}")))?;
    let written = serde_json::to_value(&read).unwrap();
    let again: Predicate = serde_json::from_value(written.clone())
        .map_err(|error| TestCaseError::fail(format!("{error}: {written} of {filters}")))?;
    prop_assert_eq!(serde_json::to_value(&again).unwrap(), written.clone());
    prop_assert_eq!(&again, &read, "{} of {}", written, filters);
    for client in [ordinary(), unusual()] {
        for today in [TODAY, date(2024, 2, 29), date(2025, 12, 31), date(9999, 12, 31)] {
            prop_assert_eq!(again.evaluate(&client, today), read.evaluate(&client, today));
        }
    }
    Ok(())
}

fn is_too_costly(filters: &Value) -> bool {
    let read = Predicate::read(&Data::deserialize(filters).unwrap(), "filters");
    let problems = read.err().into_iter().flat_map(|faults| faults.0).map(|fault| fault.problem);
    problems.into_iter().any(|problem| matches!(problem, Problem::TooCostly { .. }))
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, max_shrink_iters: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn valid_filters_round_trip_with_the_same_meaning(filters in filters()) {
        if conditions(&filters) <= MAX_CONDITIONS && !is_too_costly(&filters) {
            written_and_read(&filters)?;
        }
    }
}

/// Filters that a shorter notation would break.
#[test]
fn filters_at_the_limits_round_trip() {
    let ten = "a b c d e f g h i j";
    let many = Value::from(vec![json!({ "searchTerm": "ada" }); MAX_COST / 2]);
    let one = json!({ "field": "city", "operator": "IsEmpty" });
    let group = |logic: &str, inner: &Value| json!({ "logic": logic, "filters": [inner] });
    let mut deep = json!({ "searchTerm": ten });
    for _ in 0..5 {
        deep = group("or", &deep);
    }
    let around = group("and", &group("and", &one));
    let either = json!([{ "logic": "or", "filters": [group("and", &one), one.clone()] }]);
    let early =
        json!([{ "field": "dateCreated", "operator": "After", "value": "0000-01-01T00:00:00-01:00" }]);
    let last =
        json!([{ "field": "dateCreated", "operator": "Between", "value": ["9999-12-31", "9999-12-31"] }]);
    for filters in [many, json!([deep]), json!([around]), either, early, last, json!([])] {
        written_and_read(&filters).unwrap();
    }
}
