//! Telephone numbers in a predicate: every form of a number is the same number.

use super::condition::Condition;
use super::predicate::Predicate;
use super::word::Word;
use crate::value::{AskedNumber, NumberingPlan};

/// The minimum number of digits of a telephone number in a search term.
const MIN_DIGITS: usize = 7;

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
            Self::Mentions(word) => term(vec![word], plan),
        }
    }
}

/// Consecutive words that look like parts of a number are one term.
fn with_terms(all: Vec<Predicate>, plan: &dyn NumberingPlan) -> Vec<Predicate> {
    let mut parts = Vec::with_capacity(all.len());
    let mut number = Vec::new();
    for part in all {
        match part {
            Predicate::Mentions(word) if is_part_of_number(&word) => number.push(word),
            other => {
                parts.extend(whole_term(&mut number, plan));
                parts.push(other.with_numbering(plan));
            }
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
