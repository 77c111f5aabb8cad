//! Which actor ids stand for the same person.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::actor::ActorId;
use crate::value::is_ambiguous;

/// The normal form of an actor id: ids that differ only by case, width, blanks or invisible characters have the same.
///
/// Letters that look alike in two scripts, such as the Latin and the Cyrillic a, are two letters: an issuer of tokens that lets
/// people choose their subject must not give out both.
///
/// Four eyes compares these and nothing else. An id is stored and answered as it was given, and an idempotency key
/// belongs to the exact id: there a look-alike must not get somebody else's answer.
///
/// ```
/// use client_domain::{ActorId, Person};
///
/// let person = |id: &str| ActorId::parse(id).map(|id| Person::of(&id));
/// assert_eq!(person("Alice")?, person("alice")?);
/// assert_eq!(person("ａｌｉｃｅ")?, person("alice")?);
/// assert_eq!(person("al\u{200B}ice")?, person("alice")?);
/// assert_ne!(person("alicia")?, person("alice")?);
/// # Ok::<(), client_domain::Invalid>(())
/// ```
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Person(String);

impl Person {
    /// The person behind an actor id.
    pub fn of(id: &ActorId) -> Self {
        Self(normal(id.as_str()))
    }

    /// The person whose id, or its normal form, a storage has kept.
    pub fn restore(kept: &str) -> Self {
        Self(normal(kept))
    }

    /// The normal form as it is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for Person {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Person").field(&self.0).finish()
    }
}

impl ActorId {
    /// Whether both stand for the same person: they differ by case, width, blanks and invisible characters at most.
    pub fn is_same_person(&self, other: &Self) -> bool {
        self == other || Person::of(self) == Person::of(other)
    }
}

/// Compatibility composition, case folding, one blank for several, and no characters that cannot be seen.
fn normal(id: &str) -> String {
    // What comes below changes nothing but the case of such an id.
    if id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return id.to_ascii_lowercase();
    }
    let mut last = normal_once(id);
    // Folding can make a sequence that composes, and composing a letter that folds; this ends after few rounds.
    for _ in 0..4 {
        let next = normal_once(&last);
        if next == last {
            break;
        }
        last = next;
    }
    last
}

fn normal_once(id: &str) -> String {
    // Lower-casing the upper case folds what has several lower-case forms, such as σ and ς, or ß and ss.
    let visible = id.nfkc().filter(|c| c.is_whitespace() || !is_ambiguous(*c));
    let folded: String = visible.flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_width_and_invisible_characters_make_no_other_person() {
        for (one, other) in [
            ("alice", "ALICE"),
            ("alice", "a\u{AD}lice"),
            ("alice", "alice\u{200B}"),
            ("alice", "ａｌｉｃｅ"),
            ("alice", "𝐚𝐥𝐢𝐜𝐞"),
            ("alice", "a\u{FE0F}lice"),
            ("alice", "al\u{E0069}ice"),
            ("alice", "alice\u{2800}"),
            ("alice", "\u{FFF9}alice"),
            ("alice", "ali\u{70F}ce"),
            ("alice", "alice\u{E000}"),
            ("alice", "\u{600}alice"),
            ("alice b", "alice  b"),
            ("alice b", "alice\u{2003}b"),
            ("zoë", "ZOË"),
            ("zoe\u{308}", "zoë"),
            ("strasse", "STRAẞE"),
            ("σοφίας", "ΣΟΦΊΑΣ"),
            ("kelvin", "\u{212A}elvin"),
        ] {
            assert_eq!(normal(one), normal(other), "{one:?} {other:?}");
        }
    }

    #[test]
    fn accents_and_letters_make_another_person() {
        for (one, other) in [("jose", "josé"), ("alice", "alicе"), ("a-b", "ab"), ("alice", "alice2")] {
            assert_ne!(normal(one), normal(other), "{one:?} {other:?}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(2_000))]
        #[test]
        fn the_normal_form_of_a_normal_form_is_itself(id in "\\PC{0,20}") {
            let once = normal(&id);
            prop_assert_eq!(normal(&once), once);
        }

        #[test]
        fn ascii_takes_no_other_way(id in "[\\x20-\\x7E]{0,40}") {
            prop_assert_eq!(normal(&id), normal_once(&id));
        }
    }
}
