//! The normal form 1 of claims, which releases before [`NORMAL_FORM`](super::NORMAL_FORM) 2 stored.
//!
//! A client claims its values in this form too where it differs: so clients of both releases see each other's while both
//! run, and while what was stored before is not recomputed. It is frozen, and goes with the release after the next.

use unicode_normalization::UnicodeNormalization as _;

use super::visibility::is_ambiguous;

/// The kind or the number of an identification.
pub(crate) fn former_number(text: &str) -> String {
    fold(text)
        .chars()
        .filter(|c| !c.is_whitespace() && !is_ambiguous(*c) && !matches!(c, '-' | '\u{2010}'..='\u{2015}'))
        .collect()
}

/// An e-mail address.
pub(crate) fn former_email(text: &str) -> String {
    text.nfkc().collect::<String>().to_lowercase()
}

fn fold(text: &str) -> String {
    if text.is_ascii() {
        return text.to_ascii_lowercase();
    }
    let folded = fold_once(text);
    let again = fold_once(&folded);
    if again == folded { folded } else { fold_once(&again) }
}

fn fold_once(text: &str) -> String {
    text.nfkd().filter(|c| !is_accent(*c)).flat_map(char::to_lowercase).flat_map(plain).nfkc().collect()
}

fn is_accent(c: char) -> bool {
    matches!(c,
        '\u{0300}'..='\u{036F}'
        | '\u{0483}'..='\u{0489}'
        | '\u{0591}'..='\u{05BD}' | '\u{05BF}' | '\u{05C1}' | '\u{05C2}' | '\u{05C4}' | '\u{05C5}' | '\u{05C7}'
        | '\u{0610}'..='\u{061A}' | '\u{064B}'..='\u{065F}' | '\u{0670}'
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
