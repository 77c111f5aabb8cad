//! The people of a seed.

use std::collections::BTreeSet;

use client_domain::value::NumberingPlan as _;
use clients_testkit::{People, as_form};
use phone_numbering::WorldNumbering;

#[test]
fn people_are_endless_and_have_unique_identifying_values() {
    let people: Vec<_> = People::seeded(1).take(20_000).collect();
    assert_eq!(people.len(), 20_000);
    let count = |of: fn(&client_app::commands::CreateClient) -> String| {
        people.iter().map(of).collect::<BTreeSet<_>>().len()
    };
    assert_eq!(count(|person| person.details.email.as_str().to_owned()), 20_000);
    assert_eq!(count(|person| person.details.phone.as_str().to_owned()), 20_000);
    assert_eq!(count(|person| format!("{:?}", person.identification.number.as_str())), 20_000);
    assert_eq!(count(|person| person.details.postal_address.country.alpha2().to_owned()), 10);
    assert!(count(|person| person.details.first_name.as_str().to_owned()) > 80, "many names");
    assert!(people.iter().any(|person| !person.details.last_name.as_str().is_ascii()));
}

#[test]
fn phone_numbers_are_possible_in_their_countries() {
    let numbering = WorldNumbering::default();
    for person in People::seeded(2).take(2_000) {
        let (phone, country) = (&person.details.phone, person.details.postal_address.country);
        let read = numbering.parse(phone.as_str(), Some(country));
        assert_eq!(read.as_ref(), Ok(phone), "{}", as_form(&person));
    }
}

#[test]
fn seeds_differ() {
    let emails = |seed| People::seeded(seed).take(10).map(|one| one.details.email.as_str().to_owned());
    let one: BTreeSet<_> = emails(1).collect();
    assert!(emails(2).all(|email| !one.contains(&email)));
}
