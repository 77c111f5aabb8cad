use unicode_normalization::UnicodeNormalization;

/// A text without regard to case and accents, as all searching and sorting sees it.
///
/// A text of nothing but accents keeps them, since it would be equal to every other such text otherwise.
///
/// Compatibility decomposition (NFKD), then the marks of the Latin, Greek, Cyrillic, Hebrew and Arabic scripts
/// are dropped, letters that Unicode does not decompose are written plainly (`ß` as `ss`, `ø` as `o`), and the
/// rest is lower-cased and composed again. Marks that make another letter, as in Devanagari or kana, stay.
///
/// ```
/// use client_domain::search::fold;
///
/// assert_eq!(fold("ÅNGSTRÖM"), "angstrom");
/// assert_eq!(fold("Straße"), fold("STRASSE"));
/// assert_eq!(fold("İstanbul"), fold("istanbul"));
/// assert_eq!(fold("Łukasz"), "lukasz");
/// assert_eq!(fold("が"), "が");
/// ```
pub fn fold(text: &str) -> String {
    // What comes below leaves ASCII as it is but for its case, and takes a while to find that out.
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let folded = fold_marks(text);
    if folded.trim().is_empty() { text.nfkc().collect() } else { folded }
}

/// The same, but of nothing but accents nothing is left.
pub(crate) fn fold_marks(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let folded = fold_once(text);
    // A few compatibility characters lower-case into letters that decompose once more.
    let again = fold_once(&folded);
    if again == folded { folded } else { fold_once(&again) }
}

fn fold_once(text: &str) -> String {
    text.nfkd().filter(|c| !is_accent(*c)).flat_map(char::to_lowercase).flat_map(plain).nfkc().collect()
}

fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}'   // Latin, Greek, Cyrillic
        | '\u{0483}'..='\u{0489}' // old Cyrillic
        | '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}' | '\u{05C2}' | '\u{05C4}' | '\u{05C5}' | '\u{05C7}' // Hebrew points
        | '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}' | '\u{0670}' // Arabic vowels
        | '\u{1AB0}'..='\u{1AFF}' | '\u{1DC0}'..='\u{1DFF}' | '\u{20D0}'..='\u{20FF}' | '\u{FE20}'..='\u{FE2F}')
}

fn plain(c: char) -> impl Iterator<Item = char> {
    let text: &'static str = match c {
        'ß' => "ss",
        'ı' => "i",
        'ς' => "σ",
        'ø' => "o",
        'ł' => "l",
        'đ' | 'ð' => "d",
        'ħ' => "h",
        'æ' => "ae",
        'œ' => "oe",
        'þ' => "th",
        _ => "",
    };
    let kept = if text.is_empty() { Some(c) } else { None };
    kept.into_iter().chain(text.chars())
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equal_but_for_case_and_accents_is_equal() {
        for (one, other) in [
            ("Zoë", "ZOE"),
            ("Nguyễn", "nguyen"),
            ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
            ("Ёлкин", "елкин"),
            ("مُحَمَّد", "محمد"),
            ("ﬁnn", "Finn"),
            ("Ｔｏｋｙｏ", "tokyo"),
            ("ISIK", "ışık"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        assert_ne!(fold("か"), fold("が"));
        assert_ne!(fold("कि"), fold("क"));
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn folding_twice_is_folding_once(text in any::<String>()) {
            let folded = fold(&text);
            prop_assert_eq!(fold(&folded), folded);
        }

        #[test]
        fn ascii_is_folded_as_everything_else(text in "[\\x00-\\x7F]{0,40}") {
            prop_assert_eq!(fold(&text), fold_once(&text));
        }

        #[test]
        fn composing_does_not_matter(text in "\\PC{0,20}") {
            prop_assert_eq!(fold(&text.nfc().collect::<String>()), fold(&text.nfd().collect::<String>()));
        }
    }
}
