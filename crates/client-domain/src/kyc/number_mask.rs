use crate::text;
use crate::value::{IdentificationNumber, Invalid};

/// The format of the numbers of a document type: `@` is a letter, `#` a digit, `$` a letter or a digit, and
/// any other character stands for itself. A suffix `{3}` or `{6,9}` gives the number of repetitions.
///
/// The signs are those of the ID templates of core banking systems such as Mambu. A number matches as it is
/// written, and without what is neither a letter nor a digit; letters and digits of every script are of one form.
///
/// ```
/// use client_domain::kyc::NumberMask;
/// use client_domain::value::IdentificationNumber;
///
/// let mask = NumberMask::parse("@#{8}")?;
/// assert!(mask.fits(&IdentificationNumber::parse("A 0123-4567")?));
/// assert!(mask.fits(&IdentificationNumber::parse("Ａ０１２３４５６７")?));
/// assert!(!mask.fits(&IdentificationNumber::parse("012345678")?));
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberMask {
    text: String,
    runs: Vec<Run>,
}

/// A run of characters of one class.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Run {
    class: CharClass,
    min: usize,
    max: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum CharClass {
    Letter,
    Digit,
    Either,
    Exactly(char),
}

impl CharClass {
    fn accepts(self, c: char) -> bool {
        match self {
            Self::Letter => c.is_alphabetic(),
            Self::Digit => c.is_ascii_digit(),
            Self::Either => c.is_alphabetic() || c.is_ascii_digit(),
            Self::Exactly(other) => c == other,
        }
    }
}

impl NumberMask {
    /// The maximum number of characters of a mask.
    pub const MAX: usize = 80;

    const WRONG: Invalid =
        Invalid::Format { expected: "a mask of @, # and $, each optionally followed by {min,max}" };

    /// Reads a mask.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let text = raw.trim();
        if text.is_empty() {
            return Err(Invalid::TooShort { min: 1 });
        }
        if text.chars().count() > Self::MAX {
            return Err(Invalid::TooLong { max: Self::MAX });
        }
        let mut runs = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let class = match first {
                '@' => CharClass::Letter,
                '#' => CharClass::Digit,
                '$' => CharClass::Either,
                '{' | '}' => return Err(Self::WRONG),
                other => CharClass::Exactly(other),
            };
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            let (min, max, after) = repeat(rest).ok_or(Self::WRONG)?;
            runs.push(Run { class, min, max });
            rest = after;
        }
        Ok(Self { text: text.to_owned(), runs })
    }

    /// The mask as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a number matches the mask.
    pub fn fits(&self, number: &IdentificationNumber) -> bool {
        let plain = text::number_in_one_form(number.as_str());
        let without = |dropped: fn(char) -> bool| plain.chars().filter(|c| !dropped(*c)).collect::<String>();
        // A mask may have signs of its own.
        self.matches(&plain)
            || self.matches(&without(|c| c.is_whitespace() || c == '-'))
            || self.matches(&without(|c| !c.is_alphanumeric()))
    }

    /// A number that matches the mask, for made-up clients: another one for each `n`, as far as the mask has room. `None` if no
    /// number can match, such as a mask that is longer than a number may be.
    ///
    /// ```
    /// use client_domain::kyc::NumberMask;
    ///
    /// let mask = NumberMask::parse("RC-@#{6}")?;
    /// assert_eq!(mask.example(27).unwrap().as_str(), "RC-A000027");
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    pub fn example(&self, n: u64) -> Option<IdentificationNumber> {
        let (mut rest, mut reversed) = (n, String::new());
        for run in self.runs.iter().rev() {
            let count = run.min.max(run.max.min(Self::EXAMPLE_LENGTH));
            for _ in 0..count {
                let (sign, base) = match run.class {
                    CharClass::Exactly(sign) => (Some(sign), 1),
                    CharClass::Digit | CharClass::Either => (char::from_digit(last_digit(rest, 10), 10), 10),
                    CharClass::Letter => (char::from_u32(u32::from(b'A') + last_digit(rest, 26)), 26),
                };
                reversed.push(sign?);
                rest /= base;
            }
        }
        let number = IdentificationNumber::parse(&reversed.chars().rev().collect::<String>()).ok()?;
        self.fits(&number).then_some(number)
    }

    /// As many signs of a run with an open end make a number that hardly any other has.
    const EXAMPLE_LENGTH: usize = 8;

    /// Keeps every possible end of the match so far, run by run.
    fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let mut ends = vec![0];
        for run in &self.runs {
            let mut next = Vec::new();
            for begin in ends {
                let rest = text.get(begin..).unwrap_or_default();
                let taken = rest.iter().take_while(|c| run.class.accepts(**c)).take(run.max).count();
                next.extend((run.min..=taken).map(|count| begin + count));
            }
            next.sort_unstable();
            next.dedup();
            ends = next;
        }
        ends.contains(&text.len())
    }
}

/// The last digit of a number in this base.
fn last_digit(number: u64, base: u64) -> u32 {
    u32::try_from(number % base).unwrap_or_default()
}

/// Reads the repetitions of a character, and returns the rest of the mask.
fn repeat(rest: &str) -> Option<(usize, usize, &str)> {
    let Some(inside) = rest.strip_prefix('{') else { return Some((1, 1, rest)) };
    let (counts, after) = inside.split_once('}')?;
    let (min, max) = counts.split_once(',').unwrap_or((counts, counts));
    let count = |digits: &str| {
        digits.trim().parse::<usize>().ok().filter(|count| *count <= IdentificationNumber::MAX)
    };
    let (min, max) = (count(min)?, count(max)?);
    (min <= max && max > 0).then_some((min, max, after))
}

crate::conversions::text_conversions!(NumberMask, as_str);

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fits(mask: &str, number: &str) -> bool {
        NumberMask::parse(mask).unwrap().fits(&IdentificationNumber::parse(number).unwrap())
    }

    #[test]
    fn signs_repetitions_and_literals_match() {
        assert!(fits("${6,9}", "A01234567") && fits("${6,9}", "123456"));
        assert!(!fits("${6,9}", "12345") && !fits("${6,9}", "A012345678"));
        assert!(fits("RC#{6}", "RC 123456") && !fits("RC#{6}", "rc123456"));
        assert!(fits("##-##", "12-34") && !fits("##-##", "1234"));
        assert!(fits("#{0,3}#{3}", "123") && fits("#{0,3}#{3}", "123456") && !fits("#{0,3}#{3}", "1234567"));
        assert!(fits("@@@", "АБВ") && !fits("@@@", "123") && !fits("###", "АБВ"));
    }

    #[test]
    fn letters_and_digits_of_every_script_and_any_punctuation_are_of_one_form() {
        for number in ["Ａ１２３４５６７", "A١٢٣٤٥٦٧", "A.123/45\u{2010}67", "A 123 4567"] {
            assert!(fits("@#{7}", number) && fits("${5,9}", number) && !fits("#{8}", number), "{number:?}");
        }
        assert!(fits("RC#{6}", "ＲＣ１２３４５６") && !fits("RC#{6}", "ｒｃ１２３４５６"));
        assert!(fits("##-##", "１２－３４") && !fits("##-##", "١٢٣٤"));
    }

    #[test]
    fn examples_match_and_differ() {
        for mask in ["${5,9}", "@#{8}", "RC#{6}", "##-##", "#{0,3}#{3}", "@{2}/#{4,40}", "#{0,40}"] {
            let mask = NumberMask::parse(mask).unwrap();
            let numbers: std::collections::BTreeSet<_> =
                (1..100).map(|n| mask.example(n).unwrap_or_else(|| panic!("{mask:?} {n}"))).collect();
            assert!(numbers.len() == 99 && numbers.iter().all(|number| mask.fits(number)), "{mask:?}");
        }
        assert_eq!(NumberMask::parse("#{80}").map(|mask| mask.example(1)), Err(NumberMask::WRONG));
        assert_eq!(NumberMask::parse("@{30}@{30}").unwrap().example(1), None, "no number is as long");
    }

    #[test]
    fn invalid_masks_are_rejected() {
        for wrong in
            ["", "  ", "{3}", "#{", "#{}", "#{a}", "#{3", "#{4,3}", "#{0}", "#{41}", "}", "#{1,2,3}", "#{-1}"]
        {
            assert!(NumberMask::parse(wrong).is_err(), "{wrong}");
        }
        assert!(NumberMask::parse(&"#".repeat(81)).is_err());
    }

    proptest! {
        #[test]
        fn parsing_and_matching_terminate(mask in "[@#${},0-9A ]{0,30}", number in "[A-Za-z0-9 -]{3,40}") {
            if let (Ok(mask), Ok(number)) = (NumberMask::parse(&mask), IdentificationNumber::parse(&number)) {
                let _ = mask.fits(&number);
            }
        }
    }
}
