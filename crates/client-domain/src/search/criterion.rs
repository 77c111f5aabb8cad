use std::collections::BTreeSet;

use jiff::civil::Date;

use super::kyc_test::KycCondition;
use super::property::Property;
use super::sortable::Sortable;
use crate::client::Client;

/// A resolved condition, in one of the few forms that an adapter has to know. Relative days, ages and the
/// many operators are resolved already, so that they mean the same in every adapter.
///
/// Only [`Criterion::Empty`] holds for a client without a value.
#[derive(Clone, PartialEq, Eq)]
pub enum Criterion {
    /// There is no value.
    Empty,
    /// One of the normal forms of the text matches one of those of the condition.
    Text {
        /// The kind of match.
        how: TextMatch,
        /// The normal forms of the condition, none of them empty.
        any_of: Vec<String>,
    },
    /// The text is exactly this one.
    Exactly(String),
    /// The value is one of these; an empty set matches no client.
    OneOf(BTreeSet<Sortable>),
    /// The value is in one of these spans; an empty list matches no client.
    Within(Vec<Span>),
    /// The KYC status is one of these.
    Kyc(KycCondition),
}

/// The kind of match of a text with another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum TextMatch {
    /// Both are equal.
    Equals,
    /// It contains the other.
    Contains,
    /// It starts with the other.
    StartsWith,
    /// It ends with the other.
    EndsWith,
}

/// A range of values; both ends are included, and a missing end is open.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    /// The smallest value.
    pub from: Option<Sortable>,
    /// The largest value.
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
    /// The criterion that matches no client.
    pub(super) const fn never() -> Self {
        Self::Within(Vec::new())
    }

    /// Whether the value that a client has of a property meets it.
    pub(super) fn is_met_by(&self, property: Property, client: &Client, today: Date) -> bool {
        match self {
            Self::Empty => property.values(client).is_empty(),
            Self::Text { how, any_of } => {
                let forms = property.forms(client);
                forms.iter().any(|form| any_of.iter().any(|other| how.holds(form, other)))
            }
            Self::Exactly(text) => property.texts(client).iter().any(|own| own == text.as_str()),
            Self::OneOf(_) | Self::Within(_) => {
                property.values(client).iter().any(|value| self.is_met_by_value(value))
            }
            Self::Kyc(condition) => condition.holds(client, today),
        }
    }

    /// Whether a value other than a text meets it.
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
