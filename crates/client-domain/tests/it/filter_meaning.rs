//! The meaning of every operator, row by row, on two clients.
//!
//! The ordinary one is Adaeze Okafor, born 1991-04-23, created on Monday 2026-01-05 at nine, pending. The
//! unusual one is `İpek_ıl Zoë Weiß 50%\`, born on a leap day, created in the last microsecond of 2025,
//! active since 2026-01-06, with three documents. Rows for several documents are in `document_conditions`.

mod rows;

use std::collections::BTreeSet;

use client_domain::Client;
use client_domain::search::{Operator, Property, PropertyKind};
use jiff::civil::{Date, date};
use serde_json::{Value, json};

use crate::conditions::condition;
use crate::search_clients::{TODAY, ordinary, unusual};

#[test]
fn every_operator_of_every_kind_matches_its_rows() {
    let (ordinary, unusual) = (ordinary(), unusual());
    let mut seen = BTreeSet::new();
    let mut wrong = Vec::new();
    for (property, operator, value, first, second) in rows::all() {
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
        assert_eq!(
            holds("dateOfBirth", operator, &Value::Null, &client, today),
            expected,
            "{operator} {today}"
        );
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
