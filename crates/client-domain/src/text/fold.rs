use unicode_normalization::UnicodeNormalization as _;

use super::fold_table::{DROPPED, PLAIN, SIMPLIFIED, ZEROS};

/// A text without regard to case, accents and forms of letters, as all searching and sorting sees it.
///
/// A text of nothing but accents keeps them, since it would be equal to every other such text otherwise.
///
/// Compatibility decomposition (NFKD); accents and invisible characters are dropped; letters that Unicode does not
/// decompose are written plainly (`ß` as `ss`, `ø` as `o`, `ى` as `ي`, katakana as hiragana, `張` as `张`), digits of every
/// script as `0` to `9`; the rest is lower-cased and composed again, and blanks become single ones. Marks that make
/// another letter, as in Devanagari or kana, stay. The tables are those of Unicode and CLDR.
///
/// ```
/// use client_domain::text::fold;
///
/// assert_eq!(fold("ÅNGSTRÖM"), "angstrom");
/// assert_eq!(fold("Straße"), fold("STRASSE"));
/// assert_eq!(fold("İstanbul"), fold("istanbul"));
/// assert_eq!(fold("Łukasz"), "lukasz");
/// assert_eq!(fold("محـمد"), fold("مُحَمَّد"));
/// assert_eq!(fold(" Van\u{A0} Dijk\u{200B}"), "van dijk");
/// assert_ne!(fold("が"), fold("か"));
/// ```
pub fn fold(text: &str) -> String {
    let folded = fold_marks(text);
    if folded.is_empty() && !text.is_empty() { collapsed(text.nfkc()) } else { folded }
}

/// The same, but of nothing but accents nothing is left.
pub(crate) fn fold_marks(text: &str) -> String {
    // What comes below leaves ASCII as it is but for its case and blanks, and takes a while to find that out.
    if text.is_ascii() {
        return if is_collapsed(text) {
            text.to_ascii_lowercase()
        } else {
            collapsed(text.chars().map(|c| c.to_ascii_lowercase()))
        };
    }
    stable(text, fold_once)
}

/// Applies a fold until nothing changes: a few compatibility characters lower-case into letters that decompose once
/// more, and what a sign stood between may compose without it.
pub(super) fn stable(text: &str, fold: impl Fn(&str) -> String) -> String {
    let mut last = fold(text);
    for _ in 0..4 {
        if last.is_ascii() {
            break;
        }
        let next = fold(&last);
        if next == last {
            break;
        }
        last = next;
    }
    last
}

fn fold_once(text: &str) -> String {
    let folded =
        text.nfkd().filter(|c| !is_in(DROPPED, *c)).flat_map(char::to_lowercase).flat_map(written_plainly);
    collapsed(folded.nfkc())
}

/// Whether one of these sorted ranges holds the character.
pub(super) fn is_in(ranges: &[(char, char)], c: char) -> bool {
    let after = ranges.partition_point(|(_, last)| *last < c);
    ranges.get(after).is_some_and(|(first, _)| *first <= c)
}

fn written_plainly(c: char) -> impl Iterator<Item = char> {
    let text = plain(c);
    let kept = if text.is_some() { None } else { Some(c) };
    kept.into_iter().chain(text.unwrap_or_default().chars())
}

/// What a lower-case character that does not decompose stands for, if it is something else.
fn plain(c: char) -> Option<&'static str> {
    if c.is_ascii() {
        return None;
    }
    let letter = PLAIN.binary_search_by_key(&c, |(letter, _)| *letter).ok().and_then(|at| PLAIN.get(at));
    letter.map(|(_, text)| *text).or_else(|| simplified(c)).or_else(|| digit(c))
}

/// The simplified form of a traditional Chinese character.
fn simplified(c: char) -> Option<&'static str> {
    const LENGTH: usize = 3;
    if !matches!(c, '\u{3400}'..='\u{9FFF}') {
        return None;
    }
    let mut bytes = [0; 4];
    let wanted = &*c.encode_utf8(&mut bytes);
    let (mut low, mut high) = (0, SIMPLIFIED.len() / (2 * LENGTH));
    while low < high {
        let middle = usize::midpoint(low, high);
        let at = middle * 2 * LENGTH;
        match SIMPLIFIED.get(at..at + LENGTH)?.cmp(wanted) {
            std::cmp::Ordering::Equal => return SIMPLIFIED.get(at + LENGTH..at + 2 * LENGTH),
            std::cmp::Ordering::Less => low = middle + 1,
            std::cmp::Ordering::Greater => high = middle,
        }
    }
    None
}

/// The digit with the value of a digit of another script.
pub(super) fn digit(c: char) -> Option<&'static str> {
    let at = ZEROS.partition_point(|zero| *zero <= c).checked_sub(1)?;
    let value = usize::try_from(u32::from(c) - u32::from(*ZEROS.get(at)?)).ok()?;
    "0123456789".get(value..value + 1)
}

fn is_collapsed(ascii: &str) -> bool {
    let mut after_blank = true;
    for c in ascii.chars() {
        let is_blank = c.is_whitespace();
        if is_blank && (after_blank || c != ' ') {
            return false;
        }
        after_blank = is_blank;
    }
    !after_blank
}

/// With single blanks, and none at the ends.
fn collapsed(chars: impl Iterator<Item = char>) -> String {
    let mut text = String::with_capacity(chars.size_hint().0);
    let mut after_blank = false;
    for c in chars {
        if c.is_whitespace() {
            after_blank = !text.is_empty();
            continue;
        }
        if after_blank {
            text.push(' ');
            after_blank = false;
        }
        text.push(c);
    }
    text
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn equal_but_for_case_accents_and_forms_is_equal() {
        for (one, other) in [
            ("Zoë", "ZOE"),
            ("Nguyễn", "nguyen"),
            ("ΟΔΥΣΣΕΥΣ", "οδυσσευς"),
            ("Ёлкин", "елкин"),
            ("مُحَمَّد", "محمد"),
            ("محـمد", "محمد"),
            ("مصطفى", "مصطفي"),
            ("مصطفی", "مصطفي"),
            ("فاطمة", "فاطمه"),
            ("أحمد", "احمد"),
            ("إبراهيم", "ابراهيم"),
            ("ٱلله", "الله"),
            ("کریم", "كريم"),
            ("مؤمن", "مومن"),
            ("رائد", "رايد"),
            ("דויד", "דוּיד"),
            ("ﬁnn", "Finn"),
            ("Ｔｏｋｙｏ", "tokyo"),
            ("ISIK", "ışık"),
            ("Đặng", "dang"),
            ("Þór", "thor"),
            ("Ƙwaru Ɓala Ɗan", "kwaru bala dan"),
            ("Ọlá Ẹniọlá", "ola eniola"),
            ("Əliyev", "eliyev"),
            ("Қанат", "канат"),
            ("Ґалаґан", "галаган"),
            ("タナカ", "たなか"),
            ("ﾀﾅｶ", "たなか"),
            ("張偉", "张伟"),
            ("ज़ाकिर", "जाकिर"),
            ("١٢٣ شارع", "123 شارع"),
            ("१२ मार्ग", "12 मार्ग"),
            ("Van\u{3000}\u{2003}Dijk", "van dijk"),
            ("\u{FEFF}Zin\u{200B}gara\u{200E}", "zingara"),
            ("Ijeoma\u{AD}", "ijeoma"),
        ] {
            assert_eq!(fold(one), fold(other), "{one} {other}");
        }
        for (one, other) in [("か", "が"), ("कि", "क"), ("نور", "نورا"), ("o", "u")] {
            assert_ne!(fold(one), fold(other), "{one} {other}");
        }
    }

    #[test]
    fn what_is_dropped_is_what_a_reader_does_not_see_or_hear() {
        for c in '\0'..=char::MAX {
            if crate::text::is_invisible(c) {
                assert_eq!(fold_marks(&c.to_string()), "", "{c:?}");
            }
            if c.nfkd().all(|part| part.is_alphanumeric() && !is_in(DROPPED, part)) {
                assert!(!fold_marks(&c.to_string()).is_empty(), "{c:?} is a letter");
            }
        }
    }

    #[test]
    fn table_is_in_order() {
        for ranges in [DROPPED, super::super::fold_table::SEPARATORS] {
            assert!(ranges.iter().all(|(first, last)| first <= last));
            assert!(ranges.windows(2).all(|pair| pair[0].1 < pair[1].0));
        }
        assert!(PLAIN.windows(2).all(|pair| pair[0].0 < pair[1].0));
        assert!(ZEROS.windows(2).all(|pair| pair[0] < pair[1]));
        let han: Vec<_> = SIMPLIFIED.chars().collect();
        assert!(han.chunks(2).collect::<Vec<_>>().windows(2).all(|pair| pair[0][0] < pair[1][0]));
        assert_eq!(SIMPLIFIED.len(), 3 * han.len());
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
            prop_assert_eq!(fold_marks(&text), fold_once(&text));
        }

        #[test]
        fn composing_does_not_matter(text in "\\PC{0,20}") {
            prop_assert_eq!(fold(&text.nfc().collect::<String>()), fold(&text.nfd().collect::<String>()));
        }
    }
}
