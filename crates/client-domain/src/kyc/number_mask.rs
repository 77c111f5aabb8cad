use crate::value::{IdentificationNumber, Invalid};

/// What the numbers of a kind of document look like: `@` is a letter, `#` a digit, `$` a letter or a digit, and every
/// other character itself. `{3}` or `{6,9}` behind one of these says how often it stands there.
///
/// The signs are those of the ID templates that bank systems such as Mambu have. A number matches as it is written, or
/// without its blanks and hyphens.
///
/// ```
/// use client_domain::kyc::NumberMask;
/// use client_domain::value::IdentificationNumber;
///
/// let mask = NumberMask::parse("@#{8}")?;
/// assert!(mask.fits(&IdentificationNumber::parse("A 0123-4567")?));
/// assert!(!mask.fits(&IdentificationNumber::parse("012345678")?));
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NumberMask {
    text: String,
    places: Vec<Place>,
}

/// Characters of one sort, so many of them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Place {
    sort: Sort,
    min: usize,
    max: usize,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Sort {
    Letter,
    Digit,
    Either,
    Exactly(char),
}

impl Sort {
    fn takes(self, c: char) -> bool {
        match self {
            Self::Letter => c.is_alphabetic(),
            Self::Digit => c.is_ascii_digit(),
            Self::Either => c.is_alphabetic() || c.is_ascii_digit(),
            Self::Exactly(other) => c == other,
        }
    }
}

impl NumberMask {
    /// The greatest number of characters of a mask.
    pub const MAX: usize = 80;

    const WRONG: Invalid =
        Invalid::Format { expected: "a mask of @, # and $, each perhaps with {least,most} behind it" };

    /// Reads a mask.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let text = raw.trim();
        if text.is_empty() {
            return Err(Invalid::TooShort { min: 1 });
        }
        if text.chars().count() > Self::MAX {
            return Err(Invalid::TooLong { max: Self::MAX });
        }
        let mut places = Vec::new();
        let mut rest = text;
        while let Some(first) = rest.chars().next() {
            let sort = match first {
                '@' => Sort::Letter,
                '#' => Sort::Digit,
                '$' => Sort::Either,
                '{' | '}' => return Err(Self::WRONG),
                other => Sort::Exactly(other),
            };
            rest = rest.get(first.len_utf8()..).unwrap_or_default();
            let (min, max, after) = repeat(rest).ok_or(Self::WRONG)?;
            places.push(Place { sort, min, max });
            rest = after;
        }
        Ok(Self { text: text.to_owned(), places })
    }

    /// The mask as it was written.
    pub fn as_str(&self) -> &str {
        &self.text
    }

    /// Whether a number looks like this.
    pub fn fits(&self, number: &IdentificationNumber) -> bool {
        let bare: String = number.as_str().chars().filter(|c| !c.is_whitespace() && *c != '-').collect();
        self.matches(number.as_str()) || self.matches(&bare)
    }

    /// Goes through the places and keeps every number of characters that may have been taken so far.
    fn matches(&self, text: &str) -> bool {
        let text: Vec<char> = text.chars().collect();
        let mut ends = vec![0];
        for place in &self.places {
            let mut next = Vec::new();
            for begin in ends {
                let rest = text.get(begin..).unwrap_or_default();
                let taken = rest.iter().take_while(|c| place.sort.takes(**c)).take(place.max).count();
                next.extend((place.min..=taken).map(|count| begin + count));
            }
            next.sort_unstable();
            next.dedup();
            ends = next;
        }
        ends.contains(&text.len())
    }
}

/// Reads how often a character stands there, and what follows.
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn fits(mask: &str, number: &str) -> bool {
        NumberMask::parse(mask).unwrap().fits(&IdentificationNumber::parse(number).unwrap())
    }

    #[test]
    fn signs_counts_and_plain_characters() {
        assert!(fits("${6,9}", "A01234567") && fits("${6,9}", "123456"));
        assert!(!fits("${6,9}", "12345") && !fits("${6,9}", "A012345678"));
        assert!(fits("RC#{6}", "RC 123456") && !fits("RC#{6}", "rc123456"));
        assert!(fits("##-##", "12-34") && !fits("##-##", "1234"));
        assert!(fits("#{0,3}#{3}", "123") && fits("#{0,3}#{3}", "123456") && !fits("#{0,3}#{3}", "1234567"));
        assert!(fits("@@@", "АБВ") && !fits("###", "١٢٣"));
    }

    #[test]
    fn what_is_no_mask_is_refused() {
        for wrong in
            ["", "  ", "{3}", "#{", "#{}", "#{a}", "#{3", "#{4,3}", "#{0}", "#{41}", "}", "#{1,2,3}", "#{-1}"]
        {
            assert!(NumberMask::parse(wrong).is_err(), "{wrong}");
        }
        assert!(NumberMask::parse(&"#".repeat(81)).is_err());
    }

    proptest! {
        #[test]
        fn reading_and_fitting_come_to_an_end(mask in "[@#${},0-9A ]{0,30}", number in "[A-Za-z0-9 -]{3,40}") {
            if let (Ok(mask), Ok(number)) = (NumberMask::parse(&mask), IdentificationNumber::parse(&number)) {
                let _ = mask.fits(&number);
            }
        }
    }
}
