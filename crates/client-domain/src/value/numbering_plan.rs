use std::fmt;

use super::country::Country;
use super::invalid::Invalid;
use super::phone_number::PhoneNumber;

/// What is known of telephone numbers: which are possible in which country, and how they are dialled there.
///
/// The domain has no such knowledge, because it is large and changes every month. An implementation reads it from a
/// library; [`DigitsOnly`] does without.
pub trait NumberingPlan: fmt::Debug + Send + Sync {
    /// Reads a number as people type it, international or national, into its E.164 form.
    ///
    /// `country` is where a national number is dialled, unless the plan has a default country. Without both, a national
    /// number is kept as its digits.
    fn parse(&self, typed: &str, country: Option<Country>) -> Result<PhoneNumber, Invalid>;

    /// Reads a number as [`NumberingPlan::parse`] does, and keeps the typed text for people to see.
    ///
    /// ```
    /// use client_domain::value::{DigitsOnly, NumberingPlan as _};
    ///
    /// let number = DigitsOnly.read("0803 123-4567", None)?;
    /// assert_eq!((number.as_str(), number.entered()), ("08031234567", Some("0803 123-4567")));
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    fn read(&self, typed: &str, country: Option<Country>) -> Result<PhoneNumber, Invalid> {
        self.parse(typed, country).map(|number| number.entered_as(typed))
    }

    /// Whether both are one number, for a client of this country. A national number is completed with the default country of
    /// the plan or else with this one, also where it would be stored as its digits.
    fn is_one_number(&self, one: &PhoneNumber, other: &PhoneNumber, country: Country) -> bool {
        let read = |number: &PhoneNumber| self.parse(number.as_str(), Some(country)).ok();
        one == other || read(one).is_some_and(|one| read(other) == Some(one))
    }

    /// What a typed text asks for, if it is a number or the beginning of one.
    fn asked(&self, typed: &str) -> AskedNumber;
}

/// The telephone numbers that a typed text may stand for, each as it may be stored.
#[derive(Clone, Default, PartialEq, Eq)]
pub struct AskedNumber {
    /// Whole numbers: in E.164 form, and as their digits, national and international. Empty if the text is no number.
    pub numbers: Vec<String>,
    /// How such a number begins if the text is only its beginning, besides the text itself.
    pub beginnings: Vec<String>,
    /// Whether the text is a number of one country only: international, or national with a default country.
    pub is_certain: bool,
}

impl fmt::Debug for AskedNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "AskedNumber({})", self.numbers.len())
    }
}

/// Knows no numbering plan: a number is its digits, as [`PhoneNumber::parse`] reads them.
///
/// ```
/// use client_domain::value::{DigitsOnly, NumberingPlan as _};
///
/// assert_eq!(DigitsOnly.parse("0803 123 4567", None)?.as_str(), "08031234567");
/// assert!(DigitsOnly.asked("0803 123 4567").numbers.is_empty());
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Copy, Debug, Default)]
pub struct DigitsOnly;

impl NumberingPlan for DigitsOnly {
    fn parse(&self, typed: &str, _country: Option<Country>) -> Result<PhoneNumber, Invalid> {
        PhoneNumber::parse(typed)
    }

    fn asked(&self, _typed: &str) -> AskedNumber {
        AskedNumber::default()
    }
}
