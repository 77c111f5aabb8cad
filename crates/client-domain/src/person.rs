//! Which actor ids identify the same person.

use std::fmt;

use unicode_normalization::UnicodeNormalization;

use crate::actor::ActorId;
use crate::text::is_ambiguous;

/// The normal form of an actor id: ids that differ only by case, width, blanks or invisible characters have
/// the same.
///
/// Similar letters of two scripts, such as the Latin and the Cyrillic a, differ. A token issuer that lets
/// people choose their subject must not issue both.
///
/// Only four eyes compares normal forms. An id is stored and shown as it was given, and an idempotency key
/// belongs to the exact id: a look-alike must not receive another caller's outcome.
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

    /// The person with this id, or with this stored normal form.
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
    /// Whether both ids identify the same person.
    pub fn is_same_person(&self, other: &Self) -> bool {
        self == other || Person::of(self) == Person::of(other)
    }
}

/// Compatibility composition, case folding, single blanks, and no invisible characters.
fn normal(id: &str) -> String {
    // For such an id, the steps below change the case only.
    if id.bytes().all(|byte| byte.is_ascii_graphic()) {
        return id.to_ascii_lowercase();
    }
    let mut last = normal_once(id);
    // Folding can produce a sequence that composes, and composition a letter that folds. The loop ends after
    // few rounds.
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
    // Lower-casing the upper case folds letters with several lower-case forms, such as σ and ς, or ß and ss.
    let visible = id.nfkc().filter(|c| c.is_whitespace() || !is_ambiguous(*c));
    let folded: String = visible.flat_map(char::to_uppercase).flat_map(char::to_lowercase).nfkc().collect();
    folded.split_whitespace().collect::<Vec<_>>().join(" ")
}

#[cfg(feature = "serde")]
crate::conversions::text_serde!(Person, |person| person.as_str(), |text| Ok(Self::restore(text)));

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn case_width_and_invisible_characters_do_not_distinguish_persons() {
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
    fn accents_and_letters_distinguish_persons() {
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
