mod table;

use std::collections::HashMap;
use std::fmt;
use std::sync::LazyLock;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use self::table::{Row, TABLE};
use super::invalid::Invalid;
use super::text::{Layout, parse_text};

/// A country of ISO 3166-1 (and Kosovo), parsed from its English name or from any of its codes.
///
/// Names are compared without regard to case, accents and punctuation; common alternative names are known.
/// The two-letter code is stored, and the name is shown.
///
/// ```
/// use client_domain::value::{Country, Invalid};
///
/// for spelling in ["Côte d'Ivoire", "cote divoire", "Ivory Coast", "CI", "civ", "384"] {
///     assert_eq!(Country::parse(spelling)?.alpha2(), "CI");
/// }
/// assert_eq!(Country::parse("NG")?.name(), "Nigeria");
/// assert_eq!(Country::parse("Atlantis"), Err(Invalid::UnknownCountry));
/// # Ok::<(), Invalid>(())
/// ```
#[derive(Clone, Copy)]
pub struct Country(&'static Row);

/// Every spelling of a country, without case, accents and punctuation.
static SPELLINGS: LazyLock<HashMap<String, &'static Row>> = LazyLock::new(|| {
    TABLE.iter().flat_map(|row| row.spellings().map(move |text| (plain(text), row))).collect()
});

impl Country {
    /// The minimum number of characters of a name or a code.
    pub const MIN: usize = 2;
    /// The maximum number of characters of a name or a code.
    pub const MAX: usize = 60;

    /// Reads a name or a code.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        let text = parse_text(raw, Layout::Line, Self::MIN, Self::MAX)?;
        SPELLINGS.get(&plain(&text)).copied().map(Self).ok_or(Invalid::UnknownCountry)
    }

    /// Every country, by its two-letter code.
    pub fn all() -> impl Iterator<Item = Self> {
        TABLE.iter().map(Self)
    }

    /// The two-letter code.
    pub const fn alpha2(self) -> &'static str {
        self.0.alpha2
    }

    /// The three-letter code.
    pub const fn alpha3(self) -> &'static str {
        self.0.alpha3
    }

    /// The short English name.
    pub const fn name(self) -> &'static str {
        self.0.name
    }
}

impl Row {
    /// Its codes and names; Kosovo has no number.
    fn spellings(&self) -> impl Iterator<Item = &'static str> {
        let own = [self.alpha2, self.alpha3, self.numeric, self.name];
        own.into_iter().filter(|text| !text.is_empty()).chain(self.aliases.iter().copied())
    }
}

/// Removes case, accents and the punctuation that country names have. Any other character stays and matches
/// nothing.
fn plain(text: &str) -> String {
    let is_punctuation =
        |c: char| c.is_whitespace() || matches!(c, '.' | ',' | '\'' | '’' | '-' | '(' | ')' | '&');
    text.replace('&', "and")
        .nfkd()
        .filter(|c| !is_combining_mark(*c) && !is_punctuation(*c))
        .flat_map(char::to_lowercase)
        .collect::<String>()
        .replace("saint", "st")
}

impl PartialEq for Country {
    fn eq(&self, other: &Self) -> bool {
        self.alpha2() == other.alpha2()
    }
}

impl Eq for Country {}

impl std::hash::Hash for Country {
    fn hash<H: std::hash::Hasher>(&self, state: &mut H) {
        self.alpha2().hash(state);
    }
}

impl fmt::Display for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

impl fmt::Debug for Country {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Country").field(&self.alpha2()).finish()
    }
}

crate::conversions::from_text!(Country);
#[cfg(feature = "serde")]
crate::conversions::text_serde!(Country, |country| country.alpha2(), |text| {
    Self::parse(text).map_err(serde::de::Error::custom)
});

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_name_and_code_identifies_one_country() {
        assert_eq!(TABLE.len(), 250);
        for row in TABLE {
            for spelling in row.spellings() {
                assert_eq!(Country::parse(spelling).unwrap().alpha2(), row.alpha2, "{spelling}");
            }
            assert!((2..=60).contains(&row.name.chars().count()), "{}", row.name);
        }
    }

    #[test]
    fn extra_characters_around_a_code_are_rejected() {
        for wrong in ["N\0G", "🎉NG", "NG!", "N/G", "N", &"x".repeat(61)] {
            assert!(Country::parse(wrong).is_err(), "{wrong:?}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_country_or_refused(raw in ".{0,70}") {
            if let Ok(country) = Country::parse(&raw) {
                prop_assert_eq!(Country::parse(country.name()), Ok(country));
            }
        }
    }
}
