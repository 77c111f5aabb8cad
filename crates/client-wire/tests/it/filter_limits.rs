//! The limits of filters, at the limit and one beyond it.

use client_domain::search::{OperandProblem, Predicate, Property};
use client_domain::{BankCalendar, Invalid, Permissions};
use client_wire::predicate::{self, Fault, Faults, Problem};
use serde_json::{Value, json};

fn read(filters: &Value) -> Result<Predicate, Faults> {
    predicate::read(filters, "filters", &Permissions::all(), &BankCalendar::utc())
}

#[track_caller]
fn assert_rejected(filters: &Value, path: &str, problem: impl Into<Problem>) {
    let problem = problem.into();
    let faults = read(filters).unwrap_err();
    assert_eq!(faults, Faults(vec![Fault { path: path.to_owned(), problem }]), "{faults}");
}

fn city(value: &str) -> Value {
    json!({ "field": "city", "operator": "Equals", "value": value })
}

fn nested(levels: usize) -> Value {
    (0..levels).fold(city("Ikeja"), |inner, _| json!({ "logic": "and", "filters": [inner] }))
}

#[test]
fn at_most_fifty_conditions_are_accepted() {
    let many = |count: usize| vec![city("Ikeja"); count];
    assert!(read(&many(50).into()).is_ok());
    assert_rejected(&many(51).into(), "filters[50]", Problem::TooManyConditions);
    assert_rejected(&many(10_000).into(), "filters[50]", Problem::TooManyConditions);

    // Groups do not count themselves, words do, and conditions in all groups count together.
    let groups = |last: usize| json!([{ "logic": "or", "filters": many(25) }, { "logic": "and", "filters": many(last) }]);
    assert!(read(&groups(25)).is_ok());
    assert_rejected(&groups(26), "filters[1].filters[25]", Problem::TooManyConditions);
    let words = |count: usize| Value::from(vec![json!({ "searchTerm": "ada" }); count]);
    assert!(read(&words(30)).is_ok());
    assert_rejected(&words(51), "filters[50]", Problem::TooManyConditions);
    let group = |count: usize| json!([{ "logic": "or", "filters": many(count) }]);
    assert!(read(&group(50)).is_ok());
    assert_rejected(&group(51), "filters[0].filters", OperandProblem::ListLength { min: 1, max: 50 });
}

/// Filters of a review: each is within all other limits, and each occupied the database for as long as it was
/// allowed.
#[test]
fn filter_beyond_the_cost_limit_is_rejected() {
    let cost = |filters: &Value| match read(filters) {
        Ok(predicate) => Ok(predicate.cost()),
        Err(faults) => match &faults.0[..] {
            [Fault { problem: Problem::TooCostly { cost, conditions }, path }] => {
                assert_eq!(path, "filters");
                assert_eq!(conditions.iter().map(|(_, cost)| cost).sum::<usize>(), *cost);
                Err(*cost)
            }
            _ => panic!("{faults}"),
        },
    };
    let condition = |field: &str, operator: &str, value: Value| json!({ "field": field, "operator": operator, "value": value });
    let either = |count: usize, one: Value| json!([{ "logic": "or", "filters": vec![one; count] }]);
    let number = condition("documentNumber", "Contains", json!("A01"));
    assert_eq!(cost(&either(50, number.clone())), Err(700));
    assert_eq!(cost(&either(4, number)), Ok(56));
    let address = condition("address", "Contains", json!("allen"));
    assert_eq!(cost(&either(50, address.clone())), Err(250));
    assert_eq!(cost(&either(12, address)), Ok(60));
    let status = condition("kycStatus", "Equals", json!("Verified"));
    assert_eq!(cost(&either(50, status.clone())), Err(500));
    assert_eq!(cost(&either(6, status)), Ok(60));
    let long: Vec<_> = (0..200).map(|n| format!("{n:0250}")).collect();
    let list = condition("firstName", "In", json!(long));
    assert_eq!(cost(&either(5, list.clone())), Err(105));
    assert_eq!(cost(&either(2, list)), Ok(42));
    // Ordinary searches stay cheap: equality on every property in one filter, and a term of ten words.
    assert_eq!(cost(&either(50, condition("lastName", "Equals", json!("Okafor")))), Ok(50));
    assert_eq!(
        cost(&json!([{ "searchTerm": "ada bello chi dayo ebele fola gbenga hauwa ife jide" }])),
        Ok(20)
    );
    assert_eq!(cost(&json!([{ "searchTerm": "a b c d e f g h i j" }])), Ok(50));

    let faults =
        read(&either(50, condition("documentNumber", "Contains", json!("A01")))).unwrap_err().to_string();
    assert!(faults.starts_with("filters is too expensive: it costs 700, and the limit is 60 ("), "{faults}");
    assert!(
        faults.contains("filters[0].filters[0] costs 14") && faults.contains("and 47 more cost 658"),
        "{faults}"
    );
}

#[test]
fn at_most_five_levels_are_accepted() {
    assert!(read(&json!([nested(5)])).is_ok());
    let path = format!("filters[0]{}", ".filters[0]".repeat(5));
    assert_rejected(&json!([nested(6)]), &path, Problem::TooDeep);
    assert_rejected(&json!([nested(60)]), &path, Problem::TooDeep);
    // Each branch has its own levels.
    assert!(read(&json!([nested(5), nested(5)])).is_ok());
    assert_rejected(&json!([nested(5), nested(6)]), &path.replacen("[0]", "[1]", 1), Problem::TooDeep);
}

#[test]
fn at_most_two_hundred_values_are_accepted() {
    for (field, value) in [("city", json!("Ikeja")), ("id", json!(7)), ("gender", json!("Male"))] {
        for operator in ["In", "NotIn"] {
            let with = |count: usize| json!([{ "field": field, "operator": operator, "value": vec![value.clone(); count] }]);
            assert!(read(&with(200)).is_ok() && read(&with(1)).is_ok());
            for count in [0, 201, 100_000] {
                assert_rejected(
                    &with(count),
                    "filters[0].value",
                    OperandProblem::ListLength { min: 1, max: 200 },
                );
            }
        }
    }
    let between = |values: Value| json!([{ "field": "age", "operator": "Between", "value": values }]);
    for values in [json!([]), json!([1]), json!([1, 2, 3])] {
        assert_rejected(&between(values), "filters[0].value", OperandProblem::ListLength { min: 2, max: 2 });
    }
    assert_rejected(&between(json!([2, 1])), "filters[0].value[1]", OperandProblem::EndBeforeStart);
    assert!(read(&between(json!([2, 2]))).is_ok());
}

#[test]
fn at_most_256_characters_are_accepted() {
    let too_long = || OperandProblem::Invalid(Invalid::TooLong { max: 256 });
    // Characters are counted as Unicode scalar values after composition, however many bytes they need.
    for letter in ["a", "李", "\u{1F600}", "a\u{301}"] {
        assert!(read(&json!([city(&letter.repeat(256))])).is_ok(), "{letter}");
        for count in [257, 1_000_000] {
            assert_rejected(&json!([city(&letter.repeat(count))]), "filters[0].value", too_long());
        }
        let list = json!([{ "field": "city", "operator": "In", "value": ["a", letter.repeat(257)] }]);
        assert_rejected(&list, "filters[0].value[1]", too_long());
    }
    let term = |count: usize| json!([{ "searchTerm": "a".repeat(count) }]);
    assert!(read(&term(256)).is_ok());
    assert_rejected(&term(257), "filters[0].searchTerm", too_long());
    // One character can fold into several, and the search uses the folded ones.
    assert_rejected(&json!([{ "searchTerm": "ß".repeat(129) }]), "filters[0].searchTerm", too_long());
    let words = |count: usize| json!([{ "searchTerm": "a ".repeat(count) }]);
    assert!(read(&words(10)).is_ok());
    let wrong = OperandProblem::Invalid(Invalid::Format { expected: "at most 10 words" });
    assert_rejected(&words(11), "filters[0].searchTerm", wrong);
}

#[test]
fn day_counts_are_limited() {
    let with = |days: Value| json!([{ "field": "dateCreated", "operator": "LastDays", "value": days }]);
    assert!(read(&with(json!(1))).is_ok() && read(&with(json!(36_525))).is_ok());
    for days in [json!(0), json!(-1), json!(36_526), json!(1.5), json!(u64::MAX), json!(1e300)] {
        let wrong = OperandProblem::Invalid(Invalid::OutOfRange { min: 1, max: 36_525 });
        assert_rejected(&with(days), "filters[0].value", wrong);
    }
    assert_rejected(&with(json!("7")), "filters[0].value", OperandProblem::WrongType("a number of days"));
}

#[test]
fn whole_numbers_may_be_written_with_decimals() {
    let with = |number: Value| read(&json!([{ "field": "id", "operator": "In", "value": [number] }]));
    for number in [json!(7.0), json!(7e0)] {
        assert_eq!(with(number), with(json!(7)));
    }
    assert_eq!(with(json!(-9_007_199_254_740_992.0)), with(json!(-9_007_199_254_740_992_i64)));
    // Floating point no longer holds every whole number there.
    for number in [json!(9_007_199_254_740_994.0), json!(u64::MAX), json!(7.5)] {
        assert!(with(number).is_err());
    }
}

#[test]
fn each_fault_names_its_path() {
    let at = "filters[0]";
    for (item, path, problem) in [
        (json!("city"), "", Problem::Operand(OperandProblem::WrongType("an object"))),
        (json!({ "operator": "IsEmpty" }), ".propertyName", Problem::Operand(OperandProblem::Required)),
        (json!({ "field": "city" }), ".operator", Problem::Operand(OperandProblem::Required)),
        (
            json!({ "logic": "xor", "filters": [city("a")] }),
            ".logic",
            Problem::Operand(OperandProblem::Invalid(Invalid::Choice { choices: &["and", "or", "not"] })),
        ),
        (
            json!({ "logic": "not", "filters": [city("a"), city("b")] }),
            ".filters",
            Problem::Operand(OperandProblem::ListLength { min: 1, max: 1 }),
        ),
        (
            json!({ "logic": "or", "filters": [] }),
            ".filters",
            Problem::Operand(OperandProblem::ListLength { min: 1, max: 50 }),
        ),
        (json!({ "logic": "or" }), ".filters", Problem::Operand(OperandProblem::Required)),
        (json!({ "filters": [city("a")] }), ".logic", Problem::Operand(OperandProblem::Required)),
        (
            json!({ "logic": "or", "filters": {} }),
            ".filters",
            Problem::Operand(OperandProblem::WrongType("a list of filters")),
        ),
        (
            json!({ "field": "password", "operator": "Equals", "value": 1 }),
            ".field",
            Problem::UnknownProperty,
        ),
        (
            json!({ "propertyName": "city", "operator": "Like", "value": "a" }),
            ".operator",
            Problem::UnknownOperator,
        ),
        (
            json!({ "field": "city", "operator": "Before", "value": "a" }),
            ".operator",
            Problem::Operand(OperandProblem::OperatorNotApplicable(Property::City)),
        ),
        (
            json!({ "field": "isBlacklisted", "operator": "In", "value": [true] }),
            ".operator",
            Problem::Operand(OperandProblem::OperatorNotApplicable(Property::IsBlacklisted)),
        ),
    ] {
        assert_rejected(&json!([item]), &format!("{at}{path}"), problem);
    }
}

#[test]
fn each_fault_of_a_value_names_its_path() {
    let at = "filters[0]";
    for (item, path, problem) in [
        (
            json!({ "field": "city", "operator": "IsEmpty", "value": "a" }),
            ".value",
            Problem::Operand(OperandProblem::ValueNotTaken),
        ),
        (
            json!({ "field": "city", "operator": "Equals" }),
            ".value",
            Problem::Operand(OperandProblem::Required),
        ),
        (
            json!({ "field": "city", "operator": "Equals", "value": 1 }),
            ".value",
            Problem::Operand(OperandProblem::WrongType("a text")),
        ),
        (
            json!({ "field": "city", "operator": "Equals", "value": " " }),
            ".value",
            Problem::Operand(OperandProblem::Invalid(Invalid::Invisible)),
        ),
        (
            json!({ "field": "city", "operator": "Equals", "value": "a\u{0}" }),
            ".value",
            Problem::Operand(OperandProblem::Invalid(Invalid::ControlCharacter)),
        ),
        (
            json!({ "field": "city", "operator": "In", "value": "a" }),
            ".value",
            Problem::Operand(OperandProblem::WrongType("a list of values")),
        ),
        (
            json!({ "field": "id", "operator": "Equals", "value": "1" }),
            ".value",
            Problem::Operand(OperandProblem::WrongType("a whole number")),
        ),
        (
            json!({ "field": "id", "operator": "Equals", "value": 1.5 }),
            ".value",
            Problem::Operand(OperandProblem::Invalid(Invalid::OutOfRange { min: i64::MIN, max: i64::MAX })),
        ),
        (
            json!({ "field": "isBlacklisted", "operator": "Equals", "value": "true" }),
            ".value",
            Problem::Operand(OperandProblem::WrongType("true or false")),
        ),
        (
            json!({ "field": "city", "operator": "Equals", "value": "a", "values": ["a"] }),
            ".values",
            Problem::UnknownMember,
        ),
        (
            json!({ "field": "city", "propertyName": "state", "operator": "Equals", "value": "a" }),
            ".field",
            Problem::Repeated,
        ),
        (
            json!({ "searchTerm": "\u{301}" }),
            ".searchTerm",
            Problem::Operand(OperandProblem::Invalid(Invalid::Invisible)),
        ),
    ] {
        assert_rejected(&json!([item]), &format!("{at}{path}"), problem);
    }
}
