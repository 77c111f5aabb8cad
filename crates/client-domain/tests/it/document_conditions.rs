//! The meaning of conditions on documents, row by row, on clients without, with one, and with several
//! documents.
//!
//! The values of a property are those of all documents of the client. A condition holds if one document meets
//! it. A negative condition holds exactly if its opposite does not. There is no value if no document has one.

use client_domain::kyc::{DocumentKind, Evidence, KycPolicy, Requirement};
use client_domain::search::{Operator, Predicate, Property};
use client_domain::value::CustomerType;
use client_domain::{AuditStamp, Client};
use jiff::ToSpan as _;
use jiff::civil::{Date, date};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::conditions::condition;
use crate::documents::{client, home};
use crate::fixtures::{checker, maker};
use crate::search_clients::{TODAY, ordinary, unusual, with_document};

/// A property, an operator, its operand, and whether the condition holds for the client without documents,
/// for the one with a single document (a pending bill `a-01 ss` without a day of expiry) and for the one with
/// three.
type Row = (&'static str, &'static str, Value, [bool; 3]);

const NONE: Value = Value::Null;

/// The ordinary client with one document.
fn single() -> Client {
    with_document(&ordinary(), (1, DocumentKind::UtilityBill, "a-01 ss", None, None))
}

fn rows() -> Vec<Row> {
    let number = "documentNumber";
    let kind = "documentType";
    let last = "documentExpiryDate";
    let status = "documentStatus";
    vec![
        (number, "IsEmpty", NONE, [true, false, false]),
        (number, "IsNotEmpty", NONE, [false, true, true]),
        (number, "Equals", json!("A-01 SS%"), [false, true, true]),
        (number, "Equals", json!("a01.ß"), [false, true, true]),
        (number, "Equals", json!("il_\\02"), [false, false, true]),
        (number, "NotEquals", json!("A-01 ß"), [true, false, false]),
        (number, "NotEquals", json!("a-03 ss%"), [true, true, false]),
        (number, "NotEquals", json!("elsewhere"), [true, true, true]),
        (number, "EqualsCaseSensitive", json!("A-01 ß%"), [false, false, true]),
        (number, "EqualsCaseSensitive", json!("a-01 ß%"), [false, false, false]),
        (number, "EqualsCaseSensitive", json!("a-01 ss"), [false, true, false]),
        (number, "Contains", json!("3ss%"), [false, false, true]),
        (number, "Contains", json!("l_0"), [false, false, true]),
        (number, "Contains", json!("-0"), [false, true, true]),
        (number, "Contains", json!("1%3"), [false, false, false]),
        (number, "NotContains", json!("l0"), [true, true, false]),
        (number, "NotContains", json!("-0"), [true, false, false]),
        (number, "StartsWith", json!("IL_"), [false, false, true]),
        (number, "StartsWith", json!("A-0"), [false, true, true]),
        (number, "EndsWith", json!("SS"), [false, true, true]),
        (number, "EndsWith", json!("02"), [false, false, true]),
        (number, "In", json!(["x", "A-03 SS%"]), [false, false, true]),
        (number, "In", json!(["a-01 ss", "IL_\\02"]), [false, true, true]),
        (number, "NotIn", json!(["x", "A-03 SS%"]), [true, true, false]),
        (kind, "Equals", json!("Utility Bill"), [false, true, true]),
        (kind, "Equals", json!(2), [false, false, true]),
        (kind, "Equals", json!("Other"), [false, false, false]),
        (kind, "NotEquals", json!(5), [true, false, false]),
        (kind, "NotEquals", json!("NATIONAL ID"), [true, true, false]),
        (kind, "In", json!([8, "Utility Bill"]), [false, true, true]),
        (kind, "In", json!([3, 4]), [false, false, false]),
        (kind, "NotIn", json!([1, 2]), [true, true, false]),
        (kind, "NotIn", json!([3, 4]), [true, true, true]),
        (kind, "IsEmpty", NONE, [true, false, false]),
        (kind, "IsNotEmpty", NONE, [false, true, true]),
        // A document without a last day has no value, and does not hide those of the others.
        (last, "IsEmpty", NONE, [true, true, false]),
        (last, "IsNotEmpty", NONE, [false, false, true]),
        (last, "Equals", json!("2026-02-04"), [false, false, true]),
        (last, "On", json!("2026-01-04"), [false, false, true]),
        (last, "NotEquals", json!("2026-01-04"), [true, true, false]),
        (last, "NotEquals", json!("2026-01-05"), [true, true, true]),
        (last, "Before", json!("2026-01-05"), [false, false, true]),
        (last, "Before", json!("2026-01-04"), [false, false, false]),
        (last, "BeforeOrOn", json!("2026-01-04"), [false, false, true]),
        (last, "After", json!("2026-02-03"), [false, false, true]),
        (last, "After", json!("2026-02-04"), [false, false, false]),
        (last, "AfterOrOn", json!("2026-02-04"), [false, false, true]),
        (last, "GreaterThan", json!("2026-01-04"), [false, false, true]),
        (last, "LessThan", json!("2026-01-04"), [false, false, false]),
        (last, "GreaterThanOrEqual", json!("2026-02-05"), [false, false, false]),
        (last, "LessThanOrEqual", json!("2026-01-04"), [false, false, true]),
        // One document before and one after the period do not match a period between them.
        (last, "Between", json!(["2026-01-05", "2026-02-03"]), [false, false, false]),
        (last, "Between", json!(["2026-01-04", "2026-01-04"]), [false, false, true]),
        (last, "Today", NONE, [false, false, false]),
        (last, "ThisWeek", NONE, [false, false, false]),
        (last, "ThisMonth", NONE, [false, false, true]),
        (last, "ThisYear", NONE, [false, false, true]),
        (last, "LastDays", json!(1), [false, false, true]),
        (last, "NextDays", json!(29), [false, false, false]),
        (last, "NextDays", json!(30), [false, false, true]),
        (status, "Equals", json!("PENDING"), [false, true, true]),
        (status, "Equals", json!(1), [false, false, true]),
        (status, "NotEquals", json!("Rejected"), [true, true, false]),
        (status, "NotEquals", json!(0), [true, false, false]),
        (status, "In", json!([1, 2]), [false, false, true]),
        (status, "NotIn", json!([1, 2]), [true, true, false]),
        (status, "IsEmpty", NONE, [true, false, false]),
        (status, "IsNotEmpty", NONE, [false, true, true]),
    ]
}

/// The status of all documents and addresses under a policy without requirements. Every client has a status,
/// so it is never empty.
fn statuses() -> Vec<Row> {
    let status = "kycStatus";
    vec![
        (status, "Equals", json!("None"), [true, false, false]),
        (status, "Equals", json!("pending"), [false, true, false]),
        (status, "Equals", json!("VERIFIED"), [false, false, true]),
        (status, "Equals", json!("Incomplete"), [false, false, false]),
        (status, "NotEquals", json!("Pending"), [true, false, true]),
        (status, "In", json!(["None", "Verified"]), [true, false, true]),
        (status, "In", json!(["Expired", "Incomplete"]), [false, false, false]),
        (status, "NotIn", json!(["None", "Verified"]), [false, true, false]),
        (status, "IsEmpty", NONE, [false, false, false]),
        (status, "IsNotEmpty", NONE, [true, true, true]),
    ]
}

#[test]
fn condition_holds_if_one_document_meets_it() {
    let clients = [ordinary(), single(), unusual()];
    let mut wrong = Vec::new();
    for (property, operator, value, expected) in [rows(), statuses()].concat() {
        let predicate = condition(property, operator, &value);
        let found = clients.each_ref().map(|client| predicate.evaluate(client, TODAY));
        if found != expected {
            wrong.push(format!("{property} {operator} {value}: {found:?}"));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_operator_of_every_document_property_has_a_row() {
    let rows = [rows(), statuses()].concat();
    let of_documents = |property: &&Property| property.is_of_documents() || **property == Property::KycStatus;
    for property in Property::ALL.iter().filter(of_documents) {
        for operator in property.kind().operators() {
            let has_row = rows
                .iter()
                .any(|(name, said, ..)| *name == property.name() && Operator::parse(said) == Some(*operator));
            assert!(has_row, "{} {operator:?}", property.name());
        }
    }
}

#[test]
fn two_conditions_may_be_met_by_different_documents() {
    let both = |one: Predicate, other: Predicate| Predicate::All(vec![one, other]);
    let passport = || condition("documentType", "Equals", &json!(2));
    let rejected = || condition("documentStatus", "Equals", &json!("Rejected"));
    assert!(both(passport(), rejected()).evaluate(&unusual(), TODAY), "though the passport was approved");
    assert!(!both(passport(), rejected()).evaluate(&single(), TODAY));
}

#[test]
fn status_depends_on_the_policy_and_the_day() {
    let kind = Evidence::Document;
    let policy = |evidence: &[Evidence]| {
        let all = evidence.iter().map(|one| Requirement::any_of([*one]).unwrap()).collect::<Vec<_>>();
        KycPolicy {
            required: CustomerType::ALL.into_iter().map(|each| (each, all.clone())).collect(),
            ..KycPolicy::default()
        }
    };
    let passport = kind(DocumentKind::InternationalPassport);
    let (bill, id) = (kind(DocumentKind::UtilityBill), kind(DocumentKind::NationalId));
    let later = date(2026, 2, 5);
    let rows: [(&[Evidence], Date, &str); 9] = [
        (&[], TODAY, "Verified"),
        // After the passport has expired, the pending bill has the best status.
        (&[], later, "Pending"),
        (&[passport], date(2026, 2, 4), "Verified"),
        (&[passport], later, "Expired"),
        (&[bill], TODAY, "Pending"),
        (&[passport, bill], TODAY, "Pending"),
        (&[passport, bill], later, "Expired"),
        (&[passport, id], TODAY, "Incomplete"),
        (&[passport, Evidence::Address], TODAY, "Incomplete"),
    ];
    for (required, today, expected) in rows {
        let status = |name: &str| {
            let asked = condition("kycStatus", "Equals", &json!(name));
            asked.with_kyc_policy(&policy(required)).evaluate(&unusual(), today)
        };
        for name in ["None", "Incomplete", "Pending", "Verified", "Expired"] {
            assert_eq!(status(name), name == expected, "{required:?} {today} {name}");
        }
    }
}

#[test]
fn address_alone_counts_as_submitted_evidence() {
    let addressed =
        ordinary().submit_address(home(1), &AuditStamp::new(maker().by, checker().at)).unwrap().client;
    let status = |name: &str| condition("kycStatus", "Equals", &json!(name)).evaluate(&addressed, TODAY);
    assert!(status("Incomplete") && !status("None"), "there is no document");
    assert!(condition("documentType", "IsEmpty", &NONE).evaluate(&addressed, TODAY));
}

proptest! {
    #[test]
    fn negative_operator_holds_exactly_if_its_opposite_does_not(
        client in client(),
        days in -40_i64..60,
    ) {
        let today = TODAY.checked_add(days.days()).unwrap();
        let pairs = [
            ("Equals", "NotEquals"), ("Contains", "NotContains"), ("In", "NotIn"), ("IsEmpty", "IsNotEmpty"),
        ];
        for (property, operator, value, _) in [rows(), statuses()].concat() {
            for (positive, negative) in pairs.into_iter().filter(|(positive, _)| *positive == operator) {
                let holds = |operator: &str| condition(property, operator, &value).evaluate(&client, today);
                prop_assert_ne!(holds(positive), holds(negative), "{} {} {}", property, operator, value);
            }
        }
    }
}
