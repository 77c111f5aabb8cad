use std::fmt;

use super::Invalid;

/// A telephone number of 8 to 15 digits, in E.164 form (`+` and digits) if it was written with a `+`.
///
/// Blanks, hyphens and brackets are removed; other characters are rejected. A number without `+` is stored as
/// national digits, because its country is unknown.
///
/// ```
/// use client_domain::value::{Invalid, PhoneNumber};
///
/// assert_eq!(PhoneNumber::parse("+234 (803) 123-4567")?.as_str(), "+2348031234567");
/// assert_eq!(PhoneNumber::parse("0803 123 4567")?.as_str(), "08031234567");
/// assert_eq!(PhoneNumber::parse("12345"), Err(Invalid::DigitCount { min: 8, max: 15 }));
/// # Ok::<(), Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct PhoneNumber(String);

impl PhoneNumber {
    /// The minimum number of digits.
    pub const MIN_DIGITS: usize = 8;
    /// The maximum number of digits (ITU-T E.164).
    pub const MAX_DIGITS: usize = 15;

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
        Ok(Self(number))
    }

    /// The number without punctuation.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for PhoneNumber {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("PhoneNumber(***)")
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

    proptest! {
        #[test]
        fn what_is_accepted_is_digits_only_and_stays_the_same(raw in "\\+?[0-9 ()\\-]{0,24}|.{0,20}") {
            if let Ok(phone) = PhoneNumber::parse(&raw) {
                let digits = phone.as_str().trim_start_matches('+');
                prop_assert!((8..=15).contains(&digits.len()));
                prop_assert!(digits.bytes().all(|b| b.is_ascii_digit()));
                prop_assert_eq!(PhoneNumber::parse(phone.as_str()), Ok(phone.clone()));
            }
        }
    }
}
