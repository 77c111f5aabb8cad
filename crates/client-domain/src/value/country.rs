mod table;

use std::fmt;

use unicode_normalization::UnicodeNormalization;
use unicode_normalization::char::is_combining_mark;

use self::table::{Row, TABLE};
use super::Invalid;

/// A country of ISO 3166-1 (and Kosovo), read from its English name or from any of its codes.
///
/// Names are compared without regard to case, accents and punctuation; the usual other names are known. The
/// country is stored by its two-letter code and answered by its name.
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

impl Country {
    /// Reads a name or a code.
    pub fn parse(raw: &str) -> Result<Self, Invalid> {
        // Longer than any name in the table: not worth comparing.
        if raw.len() > 240 {
            return Err(Invalid::UnknownCountry);
        }
        let wanted = plain(raw);
        TABLE.iter().find(|row| row.answers_to(&wanted)).map(Self).ok_or(Invalid::UnknownCountry)
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
    fn answers_to(&self, wanted: &str) -> bool {
        let code = |code: &str| !code.is_empty() && code.eq_ignore_ascii_case(wanted);
        let name = |name: &&str| plain(name) == wanted;
        code(self.alpha2)
            || code(self.alpha3)
            || code(self.numeric)
            || name(&self.name)
            || self.aliases.iter().any(name)
    }
}

/// Letters and digits only, without case and accents.
fn plain(text: &str) -> String {
    text.nfkd()
        .filter(|c| !is_combining_mark(*c))
        .flat_map(char::to_lowercase)
        .filter(|c| c.is_alphanumeric())
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

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn every_name_and_code_stands_for_one_country() {
        assert_eq!(TABLE.len(), 250);
        for row in TABLE {
            let codes =
                [row.alpha2, row.alpha3, row.numeric, row.name].into_iter().filter(|text| !text.is_empty());
            for spelling in codes.chain(row.aliases.iter().copied()) {
                let wanted = plain(spelling);
                let found: Vec<_> =
                    TABLE.iter().filter(|row| row.answers_to(&wanted)).map(|row| row.alpha2).collect();
                assert_eq!(found, [row.alpha2], "{spelling}");
            }
            assert!((2..=60).contains(&row.name.chars().count()), "{}", row.name);
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
