//! A value that a command stores is found by the same input text, in any of its spellings.

use client_domain::client::Application;
use client_domain::search::Property;
use client_domain::value::{
    AddressLine, Country, EmailAddress, IdentificationNumber, IdentificationType, PersonName, PhoneNumber,
    PlaceName,
};
use client_domain::{Client, Invalid, example};
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Value, json};
use unicode_normalization::UnicodeNormalization as _;

use crate::conditions::{checked, condition};
use crate::fixtures::maker;
use crate::search_clients::TODAY;

/// Puts an input text into an application, as a command does.
type Put = fn(&mut Application, &str) -> Result<(), Invalid>;

/// The properties with text input, and the function that puts each into an application.
const TYPED: [(Property, Put); 11] = [
    (Property::FirstName, |to, raw| PersonName::parse(raw).map(|value| to.details.first_name = value)),
    (Property::MiddleName, |to, raw| {
        PersonName::parse(raw).map(|value| to.details.middle_name = Some(value))
    }),
    (Property::LastName, |to, raw| PersonName::parse(raw).map(|value| to.details.last_name = value)),
    (Property::EmailAddress, |to, raw| EmailAddress::parse(raw).map(|value| to.details.email = value)),
    (Property::PhoneNumber, |to, raw| PhoneNumber::parse(raw).map(|value| to.details.phone = value)),
    (Property::Address, |to, raw| {
        AddressLine::parse(raw).map(|value| to.details.postal_address.address = value)
    }),
    (Property::City, |to, raw| PlaceName::parse(raw).map(|value| to.details.postal_address.city = value)),
    (Property::State, |to, raw| PlaceName::parse(raw).map(|value| to.details.postal_address.state = value)),
    (Property::Country, |to, raw| Country::parse(raw).map(|value| to.details.postal_address.country = value)),
    (Property::IdentificationType, |to, raw| {
        IdentificationType::parse(raw).map(|value| to.identification.kind = value)
    }),
    (Property::IdentificationNumber, |to, raw| {
        IdentificationNumber::parse(raw).map(|value| to.identification.number = value)
    }),
];

/// A client with this input text in the field; `None` if the command rejects the text.
fn stored(put: Put, raw: &str) -> Option<Client> {
    let mut application = example::application().unwrap();
    put(&mut application, raw).ok()?;
    Some(Client::onboard(application, &maker()).client)
}

fn holds(client: &Client, property: Property, operator: &str, value: &Value) -> bool {
    condition(property.name(), operator, value).evaluate(client, TODAY)
}

/// Asserts that every operator on whole texts finds the stored value by its input text.
fn finds_itself(client: &Client, property: Property, raw: &str) {
    let name = property.name();
    assert!(holds(client, property, "Equals", &json!(raw)), "{name} Equals {raw:?}");
    assert!(holds(client, property, "In", &json!(["nobody at all", raw])), "{name} In {raw:?}");
    assert!(!holds(client, property, "NotEquals", &json!(raw)), "{name} NotEquals {raw:?}");
    assert!(!holds(client, property, "NotIn", &json!([raw])), "{name} NotIn {raw:?}");
    // A country is stored by its name, whose case matters.
    if property != Property::Country || raw.trim().chars().count() <= 3 {
        assert!(
            holds(client, property, "EqualsCaseSensitive", &json!(raw)),
            "{name} EqualsCaseSensitive {raw:?}"
        );
    }
    let text = property.text(client).unwrap().into_owned();
    assert!(holds(client, property, "Equals", &json!(text)), "{name} Equals its answer {text:?}");
    assert!(holds(client, property, "EqualsCaseSensitive", &json!(text)), "{name} is its answer {text:?}");
}

/// Texts as people and machines enter them: surrounding blanks, decomposed letters, punctuation, other
/// scripts.
fn typed() -> impl Strategy<Value = String> {
    let blank = || select(vec!["", "", " ", "  ", "\t", "\u{a0}", "\u{3000}", "\n", "\r\n"]);
    let text = prop_oneof![
        4 => "[A-Za-z0-9' .\\-]{1,24}",
        2 => "[A-Za-zÀ-ſḀ-ỹ \u{300}-\u{304}']{1,20}",
        1 => "[\u{3b1}-\u{3c9}\u{410}-\u{44f}\u{5d0}-\u{5ea}\u{627}-\u{64a}\u{64b}-\u{652} ]{1,20}",
        1 => "\\PC{1,30}",
        1 => "[^\u{0}]{1,30}",
        2 => "[a-z]{1,8}[.+_][a-z0-9]{1,8}@[a-z]{1,8}\\.(com|example|ng)",
        2 => "(\\+234|\\(0\\)|\\[080\\]|00)[ \\-()\u{a0}]{0,3}[0-9]{2,4}[ \\-]{0,2}[0-9]{3}[ \\-]{0,2}[0-9]{3,4}",
        1 => "[0-9]{1,4} [A-Z][a-z]{2,9} (Road|Street)(\r\n|\n|, )(Flat|Suite) [0-9]{1,2}",
        1 => select(Country::all().flat_map(|one| [one.name(), one.alpha2(), one.alpha3()]).collect::<Vec<_>>())
            .prop_map(str::to_owned),
        1 => select(vec!["\u{b4}", "\u{301}\u{300}", "`", "\u{a8}x", "\u{1fef}", "Å", "ß", "ﬁ", "İ", "q\u{307}\u{323}"])
            .prop_map(str::to_owned),
    ];
    let spelling = select(vec![0_u8, 0, 1, 2, 3]);
    (blank(), text, blank(), spelling).prop_map(|(before, text, after, spelling)| {
        let text = match spelling {
            1 => text.nfd().collect(),
            2 => text.to_uppercase(),
            3 => text.to_lowercase(),
            _ => text,
        };
        format!("{before}{text}{after}")
    })
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1_000, max_shrink_iters: 2_000, ..ProptestConfig::default() })]

    #[test]
    fn stored_value_is_found_by_its_input_text(raw in typed()) {
        for (property, put) in TYPED {
            if let Some(client) = stored(put, &raw) {
                finds_itself(&client, property, &raw);
            }
        }
    }
}

/// One example of each difference in input: blanks and decomposed letters.
#[test]
fn surrounding_blanks_and_decomposed_letters_do_not_matter() {
    for (property, typed, again) in [
        (Property::LastName, "Okafor", " Okafor "),
        (Property::LastName, "Zoe\u{308}", "Zoë\u{a0}"),
        (Property::City, "\tIkeja", "Ikeja\n"),
        (Property::EmailAddress, "ada@example.com", "ada@example.com "),
        (Property::PhoneNumber, "+234 803 123 4567", " (+234) 803-123 4567\n"),
        (Property::IdentificationNumber, "A01234567", " A01234567"),
        (Property::Address, "1 Road\r\nFlat 2", "1 Road\nFlat 2 "),
        (Property::Country, "NG", " nga "),
    ] {
        let put = TYPED.iter().find(|(typed, _)| *typed == property).unwrap().1;
        finds_itself(&stored(put, typed).unwrap(), property, again);
    }
    let client = stored(TYPED[2].1, "Okafor").unwrap();
    for (operator, value) in [("StartsWith", " Oka"), ("EndsWith", "for "), ("Contains", " kaf ")] {
        assert!(holds(&client, Property::LastName, operator, &json!(value)), "{operator}");
    }
    assert!(!holds(&client, Property::LastName, "NotContains", &json!(" kaf ")));
    assert!(holds(&client, Property::CustomerNumber, "Equals", &json!(" cust1000001 ")));
    assert!(holds(&client, Property::CustomerNumber, "EqualsCaseSensitive", &json!("CUST1000001 ")));
}

#[test]
fn search_text_of_accents_alone_is_rejected() {
    for operator in ["Contains", "NotContains", "StartsWith", "EndsWith"] {
        assert!(checked("lastName", operator, &json!("\u{301}")).is_err(), "{operator}");
    }
}
