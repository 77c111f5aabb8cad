use client_domain::Invalid;
use client_domain::value::{AskedNumber, Country, NumberingPlan, PhoneNumber};
use rlibphonenumber::{
    NumberLengthType, PHONE_NUMBER_UTIL, PhoneNumber as Parsed, PhoneNumberFormat, Region,
};

use crate::typed::plain;

/// How many digits a text has at least that is a whole number.
const MIN_WHOLE: usize = 7;

/// Which country a number belongs to that is given without one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum NationalNumbers {
    /// It is unknown: the number is kept as its digits. One that begins with `00` is international and has its country.
    #[default]
    Unknown,
    /// The country of the client.
    OfClient,
    /// This country.
    Of(Country),
}

/// The numbering plans of all countries.
#[derive(Clone, Copy, Debug, Default)]
pub struct WorldNumbering {
    national: NationalNumbers,
}

impl WorldNumbering {
    /// Reads national numbers as those of this country.
    pub const fn new(national: NationalNumbers) -> Self {
        Self { national }
    }

    /// The country of every national number.
    fn default_region(self) -> Option<Region> {
        match self.national {
            NationalNumbers::Of(country) => region(country),
            NationalNumbers::Unknown | NationalNumbers::OfClient => None,
        }
    }
}

fn region(country: Country) -> Option<Region> {
    country.alpha2().parse().ok()
}

impl NumberingPlan for WorldNumbering {
    fn parse(&self, typed: &str, country: Option<Country>) -> Result<PhoneNumber, Invalid> {
        const IMPOSSIBLE: Invalid = Invalid::Format {
            expected: "a telephone number that is possible in its country, such as +234 803 123 4567",
        };
        let text = plain(typed)?;
        let digits = digits(&text);
        let region = match self.national {
            NationalNumbers::Unknown if !is_international(&text) => return PhoneNumber::parse(&digits),
            NationalNumbers::Unknown => None,
            NationalNumbers::OfClient => country.and_then(region),
            NationalNumbers::Of(country) => region(country),
        };
        match read(&text, region) {
            Some(parsed) => PhoneNumber::parse(&e164(&parsed)),
            // An update completes it, when the client's country is known.
            None if region.is_none() && !is_international(&text) => PhoneNumber::parse(&digits),
            None if digits.len() < PhoneNumber::MIN_DIGITS => PhoneNumber::parse(&digits),
            None => Err(IMPOSSIBLE),
        }
    }

    fn is_one_number(&self, one: &PhoneNumber, other: &PhoneNumber, country: Country) -> bool {
        let region = self.default_region().or_else(|| region(country));
        let read = |number: &PhoneNumber| read(number.as_str(), region).map(|parsed| e164(&parsed));
        one == other || read(one).is_some_and(|one| read(other) == Some(one))
    }

    fn asked(&self, typed: &str) -> AskedNumber {
        let Ok(text) = plain(typed) else { return AskedNumber::default() };
        let digits = digits(&text);
        let mut asked = AskedNumber { beginnings: self.beginnings(&text, &digits), ..AskedNumber::default() };
        if digits.len() < MIN_WHOLE {
            return asked;
        }
        let (mut numbers, is_certain) = match (is_international(&text), self.default_region()) {
            (true, _) => (read(&text, None).into_iter().collect::<Vec<_>>(), true),
            (false, Some(region)) => (read(&text, Some(region)).into_iter().collect(), true),
            (false, None) => (anywhere(&text), false),
        };
        asked.is_certain = is_certain && !numbers.is_empty();
        asked.numbers = numbers.drain(..).flat_map(|parsed| forms(&parsed)).collect();
        if !asked.numbers.is_empty() {
            asked.numbers.push(digits);
        }
        asked.numbers.sort_unstable();
        asked.numbers.dedup();
        asked
    }
}

impl WorldNumbering {
    /// How numbers begin that begin with this text, where it is national.
    fn beginnings(self, text: &str, digits: &str) -> Vec<String> {
        if let Some(rest) = digits.strip_prefix("00").filter(|_| is_international(text)) {
            return vec![format!("+{rest}")];
        }
        let code =
            self.default_region().and_then(|region| PHONE_NUMBER_UTIL.get_country_code_for_region(region));
        let Some(code) = code.filter(|_| !text.starts_with('+') && !digits.is_empty()) else {
            return Vec::new();
        };
        // A trunk zero is omitted after a country code, except in few countries.
        let national = digits.strip_prefix('0').unwrap_or(digits);
        let mut beginnings = vec![format!("+{code}{national}")];
        if national.len() < digits.len() {
            beginnings.push(format!("+{code}{digits}"));
        }
        beginnings
    }
}

/// A plus, or the prefix of international calls in most countries.
fn is_international(text: &str) -> bool {
    let mut signs = text.chars().filter(|c| !matches!(c, '(' | ')' | ' '));
    match signs.next() {
        Some('+') => true,
        Some('0') => signs.next() == Some('0'),
        _ => false,
    }
}

/// The number that a text is, if it is possible.
fn read(text: &str, region: Option<Region>) -> Option<Parsed> {
    let digits = digits(text);
    if is_international(text) {
        let number = digits.strip_prefix("00").filter(|_| !text.contains('+')).unwrap_or(&digits);
        return possible(&format!("+{number}"), None);
    }
    let national = region.and_then(|region| possible(text, Some(region)));
    national.or_else(|| {
        // A plus is often omitted, and 011 is dialled in North America.
        let other = [Some(digits.as_str()), digits.strip_prefix("011")];
        let other = other.into_iter().flatten().find_map(|number| possible(&format!("+{number}"), None));
        other.filter(|parsed| region.is_some() && PHONE_NUMBER_UTIL.is_valid_number(parsed))
    })
}

fn possible(text: &str, region: Option<Region>) -> Option<Parsed> {
    let parsed = PHONE_NUMBER_UTIL.parse(text, region).ok()?;
    // A number without its area code cannot be called from elsewhere.
    let length = PHONE_NUMBER_UTIL.is_possible_number_with_reason(&parsed);
    matches!(length, Ok(NumberLengthType::IsPossible)).then_some(parsed)
}

/// Every number that a national number may be, in the countries where it is in use.
fn anywhere(text: &str) -> Vec<Parsed> {
    let regions = PHONE_NUMBER_UTIL.get_supported_regions().map(Some).chain([None]);
    let numbers = regions.filter_map(|region| match region {
        Some(region) => possible(text, Some(region)),
        None => possible(&format!("+{}", digits(text)), None),
    });
    numbers.filter(|parsed| PHONE_NUMBER_UTIL.is_valid_number(parsed)).collect()
}

fn e164(parsed: &Parsed) -> String {
    PHONE_NUMBER_UTIL.format(parsed, PhoneNumberFormat::E164).into_owned()
}

/// A number as it may be stored: in E.164 form; and, where its country was unknown, as the digits that were typed.
fn forms(parsed: &Parsed) -> [String; 5] {
    let international = e164(parsed);
    let bare = international.trim_start_matches('+').to_owned();
    let national = digits(&PHONE_NUMBER_UTIL.format(parsed, PhoneNumberFormat::National));
    let significant = parsed.get_national_significant_number();
    [format!("00{bare}"), bare, national, significant, international]
}

fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).collect()
}
