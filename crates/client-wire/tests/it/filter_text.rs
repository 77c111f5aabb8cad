//! The text form of predicates: it says whatever the JSON form says, and names the place of each fault.

use std::time::{Duration, Instant};

use client_domain::search::{MAX_CONDITIONS, Operator, Predicate, Property, field};
use client_domain::{BankCalendar, Permission, Permissions};
use client_wire::predicate::{self, TextFaults};
use proptest::prelude::*;
use proptest::sample::Index;
use serde_json::{Value, json};

use crate::filter_strategies::{conditions, filters};

fn read(text: &str) -> Result<Predicate, TextFaults> {
    predicate::read_text(text, &Permissions::all(), &BankCalendar::utc())
}

fn of_json(filters: &Value) -> Option<Predicate> {
    predicate::read(filters, "filters", &Permissions::all(), &BankCalendar::utc()).ok()
}

fn fault(text: &str) -> String {
    read(text).unwrap_err().to_string()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 800, max_shrink_iters: 1_000, ..ProptestConfig::default() })]

    #[test]
    fn written_text_is_read_as_the_same_predicate(filters in filters()) {
        if let Some(first) = (conditions(&filters) <= MAX_CONDITIONS).then(|| of_json(&filters)).flatten() {
            let text = predicate::write_text(&first);
            let again = read(&text).map_err(|faults| TestCaseError::fail(format!("{faults}: {text}")))?;
            prop_assert_eq!(&again, &first, "{} of {}", text, filters);
            prop_assert_eq!(predicate::write_text(&again), text.clone());
            let is_dangerous = |c: char| client_domain::text::is_ambiguous(c);
            prop_assert!(!text.contains(is_dangerous), "nothing that acts on a terminal: {:?}", text);
        }
    }

    /// Texts with random damage never panic, and what is accepted is written and read again.
    #[test]
    fn damaged_text_is_read_or_refused(
        filters in filters(),
        at in any::<Index>(),
        removed in 0_usize..6,
        added in prop_oneof![
            Just(""), Just("("), Just(")"), Just("\""), Just("'"), Just("\\"), Just("\\u{"), Just(" and "),
            Just(" not "), Just("any("), Just("="), Just(","), Just("\u{301}"), Just("\u{0}"), Just(" İ "),
        ],
    ) {
        if let Some(first) = of_json(&filters) {
            let mut characters: Vec<_> = predicate::write_text(&first).chars().collect();
            let from = at.index(characters.len() + 1);
            let to = (from + removed).min(characters.len());
            characters.splice(from..to, added.chars());
            let text: String = characters.into_iter().collect();
            match read(&text) {
                Ok(again) => prop_assert_eq!(read(&predicate::write_text(&again)), Ok(again)),
                Err(faults) => {
                    let length = text.chars().count() + 1;
                    for fault in &faults.0 {
                        prop_assert!(fault.position.is_none_or(|position| (1..=length).contains(&position)));
                    }
                }
            }
        }
    }
}

/// A predicate that is no list of conditions is a list of one, as in JSON.
#[test]
fn text_says_what_json_says() {
    let several = [
        field::CITY.is_empty().check().unwrap(),
        (!field::CITY.is_empty()).check().unwrap(),
        field::AGE.at_least(18).or(field::AGE.is_empty()).check().unwrap(),
        Predicate::Any(vec![field::CITY.is_empty().check().unwrap()]),
        Predicate::every_client(),
    ];
    for predicate in several {
        let listed = of_json(&predicate::write(&predicate)).unwrap();
        assert_eq!(read(&predicate::write_text(&predicate)), Ok(listed));
    }
    for empty in [Predicate::Any(Vec::new()), Predicate::Not(Box::new(Predicate::every_client()))] {
        assert!(of_json(&predicate::write(&empty)).is_none());
        assert!(read(&predicate::write_text(&empty)).is_err(), "a group that was left empty is a mistake");
    }
}

#[test]
fn people_may_write_it_in_several_ways() {
    for (written, printed) in [
        ("", ""),
        ("  ", ""),
        ("lastName StartsWith Bal and age >= 18", "lastName StartsWith Bal and age >= 18"),
        ("LASTNAME startswith 'Bal' AND age>=18", "lastName StartsWith Bal and age >= 18"),
        ("age GreaterThanOrEqual +18", "age >= 18"),
        ("city = \"Port Harcourt\" or city='Ikeja'", "city = \"Port Harcourt\" or city = Ikeja"),
        ("city = a or city = b and age < 9", "city = a or (city = b and age < 9)"),
        ("(city = a or city = b) and age < 9", "(city = a or city = b) and age < 9"),
        ("((city = a))", "city = a"),
        ("(city = a and city = b)", "(city = a and city = b)"),
        ("not(city = a or city = b)", "not (city = a or city = b)"),
        ("not not city = a", "not not city = a"),
        ("any(city = a)", "any(city = a)"),
        ("all(city = a, age < 9) or age > 90", "(city = a and age < 9) or age > 90"),
        ("city In (Ikeja,\"Lekki\" , 'Surulere')", "city In (Ikeja, Lekki, Surulere)"),
        ("age Between (18,30)", "age Between (18, 30)"),
        ("dateCreated Between (2026-01-05, 2026-01-31)", "dateCreated Between (2026-01-05, 2026-01-31)"),
        ("dateCreated LastDays 30", "dateCreated LastDays 30"),
        ("dateCreated > 2026-01-05T09:00:00Z", "dateCreated > 2026-01-05T09:00:00Z"),
        ("middleName isnotempty", "middleName IsNotEmpty"),
        ("isBlacklisted != yes", "isBlacklisted != true"),
        ("clientState In (3, Active)", "clientState In (PendingApproval, Active)"),
        ("documentType = \"national id\"", "documentType = \"National ID\""),
        ("searchTerm 'Ada Okafor'", "searchTerm \"ada okafor\""),
        ("searchterm ada", "searchTerm ada"),
        ("lastName = \"and\"", "lastName = \"and\""),
        ("lastName = O'Brien", "lastName = \"O'Brien\""),
        (r#"lastName = "a \"b\" \\ \u{41}""#, r#"lastName = "a \"b\" \\ A""#),
        (r#"address = "12 Allen\nIkeja""#, r#"address = "12 Allen\nIkeja""#),
        ("firstName = and-rea", "firstName = and-rea"),
        ("city = Łódź", "city = Łódź"),
        // A joiner inside a name means something, and a reader does not see it.
        ("lastName = क्\u{200D}ष", "lastName = \"क्\\u{200d}ष\""),
    ] {
        let read = read(written).unwrap_or_else(|faults| panic!("{written}: {faults}"));
        assert_eq!(predicate::write_text(&read), printed, "{written}");
    }
}

#[test]
fn fault_names_its_place_and_what_is_accepted_and_never_a_value() {
    for (text, sentence) in [
        (
            "lastname",
            "position 9 must be an operator of lastName: =, !=, EqualsCaseSensitive, Contains, NotContains, StartsWith, EndsWith, In, NotIn, IsEmpty, IsNotEmpty",
        ),
        ("lastName ~ Secret", "position 10 must be an operator of lastName: =, "),
        (
            "lastNme = Secret",
            "position 1 must be a property that clients can be searched by, such as lastName",
        ),
        (
            "secret = Secret",
            "position 1 must be a property that clients can be searched by: id, encodedKey, ",
        ),
        ("lastName = ", "position 12 is mandatory here"),
        ("lastName = and age > 3", "position 12 is mandatory here"),
        ("age In (1, and)", "position 12 must be a value; one with blanks"),
        (
            "city = New Secret",
            "position 12 must be and, or, or the end; a value with blanks needs quotation marks",
        ),
        ("(city = New Secret)", "position 13 must be and, or, or a closing bracket; a value"),
        ("city In (New Secret)", "position 14 must be a comma or a closing bracket; a value"),
        ("city = a and", "position 13 must be a property, searchTerm, not, or an opening bracket"),
        ("city = a and or", "position 14 must be a property"),
        ("(city = a", "position 10 must be and, or, or a closing bracket"),
        ("city = a)", "position 9 must be and, or, or the end"),
        ("city = \"Secret", "position 8 must be closed by the same quotation mark"),
        (r#"city = "Sec\ret""#, "position 12 must be an escape"),
        (r#"city = "\u{d800}""#, "position 9 must be an escape"),
        (r#"city = "\u{41""#, "position 9 must be an escape"),
        ("age = secret", "position 7 must be a whole number"),
        ("age = 99999999999999999999", "position 7 must be a whole number of at most 18 digits"),
        ("age Between (30, 18)", "position 18 must not be before the first value"),
        ("age Between 18", "position 13 must be a list of two values"),
        ("age Between (18)", "position 13 must have exactly 2 items"),
        ("age In ()", "position 8 must have 1 to 200 items"),
        (
            "age In (1, secret, 3, secret)",
            "position 12 must be a whole number; position 23 must be a whole number",
        ),
        ("dateCreated LastDays 0", "position 22 must be a whole number from 1 to 36525"),
        ("dateCreated LastDays secret", "position 22 must be a number of days"),
        ("dateCreated ThisWeek secret", "position 22 must be absent: the operator takes no value"),
        ("dateOfBirth = 05.01.2026", "position 15 must be a calendar date written YYYY-MM-DD"),
        ("isBlacklisted = \"true\"", "position 17 must be true or false"),
        ("isBlacklisted > true", "position 15 isBlacklisted takes only: Equals, NotEquals"),
        ("gender = secret", "position 10 must be one of: Male, Female, Other"),
        ("any()", "position 1 must have 1 to 50 items"),
        ("searchTerm", "position 11 must be a value"),
        ("searchTerm \"\u{301}\"", "position 12 must contain at least one visible character"),
        ("ÄÖ = 1", "position 1 must be a property, searchTerm, not, or an opening bracket"),
        ("city = Äö and age = x", "position 21 must be a whole number"),
    ] {
        let faults = fault(text);
        assert!(faults.starts_with(sentence), "{text}: {faults}");
        assert!(!faults.to_lowercase().contains("secret"), "{text}: {faults}");
    }
}

#[test]
fn property_without_its_permission_is_refused_as_in_json() {
    let reader: Permissions = [Permission::Read].into_iter().collect();
    let refused = |text| predicate::read_text(text, &reader, &BankCalendar::utc()).unwrap_err().to_string();
    assert_eq!(
        refused("city = a and documentNumber = 7"),
        "position 14 needs the permission customers.kyc.read"
    );
    assert!(!refused("document = 7").contains("documentNumber"), "what is closed is not offered");
}

#[test]
fn limits_are_those_of_json() {
    let several = |count: usize| vec!["id = 1"; count].join(" and ");
    assert!(read(&several(50)).is_ok());
    assert_eq!(fault(&several(51)), "position 551 must be removed: a filter has at most 50 conditions");
    let nested = |levels: usize| format!("{}id = 1{}", "any(".repeat(levels), ")".repeat(levels));
    assert!(read(&nested(5)).is_ok());
    assert!(
        fault(&nested(6)).starts_with("position 21 must be removed: brackets and not are nested at most")
    );
    assert!(fault(&"not ".repeat(1_000)).starts_with("position 21 must be removed"));
    assert!(fault(&"(".repeat(1_000_000)).starts_with("position 6 must be removed"));
    // Five brackets with groups between them are more than five levels.
    let deep = "(id = 1 or id = 2 and ".repeat(4) + "id = 3" + &")".repeat(4);
    assert!(fault(&deep).contains("groups are nested at most 5 levels deep"), "{}", fault(&deep));
    let dear = ["documentNumber Contains 1"; 5].join(" or ");
    assert!(
        fault(&dear).starts_with(
            "the filter is too expensive: it costs 70, and the limit is 60 (position 1 costs 14"
        )
    );
    assert!(fault(&" ".repeat(predicate::MAX_LENGTH + 1)).starts_with("the filter must have at most"));
}

/// Input that is large on purpose costs little time and stack.
#[test]
fn large_texts_are_handled_quickly() {
    let repeated = |text: &str| text.repeat(predicate::MAX_LENGTH / text.len() - 2);
    let list = format!("id In ({}1)", "x, ".repeat(200_000));
    let escapes = format!("city = \"{}\"", repeated("\\u{41}"));
    for text in [repeated("not "), repeated("all("), repeated("city = a and "), repeated("\""), list, escapes]
    {
        let begun = Instant::now();
        assert!(read(&text).is_err());
        assert!(begun.elapsed() < Duration::from_secs(5));
    }
}

/// Every property and operator of the catalogue has its name in the text form.
#[test]
fn every_property_and_operator_can_be_written() {
    for property in Property::ALL {
        for operator in property.kind().operators() {
            let fault = read(&format!("{} {}", property.name(), operator.name()));
            if let Err(fault) = fault {
                assert!(
                    fault.to_string().ends_with("is mandatory here"),
                    "{property:?} {operator:?} {fault}"
                );
            }
        }
    }
    assert!(Operator::ALL.iter().all(|operator| Operator::parse(operator.name()).is_some()));
    assert!(of_json(&json!([])).is_some());
}
