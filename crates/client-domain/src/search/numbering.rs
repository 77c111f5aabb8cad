//! Telephone numbers in a predicate: every form of a number is the same number.

use super::condition::Condition;
use super::predicate::Predicate;
use super::word::Word;
use crate::value::{AskedNumber, NumberingPlan};

/// The minimum number of digits of a telephone number in a search term.
const MIN_DIGITS: usize = 7;

/// The beginning of a telephone number that was copied from a link.
const LINK: &str = "tel:";

/// What stands between a telephone number and its extension.
const EXTENSION: [&str; 5] = ["extension", "ext.", "ext", "x", "#"];

/// The maximum number of digits of an extension.
const MAX_EXTENSION: usize = 6;

impl Predicate {
    /// The same predicate by this numbering plan, for its conditions on telephone numbers.
    ///
    /// A condition on the phone number holds for every form of the number that it names. A search term that is a
    /// number, with blanks or without, finds the client with that number, and not clients with its words.
    ///
    /// ```
    /// use client_domain::search::field;
    /// use client_domain::value::DigitsOnly;
    ///
    /// let wanted = field::PHONE_NUMBER.equals("0803 123 4567").check()?;
    /// assert_eq!(wanted.clone().with_numbering(&DigitsOnly), wanted, "it knows digits only");
    /// # Ok::<(), client_domain::search::Faults>(())
    /// ```
    #[must_use]
    pub fn with_numbering(self, plan: &dyn NumberingPlan) -> Self {
        match self {
            Self::All(all) => Self::All(with_terms(all, plan)),
            Self::Any(any) => Self::Any(any.into_iter().map(|one| one.with_numbering(plan)).collect()),
            Self::Not(other) => Self::Not(Box::new(other.with_numbering(plan))),
            Self::Where(condition) => Self::Where(condition.with_numbering(plan)),
            Self::Mentions(word) => term(vec![without_marks(word)], plan),
        }
    }
}

/// Consecutive words that look like parts of a number are one term.
fn with_terms(all: Vec<Predicate>, plan: &dyn NumberingPlan) -> Vec<Predicate> {
    let mut parts = Vec::with_capacity(all.len());
    let mut number: Vec<Word> = Vec::new();
    let mut all = all.into_iter();
    while let Some(part) = all.next() {
        let word = match part {
            Predicate::Mentions(word) if is_link(&word, all.as_slice()) => continue,
            Predicate::Mentions(word) => without_marks(word),
            other => {
                parts.extend(whole_term(&mut number, plan));
                parts.push(other.with_numbering(plan));
                continue;
            }
        };
        if is_part_of_number(&word) {
            number.push(word);
        } else if let Some(last) = last_group(&number, &word) {
            number.push(last);
        } else if is_extension(&number, &word, all.as_slice()) {
            // One number is one client, whatever its extension.
            if !word.written().chars().any(char::is_numeric) {
                all.next();
            }
        } else {
            parts.extend(whole_term(&mut number, plan));
            parts.push(Predicate::Mentions(word).with_numbering(plan));
        }
    }
    parts.extend(whole_term(&mut number, plan));
    parts
}

fn whole_term(words: &mut Vec<Word>, plan: &dyn NumberingPlan) -> Option<Predicate> {
    (!words.is_empty()).then(|| term(std::mem::take(words), plan))
}

/// The predicate of words that may form one number.
fn term(words: Vec<Word>, plan: &dyn NumberingPlan) -> Predicate {
    let typed = words.iter().map(Word::written).collect::<Vec<_>>().join(" ");
    let digits: String = typed.chars().filter(char::is_ascii_digit).collect();
    let count = typed.chars().filter(|c| c.is_numeric()).count();
    let asked = if count >= MIN_DIGITS { plan.asked(&typed) } else { AskedNumber::default() };
    if asked.numbers.is_empty() {
        return Predicate::of_words(words);
    }
    let mut either = vec![Predicate::Where(Condition::of_phone_numbers(&asked.numbers))];
    if words.len() == 1 && !typed.starts_with('+') {
        // Digits in a row may be part of a number, and of an identification.
        either.extend(words.into_iter().map(Predicate::Mentions));
    } else {
        either.extend(Condition::of_identification_numbers(&[&typed, &digits]).map(Predicate::Where));
        if !asked.is_certain {
            either.extend(Word::split(&digits).unwrap_or_default().into_iter().map(Predicate::Mentions));
        }
    }
    Predicate::Any(either)
}

/// Whether this word is the beginning of a link, and the number is the next word.
fn is_link(word: &Word, next: &[Predicate]) -> bool {
    word.written().eq_ignore_ascii_case(LINK)
        && matches!(next.first(), Some(Predicate::Mentions(next)) if is_part_of_number(&without_marks(next.clone())))
}

/// The last group of a number with blanks, where its extension follows without one.
fn last_group(number: &[Word], word: &Word) -> Option<Word> {
    let written = word.written().to_lowercase();
    let end = written.find(|c: char| matches!(c, ';' | ',' | '#') || c.is_alphabetic())?;
    let (group, behind) = written.split_at_checked(end)?;
    let behind = behind.trim_start_matches([';', ',']);
    let (mark, digits) = EXTENSION.iter().find_map(|mark| Some((*mark, behind.strip_prefix(mark)?)))?;
    // An x may be a letter of an identification, unless the number is an international one.
    if mark == "x" && !number.first()?.written().starts_with('+') {
        return None;
    }
    let last = Word::split(group).ok()?.into_iter().next().filter(is_part_of_number)?;
    let count = number.iter().chain([&last]).map(digits_of).sum::<usize>();
    (count >= MIN_DIGITS && is_short(digits.trim_start_matches(['=', '.']))).then_some(last)
}

/// Whether this word is the extension of the number before it, or is its mark and the next word has its digits.
fn is_extension(number: &[Word], word: &Word, next: &[Predicate]) -> bool {
    if number.iter().map(digits_of).sum::<usize>() < MIN_DIGITS {
        return false;
    }
    let written = word.written().to_lowercase();
    // A letter before digits may be an identification.
    let is_mark = |mark: &&&str| **mark != "x" || written == "x";
    let mut behind = EXTENSION.iter().filter(is_mark).filter_map(|mark| written.strip_prefix(mark));
    behind.any(|digits| match next.first() {
        Some(Predicate::Mentions(next)) if digits.is_empty() => is_short(next.written()),
        _ => is_short(digits),
    })
}

fn digits_of(word: &Word) -> usize {
    word.written().chars().filter(|c| c.is_numeric()).count()
}

/// Whether these are the digits of an extension.
fn is_short(digits: &str) -> bool {
    (1..=MAX_EXTENSION).contains(&digits.chars().count()) && digits.chars().all(char::is_numeric)
}

/// The number of a word that is a link to it, or that has an extension behind an international one. Other words may be an
/// identification as they are.
fn without_marks(word: Word) -> Word {
    let written = word.written().to_lowercase();
    let linked = written.strip_prefix(LINK);
    let number = linked.unwrap_or(&written);
    let end = |number: &str| number.find(|c: char| matches!(c, ';' | ',' | '#') || c.is_alphabetic());
    let number = match end(number) {
        Some(end) if number.starts_with('+') || linked.is_some() => number.get(..end).unwrap_or_default(),
        _ => number,
    };
    if number.len() == written.len() {
        return word;
    }
    let read = Word::split(number).ok().and_then(|words| words.into_iter().next());
    read.filter(is_part_of_number).unwrap_or(word)
}

fn is_part_of_number(word: &Word) -> bool {
    let text = word.written();
    text.chars().any(char::is_numeric)
        && text.chars().all(|c| {
            c.is_numeric()
                || crate::text::is_ambiguous(c)
                || matches!(
                    c,
                    '+' | '-' | '(' | ')' | '[' | ']' | '.' | '/' | '·' | '\u{2010}'
                        ..='\u{2015}' | '\u{2212}'
                )
        })
}
