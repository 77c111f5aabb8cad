//! The words of a search term.

use std::borrow::Cow;

use crate::text::{
    cyrillic_passport, fold_marks, is_separator, latin_passport, name_key, number_key, phone,
    without_punycode,
};
use crate::value::Invalid;

/// The maximum number of words in a search term.
pub const MAX_WORDS: usize = 10;
/// The maximum number of characters in a search term.
pub const MAX_TERM: usize = 256;

/// One word of a search term, in every spelling in which the search text of a client can hold it: as it was typed, as a
/// part of a name, in its passport spelling, as the number of a document and as a phone number.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct Word {
    /// The text that is read as this word again.
    written: String,
    /// Folded, none of them twice.
    spellings: Vec<String>,
}

impl Word {
    /// Splits a search term at white space; a blank term has no words. A word of only commas, hyphens and the like counts
    /// only if it is the whole term.
    ///
    /// ```
    /// use client_domain::search::Word;
    ///
    /// assert_eq!(Word::split("  ada  0803-123 ")?.len(), 2);
    /// assert_eq!(Word::split("Okonjo - Adaeze")?.len(), 2);
    /// assert_eq!(Word::split("   ")?.len(), 0);
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    pub fn split(term: &str) -> Result<Vec<Self>, Invalid> {
        let mut words: Vec<_> = typed_words(term).filter_map(|typed| Self::new(&typed)).collect();
        if words.iter().any(|word| !word.is_punctuation()) {
            words.retain(|word| !word.is_punctuation());
        } else {
            words.truncate(1);
        }
        if words.len() > MAX_WORDS {
            return Err(Invalid::Format { expected: "at most 10 words" });
        }
        Ok(words)
    }

    /// Reads a search term as it was typed: bounded, without control characters, and with at least one word unless it is
    /// blank. Otherwise a term of accents only would find every client.
    ///
    /// ```
    /// use client_domain::search::Word;
    ///
    /// assert_eq!(Word::read("Ada Okafor")?.len(), 2);
    /// assert!(Word::read("\u{301}").is_err());
    /// # Ok::<(), client_domain::Invalid>(())
    /// ```
    pub fn read(raw: &str) -> Result<Vec<Self>, Invalid> {
        if raw.chars().take(MAX_TERM + 1).count() > MAX_TERM {
            return Err(Invalid::TooLong { max: MAX_TERM });
        }
        if raw.chars().any(|c| c.is_control() && !c.is_whitespace()) {
            return Err(Invalid::ControlCharacter);
        }
        let words = Self::split(raw)?;
        // One character may fold into eighteen, so the folded text is bounded.
        let length = |word: &Self| word.spellings.first().map_or(0, |folded| folded.chars().count() + 1);
        if words.iter().map(length).sum::<usize>() > MAX_TERM + 1 {
            return Err(Invalid::TooLong { max: MAX_TERM });
        }
        if words.is_empty() && !raw.trim().is_empty() { Err(Invalid::Invisible) } else { Ok(words) }
    }

    fn new(typed: &str) -> Option<Self> {
        let spellings = spellings(typed);
        let folded = spellings.first()?;
        // The folded form of a name has lost its umlaut, and with it the other spellings.
        let is_read_again = !folded.contains(' ') && self::spellings(folded) == spellings;
        let written = if is_read_again { folded.clone() } else { typed.to_owned() };
        Some(Self { written, spellings })
    }

    fn is_punctuation(&self) -> bool {
        self.written.chars().all(is_separator)
    }

    /// The word as a filter writes it, which is read as the same word.
    pub fn written(&self) -> &str {
        &self.written
    }

    /// The spellings, one of which must occur.
    pub fn spellings(&self) -> impl Iterator<Item = &str> {
        self.spellings.iter().map(String::as_str)
    }

    /// Whether the word occurs in the search text of a client.
    pub fn occurs_in(&self, search_text: &str) -> bool {
        self.spellings().any(|spelling| search_text.contains(spelling))
    }
}

/// The words of a term as they were typed. A plus that stands apart belongs to the number behind it, which is another number
/// without it.
fn typed_words(term: &str) -> impl Iterator<Item = Cow<'_, str>> {
    let mut words = term.split_whitespace().peekable();
    std::iter::from_fn(move || {
        let word = words.next()?;
        let is_number = |next: &&str| next.trim_start_matches(is_bracket).starts_with(char::is_numeric);
        let is_plus = fold_marks(word).trim_matches(is_bracket) == "+";
        Some(match words.next_if(|next| is_plus && is_number(next)) {
            Some(number) => format!("+{number}").into(),
            None => word.into(),
        })
    })
}

const fn is_bracket(c: char) -> bool {
    matches!(c, '(' | ')' | '[' | ']')
}

/// The spellings of a word, folded first; none if nothing is left of it.
fn spellings(typed: &str) -> Vec<String> {
    let folded = fold_marks(typed);
    // Most words are letters or digits alone, and have one spelling.
    if folded.is_empty() || (typed.is_ascii() && folded.bytes().all(|byte| byte.is_ascii_alphanumeric())) {
        return if folded.is_empty() { Vec::new() } else { vec![folded] };
    }
    let mut spellings = vec![folded.clone()];
    let mut add = |spelling: String| {
        if !spelling.is_empty() && !spellings.contains(&spelling) {
            spellings.push(spelling);
        }
    };
    if folded.contains("xn--") {
        add(fold_marks(&without_punycode(&folded)));
    }
    if folded.contains('@') {
        add(folded.trim_matches(is_separator).to_owned());
        return spellings;
    }
    // The letters of a word that is mostly signs are not a name.
    let name = name_key(typed);
    if name.contains(char::is_alphanumeric) && 2 * name.chars().count() >= folded.chars().count() {
        add(name);
    }
    latin_passport(typed).into_iter().chain(cyrillic_passport(typed)).for_each(&mut add);
    add(phone_digits(&folded));
    // Signs that are part of an address or could be meant as a wildcard stay signs.
    let is_sign = |c: char| matches!(c, '%' | '_' | '*' | '\\' | '+');
    if folded.contains(|c: char| c.is_ascii_digit()) && !folded.contains(is_sign) {
        add(number_key(typed));
    }
    spellings
}

/// A number with punctuation, such as part of a phone number, without it; none if it is not a number.
fn phone_digits(folded: &str) -> String {
    let bare = phone(folded);
    let digits = bare.trim_start_matches('+');
    let is_number = !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit());
    if is_number { bare } else { String::new() }
}

impl std::fmt::Debug for Word {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Word(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn spelled(term: &str) -> Vec<Vec<String>> {
        Word::read(term).unwrap().into_iter().map(|word| word.spellings).collect()
    }

    #[test]
    fn a_word_has_every_spelling_under_which_it_is_stored() {
        for (typed, expected) in [
            ("Ada", &["ada"][..]),
            ("O’Brien", &["o’brien", "obrien"]),
            ("Okonjo,", &["okonjo,", "okonjo"]),
            ("Müller", &["muller", "mueller"]),
            ("Щукин", &["щукин", "shchukin"]),
            ("F.111/2223", &["f.111/2223", "f111/2223", "f1112223"]),
            ("(0803)-12", &["(0803)-12", "080312"]),
            ("ada@example.com,", &["ada@example.com,", "ada@example.com"]),
            ("@xn--mnchen-3ya.de", &["@xn--mnchen-3ya.de", "@munchen.de"]),
            ("100%", &["100%"]),
            ("a_b", &["a_b"]),
            ("\u{200E}ada\u{200B}", &["ada"]),
        ] {
            assert_eq!(spelled(typed), [expected], "{typed}");
        }
    }

    #[test]
    fn punctuation_between_words_does_not_count() {
        assert_eq!(spelled("Okonjo , Adaeze").len(), 2);
        assert_eq!(spelled("- -"), [["-"]]);
        assert!(Word::read("\u{200B} \u{301}").is_err());
    }

    #[test]
    fn a_written_word_is_read_as_the_same_word() {
        for typed in ["Ada", "O’Brien", "Müller", "Щукин", "x´y", "F.111/2223", "ß", "Ǻ", "İ", "٠٨٠٣-١"]
        {
            for word in Word::read(typed).unwrap() {
                assert_eq!(Word::read(word.written()).unwrap(), std::slice::from_ref(&word), "{typed}");
            }
        }
    }
}
