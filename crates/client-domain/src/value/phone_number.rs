use std::cmp::Ordering;
use std::fmt;
use std::hash::{Hash, Hasher};

use super::invalid::Invalid;
use crate::text::is_ambiguous;

/// A telephone number of 8 to 15 digits, in E.164 form (`+` and digits) if it was written with a `+`.
///
/// Blanks, hyphens and brackets are removed; other characters are rejected. A number without `+` is stored as
/// national digits, because its country is unknown.
///
/// It can carry the text that was entered, for people to recognise. That text counts for nothing else: numbers are
/// equal if their digits and plus are.
///
/// ```
/// use client_domain::value::{Invalid, PhoneNumber};
///
/// assert_eq!(PhoneNumber::parse("+234 (803) 123-4567")?.as_str(), "+2348031234567");
/// assert_eq!(PhoneNumber::parse("0803 123 4567")?.as_str(), "08031234567");
/// assert_eq!(PhoneNumber::parse("12345"), Err(Invalid::DigitCount { min: 8, max: 15 }));
/// # Ok::<(), Invalid>(())
/// ```
#[derive(Clone)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(try_from = "StoredPhone", into = "StoredPhone"))]
pub struct PhoneNumber {
    number: String,
    entered: Option<Box<str>>,
}

impl PhoneNumber {
    /// The minimum number of digits.
    pub const MIN_DIGITS: usize = 8;
    /// The maximum number of digits (ITU-T E.164).
    pub const MAX_DIGITS: usize = 15;
    /// The maximum number of characters of a text that was entered.
    pub const MAX_ENTERED: usize = 64;

    /// Removes the punctuation and checks the remaining digits.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let mut number = String::with_capacity(Self::MAX_DIGITS + 1);
        let mut digits = 0;
        for c in raw.trim().chars() {
            match c {
                '0'..='9' if digits == Self::MAX_DIGITS => {
                    return Err(Invalid::DigitCount { min: Self::MIN_DIGITS, max: Self::MAX_DIGITS });
                }
                '0'..='9' => {
                    number.push(c);
                    digits += 1;
                }
                '+' if number.is_empty() => number.push(c),
                '-' | '(' | ')' | '[' | ']' => {}
                c if c.is_whitespace() && !c.is_control() => {}
                _ => {
                    return Err(Invalid::Characters {
                        allowed: "digits, blanks, hyphens, brackets and a + before the first digit",
                    });
                }
            }
        }
        if digits < Self::MIN_DIGITS {
            return Err(Invalid::DigitCount { min: Self::MIN_DIGITS, max: Self::MAX_DIGITS });
        }
        if number.starts_with("+0") {
            return Err(Invalid::Format { expected: "a number whose country code does not start with 0" });
        }
        Ok(Self { number, entered: None })
    }

    /// The digits alone, which are the same with and without a plus.
    pub fn digits(&self) -> &str {
        self.as_str().trim_start_matches('+')
    }

    /// The number without punctuation.
    pub fn as_str(&self) -> &str {
        &self.number
    }

    /// The number with the text that was entered for it, in one line and without characters that cannot be seen.
    ///
    /// A text that is the number itself is not kept, and neither is one of more than [`PhoneNumber::MAX_ENTERED`] characters.
    ///
    /// ```
    /// use client_domain::value::PhoneNumber;
    ///
    /// let number = PhoneNumber::parse("+442079460958")?.entered_as(" +44 (0)20 7946\t0958");
    /// assert_eq!(number.as_str(), "+442079460958");
    /// assert_eq!(number.entered(), Some("+44 (0)20 7946 0958"));
    /// assert_eq!(number, PhoneNumber::parse("+442079460958")?);
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    #[must_use]
    pub fn entered_as(self, typed: &str) -> Self {
        let words: Vec<_> = typed.split(|c: char| c.is_whitespace() || c.is_control()).collect();
        let words = words.iter().map(|word| word.replace(is_ambiguous, "")).filter(|word| !word.is_empty());
        let line = words.collect::<Vec<_>>().join(" ");
        let is_kept = !line.is_empty() && line != self.number && line.chars().count() <= Self::MAX_ENTERED;
        Self { entered: is_kept.then(|| line.into_boxed_str()), ..self }
    }

    /// The text that was entered, if it is kept and is another one than the number.
    pub fn entered(&self) -> Option<&str> {
        self.entered.as_deref()
    }
}

impl PartialEq for PhoneNumber {
    fn eq(&self, other: &Self) -> bool {
        self.number == other.number
    }
}

impl Eq for PhoneNumber {}

impl PartialOrd for PhoneNumber {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

impl Ord for PhoneNumber {
    fn cmp(&self, other: &Self) -> Ordering {
        self.number.cmp(&other.number)
    }
}

impl Hash for PhoneNumber {
    fn hash<H: Hasher>(&self, state: &mut H) {
        self.number.hash(state);
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.number)
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(***)")
    }
}

crate::conversions::from_text!(PhoneNumber);

impl AsRef<str> for PhoneNumber {
    fn as_ref(&self) -> &str {
        self.as_str()
    }
}

/// A number with the text that was entered, as serde has it.
#[cfg(feature = "serde")]
#[derive(serde::Serialize, serde::Deserialize)]
struct StoredPhone {
    #[serde(deserialize_with = "crate::conversions::stored::text")]
    number: String,
    #[serde(deserialize_with = "crate::conversions::stored::optional_text")]
    entered: Option<String>,
}

#[cfg(feature = "serde")]
impl From<PhoneNumber> for StoredPhone {
    fn from(PhoneNumber { number, entered }: PhoneNumber) -> Self {
        Self { number, entered: entered.map(String::from) }
    }
}

#[cfg(feature = "serde")]
impl TryFrom<StoredPhone> for PhoneNumber {
    type Error = Invalid;

    fn try_from(stored: StoredPhone) -> Result<Self, Self::Error> {
        let number = Self::parse(&stored.number)?;
        Ok(match stored.entered {
            Some(typed) => number.entered_as(&typed),
            None => number,
        })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn valid_numbers_are_accepted_and_invalid_ones_rejected() {
        for wrong in
            ["", "+", "++2348031234567", "+0348031234567", "0803x1234567", "٠٨٠٣١٢٣٤٥٦٧", "1234567\u{0}8"]
        {
            assert!(PhoneNumber::parse(wrong).is_err(), "{wrong:?}");
        }
        assert_eq!(PhoneNumber::parse("[080]-3123 4567").unwrap().as_str(), "08031234567");
        assert_eq!(PhoneNumber::parse("(+234) 803 123 4567").unwrap().as_str(), "+2348031234567");
        assert!(PhoneNumber::parse("123456789012345").is_ok());
        assert!(PhoneNumber::parse("1234567890123456").is_err());
    }

    #[test]
    fn entered_text_is_shown_as_one_visible_line() {
        let number = || PhoneNumber::parse("08031234567").unwrap();
        let entered = |typed: &str| number().entered_as(typed).entered().map(str::to_owned);
        assert_eq!(entered("\u{202A}0803\u{A0}123\n45\u{200B}67\u{202C}").as_deref(), Some("0803 123 4567"));
        for not_kept in ["08031234567", " 08031234567 ", "", &"0 ".repeat(64)] {
            assert_eq!(entered(not_kept), None, "{not_kept:?}");
        }
        assert!(!format!("{:?}", number().entered_as("0803 123 4567")).contains("0803"));
    }

    proptest! {
        #[test]
        fn what_is_accepted_is_digits_only_and_stays_the_same(raw in "\\+?[0-9 ()\\-]{0,24}|.{0,20}") {
            if let Ok(phone) = PhoneNumber::parse(&raw) {
                let digits = phone.digits();
                prop_assert!((8..=15).contains(&digits.len()));
                prop_assert!(digits.bytes().all(|b| b.is_ascii_digit()));
                prop_assert_eq!(PhoneNumber::parse(phone.as_str()), Ok(phone.clone()));
            }
        }
    }
}
