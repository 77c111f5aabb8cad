use std::collections::BTreeSet;

use jiff::civil::Date;

use super::{KycTest, Property, Sortable, fold};
use crate::client::Client;

/// What a condition comes down to, in the few forms that an adapter has to know. Relative days, ages and the
/// many operators have been worked out already, so that every adapter means the same by them.
///
/// Whatever it is, it does not hold for a client who has no such value, but for [`Criterion::Empty`].
#[derive(Clone, PartialEq, Eq)]
pub enum Criterion {
    /// There is no value.
    Empty,
    /// The folded text lies so to one of these, which are folded.
    Text {
        /// How it lies to them.
        how: TextMatch,
        /// Folded texts, none of them empty.
        any_of: Vec<String>,
    },
    /// The text is this one, to the letter.
    Exactly(String),
    /// The value is one of these; of none, it never holds.
    OneOf(BTreeSet<Sortable>),
    /// The value lies in one of these spans; of none, it never holds.
    Within(Vec<Span>),
    /// What was handed in is like this.
    Kyc(KycTest),
}

/// How a text lies to another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextMatch {
    /// They are the same.
    Equals,
    /// The other occurs in it.
    Contains,
    /// It begins with the other.
    StartsWith,
    /// It ends with the other.
    EndsWith,
}

/// Values from one to another; both ends are included, and an end that is not there is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The smallest value.
    pub from: Option<Sortable>,
    /// The greatest value.
    pub to: Option<Sortable>,
}

impl Span {
    /// The only value in it, if both ends are the same.
    ///
    /// ```
    /// use client_domain::search::{Sortable, Span};
    ///
    /// let (one, two) = (Some(Sortable::Number(1)), Some(Sortable::Number(2)));
    /// assert_eq!(Span { from: one.clone(), to: one.clone() }.only(), Some(&Sortable::Number(1)));
    /// assert_eq!(Span { from: one.clone(), to: two }.only(), None);
    /// assert_eq!(Span { from: None, to: None }.only(), None);
    /// ```
    pub fn only(&self) -> Option<&Sortable> {
        self.from.as_ref().filter(|from| self.to.as_ref() == Some(from))
    }
}

impl std::fmt::Debug for Criterion {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(match self {
            Self::Empty => "Empty",
            Self::Text { .. } => "Text(***)",
            Self::Exactly(_) => "Exactly(***)",
            Self::OneOf(_) => "OneOf(***)",
            Self::Within(_) => "Within(***)",
            Self::Kyc(_) => "Kyc(***)",
        })
    }
}

impl Criterion {
    /// What matches no client.
    pub(super) const fn never() -> Self {
        Self::Within(Vec::new())
    }

    /// Whether the value that a client has of a property meets it.
    pub(super) fn is_met_by(&self, property: Property, client: &Client, today: Date) -> bool {
        match self {
            Self::Empty => property.values(client).is_empty(),
            Self::Text { how, any_of } => property.texts(client).iter().any(|text| {
                let text = fold(text);
                any_of.iter().any(|other| how.holds(&text, other))
            }),
            Self::Exactly(text) => property.texts(client).iter().any(|own| own == text.as_str()),
            Self::OneOf(_) | Self::Within(_) => {
                property.values(client).iter().any(|value| self.is_met_by_value(value))
            }
            Self::Kyc(test) => test.holds(client, today),
        }
    }

    /// Whether a value that is no text meets it.
    pub(super) fn is_met_by_value(&self, value: &Sortable) -> bool {
        match self {
            Self::Empty => *value == Sortable::Nothing,
            Self::OneOf(values) => *value != Sortable::Nothing && values.contains(value),
            Self::Within(spans) => *value != Sortable::Nothing && spans.iter().any(|span| span.holds(value)),
            Self::Text { .. } | Self::Exactly(_) | Self::Kyc(_) => false,
        }
    }
}

impl TextMatch {
    fn holds(self, text: &str, other: &str) -> bool {
        match self {
            Self::Equals => text == other,
            Self::Contains => text.contains(other),
            Self::StartsWith => text.starts_with(other),
            Self::EndsWith => text.ends_with(other),
        }
    }
}

impl Span {
    fn holds(&self, value: &Sortable) -> bool {
        self.from.as_ref().is_none_or(|from| from <= value) && self.to.as_ref().is_none_or(|to| value <= to)
    }
}
