//! What the plan promises for any text.

#![expect(clippy::unwrap_used, reason = "a test stops at the first unexpected value")]

use std::time::Instant;

use client_domain::value::{Country, NumberingPlan as _};
use phone_numbering::{NationalNumbers, WorldNumbering};
use proptest::prelude::*;

fn country(code: &str) -> Country {
    Country::parse(code).unwrap()
}

/// The number of each country as libphonenumber gives it as an example is read from its national form.
#[test]
fn national_form_of_each_country_is_read_back() {
    use rlibphonenumber::{PHONE_NUMBER_UTIL, PhoneNumberFormat};
    let mut read = 0;
    for country in Country::all() {
        let Ok(region) = country.alpha2().parse() else { continue };
        let Ok(example) = PHONE_NUMBER_UTIL.get_example_number(region) else {
            continue;
        };
        let national = PHONE_NUMBER_UTIL.format(&example, PhoneNumberFormat::National).into_owned();
        let international = PHONE_NUMBER_UTIL.format(&example, PhoneNumberFormat::E164).into_owned();
        let digits = national.chars().filter(char::is_ascii_digit).count();
        if international.len() < 9 || digits < 7 {
            continue; // shorter than what a search takes for a number
        }
        let plan = WorldNumbering::new(NationalNumbers::OfClient);
        assert_eq!(plan.parse(&national, Some(country)).unwrap().as_str(), international, "{national}");
        let asked = WorldNumbering::new(NationalNumbers::Of(country)).asked(&national);
        assert!(asked.is_certain && asked.numbers.contains(&international), "{national}");
        assert!(plan.asked(&national).numbers.contains(&international), "{national}");
        read += 1;
    }
    assert!(read > 200, "{read}");
}

/// Without a country a national number is what it was before: its digits. An international one has its country.
#[test]
fn national_numbers_without_a_country_are_their_digits() {
    let plan = WorldNumbering::default();
    for (typed, stored) in [
        ("0803 123 4567", "08031234567"),
        ("(0803) 123-4567", "08031234567"),
        ("0044 20 7946 0958", "+442079460958"),
        ("00234 803 123 4567", "+2348031234567"),
        ("(00) 234 803 123 4567", "+2348031234567"),
        ("0-0-234/803/123/4567", "+2348031234567"),
        ("００２３４ ８０３ １２３ ４５６７", "+2348031234567"),
        ("٠٠٢٣٤ ٨٠٣ ١٢٣ ٤٥٦٧", "+2348031234567"),
        ("12345678", "12345678"),
        ("+234 (0)803 123 4567", "+2348031234567"),
    ] {
        assert_eq!(plan.parse(typed, Some(country("NG"))).unwrap().as_str(), stored, "{typed}");
    }
    for impossible in
        ["00234 803", "000000000000", "00999 1234 5678", "8031234599+234", "8031234599\u{FF0B}234"]
    {
        assert!(plan.parse(impossible, Some(country("NG"))).is_err(), "{impossible}");
    }
    let asked = plan.asked("+234 803 123 4567").numbers;
    for stored in ["08031234567", "8031234567", "2348031234567", "002348031234567", "+2348031234567"] {
        assert!(asked.contains(&stored.to_owned()), "{stored}");
    }
}

/// A search without a default country searches for a national number in every country; the longest list of a filter is
/// bounded.
#[test]
fn asking_in_every_country_takes_little() {
    let plan = WorldNumbering::default();
    let warm = plan.asked("0803 123 4567");
    assert!(warm.numbers.len() < 400, "{}", warm.numbers.len());
    let begun = Instant::now();
    for n in 0..20 {
        plan.asked(&format!("0803 123 45{n:02}"));
    }
    println!("asked: {:?}, {} forms", begun.elapsed() / 20, warm.numbers.len());
    assert!(begun.elapsed().as_millis() < 4_000, "{:?}", begun.elapsed());
}

#[test]
fn parsing_takes_microseconds() {
    let plan = WorldNumbering::new(NationalNumbers::Of(country("NG")));
    plan.parse("0803 123 4567", None).unwrap();
    let begun = Instant::now();
    for _ in 0..1_000 {
        plan.parse("0803 123 4567", None).unwrap();
    }
    println!("parse: {:?}", begun.elapsed() / 1_000);
    assert!(begun.elapsed().as_millis() < 2_000, "{:?}", begun.elapsed());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2_000))]
    #[test]
    fn what_is_read_is_in_one_form_and_is_read_again(typed in "\\+?[0-9 ()./-]{4,20}|.{0,24}") {
        for country_of in [NationalNumbers::OfClient, NationalNumbers::Of(country("GB"))] {
            let plan = WorldNumbering::new(country_of);
            if let Ok(number) = plan.parse(&typed, Some(country("NG"))) {
                prop_assert!(number.as_str().starts_with('+'), "{}", number);
                prop_assert_eq!(plan.parse(number.as_str(), None), Ok(number.clone()));
                prop_assert!(plan.asked(number.as_str()).numbers.contains(&number.as_str().to_owned()));
            }
            let _any = plan.asked(&typed);
        }
        let unknown = WorldNumbering::default();
        if let Ok(number) = unknown.parse(&typed, Some(country("NG"))) {
            let has_plus = typed.contains(['+', '\u{FF0B}', '\u{FE62}']);
            prop_assert!(number.as_str().starts_with('+') || !has_plus, "{}", number);
            prop_assert!(!number.as_str().starts_with("00"), "{}", number);
            prop_assert_eq!(unknown.parse(number.as_str(), None), Ok(number));
        }
    }
}
