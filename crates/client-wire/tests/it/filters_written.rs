//! Every valid filter keeps its meaning when it is written and read back.

use client_domain::search::{MAX_CONDITIONS, MAX_COST, OperandProblem, Predicate};
use client_domain::{BankCalendar, Invalid, Permissions};
use client_wire::predicate::{self, Faults, Problem};
use jiff::civil::date;
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::filter_strategies::{conditions, filters};
use crate::search_clients::{TODAY, ordinary, unusual};

fn read(filters: &Value) -> Result<Predicate, Faults> {
    predicate::read(filters, "filters", &Permissions::all(), &BankCalendar::utc())
}

fn written_and_read(filters: &Value) -> Result<(), TestCaseError> {
    let first = read(filters).map_err(|error| TestCaseError::fail(format!("{error}: {filters}")))?;
    let written = predicate::write(&first);
    let again =
        read(&written).map_err(|error| TestCaseError::fail(format!("{error}: {written} of {filters}")))?;
    prop_assert_eq!(predicate::write(&again), written.clone());
    prop_assert_eq!(&again, &first, "{} of {}", written, filters);
    for client in [ordinary(), unusual()] {
        for today in [TODAY, date(2024, 2, 29), date(2025, 12, 31), date(9999, 12, 31)] {
            prop_assert_eq!(again.evaluate(&client, today), first.evaluate(&client, today));
        }
    }
    Ok(())
}

/// Of some texts nothing is left to compare, and some filters cost too much.
fn is_refused(filters: &Value) -> bool {
    let problems = read(filters).err().into_iter().flat_map(|faults| faults.0).map(|fault| fault.problem);
    problems.into_iter().any(|problem| {
        matches!(problem, Problem::TooCostly { .. })
            || matches!(problem, Problem::Operand(OperandProblem::Invalid(Invalid::NothingToCompare)))
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 3_000, max_shrink_iters: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn valid_filters_round_trip_with_the_same_meaning(filters in filters()) {
        if conditions(&filters) <= MAX_CONDITIONS && !is_refused(&filters) {
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
