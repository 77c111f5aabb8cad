//! The meaning of every operator, row by row, on two clients.
//!
//! The ordinary one is Adaeze Okafor, born 1991-04-23, created on Monday 2026-01-05 at nine, pending. The
//! unusual one is `İpek_ıl Zoë Weiß 50%\`, born on a leap day, created in the last microsecond of 2025,
//! active since 2026-01-06, with three documents. Rows for several documents are in `document_conditions`.

use std::collections::BTreeSet;

use client_domain::Client;
use client_domain::search::{Operator, Predicate, Property, PropertyKind};
use jiff::civil::{Date, date};
use serde_json::{Value, json};

use crate::filter_strategies::{TODAY, ordinary, unusual};

fn condition(property: &str, operator: &str, value: &Value) -> Predicate {
    let filters = json!([{ "propertyName": property, "operator": operator, "value": value }]);
    serde_json::from_value(filters).unwrap_or_else(|error| panic!("{property} {operator}: {error}"))
}

/// A property, an operator, its operand, and whether the condition holds for the ordinary and for the unusual
/// client.
type Row = (&'static str, &'static str, Value, bool, bool);

const NONE: Value = Value::Null;

fn texts() -> Vec<Row> {
    vec![
        ("lastName", "Equals", json!("OKAFOR"), true, false),
        ("lastName", "Equals", json!("Okafo"), false, false),
        ("lastName", "Equals", json!("WEISS 50%\\"), false, true),
        ("lastName", "NotEquals", json!("Ọkàfór"), false, true),
        ("middleName", "NotEquals", json!("zoe"), true, false),
        ("middleName", "NotEquals", json!("Ann"), true, true),
        ("lastName", "EqualsCaseSensitive", json!("Okafor"), true, false),
        ("lastName", "EqualsCaseSensitive", json!("okafor"), false, false),
        ("lastName", "EqualsCaseSensitive", json!("Weiß 50%\\"), false, true),
        ("lastName", "EqualsCaseSensitive", json!("Weiss 50%\\"), false, false),
        ("middleName", "EqualsCaseSensitive", json!("Zoe\u{308}"), false, true),
        ("lastName", "Contains", json!("KAF"), true, false),
        ("lastName", "Contains", json!("%"), false, true),
        ("lastName", "Contains", json!("\\"), false, true),
        ("lastName", "Contains", json!("_"), false, false),
        ("firstName", "Contains", json!("_"), false, true),
        ("lastName", "Contains", json!("O%r"), false, false),
        ("lastName", "Contains", json!("s 5"), false, true),
        ("firstName", "Contains", json!("A_a"), false, false),
        ("lastName", "NotContains", json!("50%"), true, false),
        ("middleName", "NotContains", json!("z"), true, false),
        ("firstName", "StartsWith", json!("ipek"), false, true),
        ("firstName", "StartsWith", json!("IPEK"), false, true),
        ("firstName", "StartsWith", json!("ıpek"), false, true),
        ("firstName", "StartsWith", json!("daeze"), false, false),
        ("firstName", "StartsWith", json!("a"), true, false),
        ("firstName", "EndsWith", json!("EZE"), true, false),
        ("firstName", "EndsWith", json!("IL"), false, true),
        ("firstName", "EndsWith", json!("Adae"), false, false),
        ("lastName", "EndsWith", json!("%\\"), false, true),
        ("lastName", "In", json!(["nobody", "OKAFOR"]), true, false),
        ("lastName", "In", json!(["weiss 50%\\", "okafor"]), true, true),
        ("lastName", "In", json!(["%"]), false, false),
        ("lastName", "NotIn", json!(["okafor", "x"]), false, true),
        ("middleName", "NotIn", json!(["ZOË"]), true, false),
        ("middleName", "IsEmpty", NONE, true, false),
        ("middleName", "IsNotEmpty", NONE, false, true),
        ("fullName", "Equals", json!("adaeze okafor"), true, false),
        ("fullName", "Contains", json!("il zoe weiss"), false, true),
        ("city", "Equals", json!("lodz"), false, true),
        ("country", "Equals", json!("NG"), true, false),
        ("country", "Equals", json!("civ"), false, true),
        ("country", "In", json!(["GB", "nigeria"]), true, false),
        ("country", "NotEquals", json!("NGA"), false, true),
        ("country", "Contains", json!("NG"), false, false),
        ("country", "StartsWith", json!("nig"), true, false),
        ("phoneNumber", "Equals", json!("+234 (803) 123-4567"), true, false),
        ("phoneNumber", "Equals", json!("+44 [20] 7946-0018"), false, true),
        ("phoneNumber", "Contains", json!("803-123 45"), true, false),
        ("phoneNumber", "EndsWith", json!("0018"), false, true),
        ("phoneNumber", "Contains", json!("0803"), false, false),
        ("customerNumber", "Equals", json!("cust1000001"), true, false),
        ("customerNumber", "EqualsCaseSensitive", json!("cust1000001"), false, false),
        ("customerNumber", "EqualsCaseSensitive", json!("CUST1000042"), false, true),
        ("customerNumber", "Equals", json!("1000001"), false, false),
        ("customerNumber", "Contains", json!("1000001"), true, false),
        ("customerNumber", "EndsWith", json!("42"), false, true),
        ("customerNumber", "StartsWith", json!("CuSt1"), true, true),
        ("customerNumber", "In", json!(["CUST1000042", "elsewhere"]), false, true),
        ("customerNumber", "NotEquals", json!("no number at all"), true, true),
        ("customerNumber", "NotIn", json!(["CUST1000001"]), false, true),
        ("emailAddress", "EndsWith", json!("@EXAMPLE.ORG"), false, true),
        ("documentNumber", "Contains", json!("A-03"), false, true),
        ("documentNumber", "IsEmpty", NONE, true, false),
    ]
}

fn numbers() -> Vec<Row> {
    vec![
        ("id", "Equals", json!(42), false, true),
        ("accountOfficerId", "Equals", json!(7.0), false, true),
        ("accountOfficerId", "NotEquals", json!(7), true, false),
        ("accountOfficerId", "NotEquals", json!(8), true, true),
        ("id", "GreaterThan", json!(1), false, true),
        ("id", "GreaterThan", json!(i64::MAX), false, false),
        ("id", "GreaterThanOrEqual", json!(1), true, true),
        ("id", "GreaterThanOrEqual", json!(43), false, false),
        ("id", "LessThan", json!(42), true, false),
        ("id", "LessThan", json!(i64::MIN), false, false),
        ("id", "LessThanOrEqual", json!(42), true, true),
        ("id", "LessThanOrEqual", json!(41), true, false),
        ("accountOfficerId", "LessThan", json!(i64::MAX), false, true),
        ("id", "Between", json!([1, 42]), true, true),
        ("id", "Between", json!([2, 41]), false, false),
        ("id", "Between", json!([42, 42]), false, true),
        ("id", "In", json!([7, 1]), true, false),
        ("id", "NotIn", json!([7, 1]), false, true),
        ("accountOfficerId", "NotIn", json!([7]), true, false),
        ("accountOfficerId", "IsEmpty", NONE, true, false),
        ("accountOfficerId", "IsNotEmpty", NONE, false, true),
        ("age", "Equals", json!(34), true, false),
        ("age", "Equals", json!(21), false, true),
        ("age", "Between", json!([21, 34]), true, true),
        ("age", "LessThan", json!(34), false, true),
        ("age", "In", json!([20, 21, 22]), false, true),
        ("age", "IsEmpty", NONE, false, false),
    ]
}

fn dates() -> Vec<Row> {
    vec![
        ("dateOfBirth", "Equals", json!("1991-04-23"), true, false),
        ("dateOfBirth", "On", json!("2004-02-29"), false, true),
        ("dateOfBirth", "NotEquals", json!("2004-02-29"), true, false),
        ("documentExpiryDate", "NotEquals", json!("2026-02-04"), true, false),
        ("dateOfBirth", "Before", json!("2004-02-29"), true, false),
        ("dateOfBirth", "BeforeOrOn", json!("2004-02-29"), true, true),
        ("dateOfBirth", "BeforeOrOn", json!("1991-04-22"), false, false),
        ("dateOfBirth", "After", json!("1991-04-23"), false, true),
        ("dateOfBirth", "AfterOrOn", json!("1991-04-23"), true, true),
        ("dateOfBirth", "AfterOrOn", json!("2004-03-01"), false, false),
        ("dateOfBirth", "GreaterThan", json!("1991-04-23"), false, true),
        ("dateOfBirth", "GreaterThanOrEqual", json!("2004-02-29"), false, true),
        ("dateOfBirth", "LessThan", json!("2004-02-29"), true, false),
        ("dateOfBirth", "LessThanOrEqual", json!("1991-04-23"), true, false),
        ("dateOfBirth", "Between", json!(["1991-04-23", "2004-02-29"]), true, true),
        ("dateOfBirth", "Between", json!(["1991-04-24", "2004-02-28"]), false, false),
        ("dateOfBirth", "LastDays", json!(8_000), false, true),
        ("dateOfBirth", "LastDays", json!(7_981), false, true),
        ("dateOfBirth", "LastDays", json!(7_980), false, false),
        ("dateOfBirth", "IsEmpty", NONE, false, false),
        ("documentExpiryDate", "IsEmpty", NONE, true, false),
        ("dateOfBirth", "IsNotEmpty", NONE, true, true),
        ("documentExpiryDate", "IsNotEmpty", NONE, false, true),
        ("documentExpiryDate", "NextDays", json!(30), false, true),
        ("documentExpiryDate", "NextDays", json!(29), false, false),
    ]
}

fn times() -> Vec<Row> {
    let last = "2025-12-31T23:59:59.999999Z";
    vec![
        // A date stands for the whole day, a moment for itself in any time zone.
        ("dateCreated", "Equals", json!("2026-01-05"), true, false),
        ("dateCreated", "On", json!("2025-12-31"), false, true),
        ("dateCreated", "Equals", json!("2026-01-05T09:00:00Z"), true, false),
        ("dateCreated", "Equals", json!("2026-01-05T10:00:00+01:00"), true, false),
        ("dateCreated", "Equals", json!("2026-01-05T09:00:00.000001Z"), false, false),
        ("dateCreated", "NotEquals", json!("2026-01-05"), false, true),
        ("dateApproved", "NotEquals", json!("2026-01-05"), true, false),
        ("dateCreated", "Before", json!("2026-01-05"), false, true),
        ("dateCreated", "Before", json!("2026-01-05T09:00:00.000001Z"), true, true),
        ("dateCreated", "Before", json!("2026-01-05T09:00:00Z"), false, true),
        ("dateCreated", "BeforeOrOn", json!("2026-01-05"), true, true),
        ("dateCreated", "BeforeOrOn", json!("2025-12-31"), false, true),
        ("dateCreated", "BeforeOrOn", json!(last), false, true),
        ("dateCreated", "After", json!("2025-12-31"), true, false),
        ("dateCreated", "After", json!("2025-12-31T12:00:00Z"), true, true),
        ("dateCreated", "After", json!(last), true, false),
        ("dateCreated", "AfterOrOn", json!("2025-12-31"), true, true),
        ("dateCreated", "AfterOrOn", json!(last), true, true),
        ("dateCreated", "AfterOrOn", json!("2026-01-01"), true, false),
        ("dateCreated", "GreaterThan", json!("2026-01-04"), true, false),
        ("dateCreated", "GreaterThanOrEqual", json!("2026-01-05"), true, false),
        ("dateCreated", "LessThan", json!("2026-01-05"), false, true),
        ("dateCreated", "LessThanOrEqual", json!("2026-01-05"), true, true),
        ("dateCreated", "LessThanOrEqual", json!("2026-01-04"), false, true),
        ("dateCreated", "Between", json!(["2025-12-31", "2026-01-05"]), true, true),
        ("dateCreated", "Between", json!(["2026-01-01", "2026-01-05"]), true, false),
        ("dateCreated", "Between", json!([last, "2026-01-05T08:59:59.999999Z"]), false, true),
        ("dateCreated", "Today", NONE, true, false),
        ("dateActivated", "Today", NONE, false, false),
        ("dateActivated", "ThisWeek", NONE, false, true),
        ("dateCreated", "ThisWeek", NONE, true, false),
        ("dateCreated", "ThisMonth", NONE, true, false),
        ("dateCreated", "ThisYear", NONE, true, false),
        ("dateCreated", "LastDays", json!(5), true, true),
        ("dateCreated", "LastDays", json!(4), true, false),
        ("dateActivated", "LastDays", json!(5), false, false),
        ("dateActivated", "NextDays", json!(1), false, true),
        ("dateCreated", "NextDays", json!(1), true, false),
        ("dateApproved", "IsEmpty", NONE, true, false),
        ("dateApproved", "IsNotEmpty", NONE, false, true),
        ("lastModified", "On", json!("2026-01-06"), false, true),
    ]
}

fn choices_and_keys() -> Vec<Row> {
    vec![
        ("gender", "Equals", json!("female"), true, false),
        ("clientState", "Equals", json!(1), false, true),
        ("clientState", "Equals", json!("Pending Approval"), true, false),
        ("maritalStatus", "NotEquals", json!("Single"), false, true),
        ("maritalStatus", "NotEquals", json!(2), true, true),
        ("customerType", "In", json!(["Corporate"]), false, true),
        ("clientState", "In", json!([3, "ACTIVE"]), true, true),
        ("clientState", "NotIn", json!([3, 4]), false, true),
        ("maritalStatus", "NotIn", json!(["Single"]), false, true),
        ("maritalStatus", "IsEmpty", NONE, false, true),
        ("maritalStatus", "IsNotEmpty", NONE, true, false),
        ("approvalStatus", "Equals", json!("Approved"), false, true),
        ("kycStatus", "Equals", json!("None"), true, false),
        ("kycStatus", "Equals", json!("verified"), false, true),
        ("documentType", "Equals", json!(1), false, true),
        ("documentType", "NotIn", json!([1, "Other"]), true, false),
        // Keys are machine names and are compared exactly.
        ("branchEncodedKey", "Equals", json!("ikeja-01"), true, false),
        ("branchEncodedKey", "Equals", json!("Ikeja-01"), false, false),
        ("encodedKey", "Equals", json!("Other-Key"), false, true),
        ("encodedKey", "NotEquals", json!("Other-Key"), true, false),
        ("branchEncodedKey", "NotEquals", json!("ikeja-01"), false, true),
        ("encodedKey", "In", json!(["x", "Other-Key"]), false, true),
        ("encodedKey", "NotIn", json!(["x", "Other-Key"]), true, false),
        ("branchEncodedKey", "NotIn", json!(["ikeja-01"]), false, true),
        ("branchEncodedKey", "IsEmpty", NONE, false, true),
        ("branchEncodedKey", "IsNotEmpty", NONE, true, false),
        ("isBlacklisted", "Equals", json!(false), true, true),
        ("isBlacklisted", "Equals", json!(true), false, false),
        ("isBlacklisted", "NotEquals", json!(true), true, true),
        ("isBlacklisted", "NotEquals", json!(false), false, false),
    ]
}

#[test]
fn every_operator_of_every_kind_matches_its_rows() {
    let (ordinary, unusual) = (ordinary(), unusual());
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for (property, operator, value, first, second) in
        [texts(), numbers(), dates(), times(), choices_and_keys()].concat()
    {
        let predicate = condition(property, operator, &value);
        let found = (predicate.evaluate(&ordinary, TODAY), predicate.evaluate(&unusual, TODAY));
        if found != (first, second) {
            wrong.push(format!("{property} {operator} {value}: {found:?}"));
        }
        let kind = Property::parse(property).unwrap().kind();
        let operator = Operator::parse(operator).unwrap();
        seen.extend([(kind.name(), operator, first), (kind.name(), operator, second)]);
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));

    // Dates of birth are in the past, so calendar periods have their own rows below.
    seen.extend(
        periods().into_iter().map(|(operator, _, holds)| ("date", Operator::parse(operator).unwrap(), holds)),
    );
    for kind in PropertyKind::ALL {
        for operator in kind.operators() {
            for holds in [true, false] {
                assert!(
                    seen.contains(&(kind.name(), *operator, holds)),
                    "{} {operator:?} {holds}",
                    kind.name()
                );
            }
        }
    }
}

/// Conditions relative to today, for a birth on 29 February 2004.
fn periods() -> Vec<(&'static str, Date, bool)> {
    vec![
        ("Today", date(2004, 2, 29), true),
        ("Today", date(2004, 3, 1), false),
        // That was a Sunday, the last day of its week.
        ("ThisWeek", date(2004, 2, 23), true),
        ("ThisWeek", date(2004, 2, 22), false),
        ("ThisWeek", date(2004, 3, 1), false),
        ("ThisMonth", date(2004, 2, 1), true),
        ("ThisMonth", date(2004, 3, 1), false),
        ("ThisMonth", date(2005, 2, 28), false),
        ("ThisYear", date(2004, 12, 31), true),
        ("ThisYear", date(2005, 1, 1), false),
    ]
}

fn holds(property: &str, operator: &str, value: &Value, client: &Client, today: Date) -> bool {
    condition(property, operator, value).evaluate(client, today)
}

#[test]
fn periods_follow_the_calendar() {
    let client = unusual();
    for (operator, today, expected) in periods() {
        assert_eq!(holds("dateOfBirth", operator, &NONE, &client, today), expected, "{operator} {today}");
    }
    let next = |days, today| holds("dateOfBirth", "NextDays", &json!(days), &client, today);
    assert!(next(1, date(2004, 2, 28)) && next(1, date(2004, 2, 29)));
    assert!(!next(1, date(2004, 2, 27)) && !next(1, date(2004, 3, 1)));
}

#[test]
fn age_is_the_number_of_birthdays() {
    let client = unusual();
    let aged = |age, today| holds("age", "Equals", &json!(age), &client, today);
    for (today, age) in [
        (date(2025, 2, 28), 20),
        (date(2025, 3, 1), 21),
        (date(2028, 2, 28), 23),
        (date(2028, 2, 29), 24),
        (date(2004, 2, 29), 0),
        (date(2004, 2, 28), -1),
    ] {
        for other in [age - 1, age, age + 1] {
            assert_eq!(aged(other, today), other == age, "{other} on {today}");
        }
    }
}
