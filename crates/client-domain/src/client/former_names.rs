//! The names that a client had before.

use std::fmt;

use super::details::Details;
use super::field_value::{FieldValue, ValueChange};
use crate::value::PersonName;

/// First, middle and last name of a client together.
#[derive(Clone, Debug, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize), serde(rename_all = "camelCase"))]
pub struct FullName {
    /// The first name.
    pub first: PersonName,
    /// The middle name, for clients who have one.
    pub middle: Option<PersonName>,
    /// The last name.
    pub last: PersonName,
}

impl FullName {
    /// The name in force.
    pub fn of(details: &Details) -> Self {
        Self {
            first: details.first_name.clone(),
            middle: details.middle_name.clone(),
            last: details.last_name.clone(),
        }
    }

    /// The name before this change; the same if the change is of another field.
    fn before(mut self, change: &ValueChange) -> Self {
        match &change.before {
            FieldValue::FirstName(name) => self.first = name.clone(),
            FieldValue::MiddleName(name) => self.middle.clone_from(name),
            FieldValue::LastName(name) => self.last = name.clone(),
            _ => {}
        }
        self
    }
}

impl fmt::Display for FullName {
    /// The parts with single blanks between them.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.middle {
            Some(middle) => write!(f, "{} {middle} {}", self.first, self.last),
            None => write!(f, "{} {}", self.first, self.last),
        }
    }
}

/// The names that a client had before one of its names changed, the oldest first. They still find the client.
///
/// At most [`FormerNames::MAX`] are kept, the latest ones.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
#[cfg_attr(feature = "serde", derive(serde::Serialize, serde::Deserialize))]
#[cfg_attr(feature = "serde", serde(from = "Vec<FullName>", into = "Vec<FullName>"))]
pub struct FormerNames(Vec<FullName>);

impl FormerNames {
    /// The maximum number of names.
    pub const MAX: usize = 20;

    /// The names as a storage adapter has stored them.
    pub fn restore(stored: impl IntoIterator<Item = FullName>) -> Self {
        let mut names = Self::default();
        stored.into_iter().for_each(|name| names.add(name));
        names
    }

    /// The names, the oldest first.
    pub fn iter(&self) -> impl Iterator<Item = &FullName> {
        self.0.iter()
    }

    /// Whether the client never had another name, as far as it is known.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// These names, and those that the changes of the history ended, the newest change first: for a client that a release
    /// without former names has written.
    #[must_use]
    pub fn recovered(self, details: &Details, changes: impl IntoIterator<Item = Vec<ValueChange>>) -> Self {
        let (mut name, mut found) = (FullName::of(details), Vec::new());
        for change in changes {
            let before = change.iter().fold(name.clone(), FullName::before);
            if before != name {
                found.push(before.clone());
                name = before;
            }
        }
        Self::restore(found.into_iter().rev().chain(self.0))
    }

    /// Records the name that a change has ended.
    pub(super) fn follow(&mut self, before: &Details, after: &Details) {
        let former = FullName::of(before);
        if former != FullName::of(after) {
            self.add(former);
        }
    }

    /// A name that was in force again is the latest one.
    fn add(&mut self, name: FullName) {
        self.0.retain(|other| *other != name);
        self.0.push(name);
        let surplus = self.0.len().saturating_sub(Self::MAX);
        self.0.drain(..surplus);
    }
}

#[cfg(feature = "serde")]
impl From<Vec<FullName>> for FormerNames {
    fn from(names: Vec<FullName>) -> Self {
        Self::restore(names)
    }
}

#[cfg(feature = "serde")]
impl From<FormerNames> for Vec<FullName> {
    fn from(names: FormerNames) -> Self {
        names.0
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::example;

    fn called(first: &str, last: &str) -> Details {
        let mut details = example::application().unwrap().details;
        details.first_name = PersonName::parse(first).unwrap();
        details.last_name = PersonName::parse(last).unwrap();
        details.middle_name = None;
        details
    }

    fn texts(names: &FormerNames) -> Vec<String> {
        names.iter().map(FullName::to_string).collect()
    }

    #[test]
    fn every_name_that_ended_is_kept_once_and_the_latest_ones_only() {
        let mut names = FormerNames::default();
        let (ada, eve) = (called("Ada", "Okafor"), called("Eve", "Okafor"));
        let mut moved = ada.clone();
        moved.email = crate::value::EmailAddress::parse("other@example.com").unwrap();
        names.follow(&ada, &moved);
        assert!(names.is_empty());
        for (before, after) in [(&ada, &eve), (&eve, &ada), (&ada, &eve)] {
            names.follow(before, after);
        }
        assert_eq!(texts(&names), ["Eve Okafor", "Ada Okafor"]);
        for n in 0..FormerNames::MAX {
            names.follow(&called(&format!("Ada {n}"), "Eze"), &ada);
        }
        assert_eq!(names.iter().count(), FormerNames::MAX);
        assert_eq!(texts(&names)[0], "Ada 0 Eze");
    }

    #[test]
    fn the_history_knows_the_names_that_a_release_before_has_ended() {
        let first = |before: &str, after: &str| ValueChange {
            before: FieldValue::FirstName(PersonName::parse(before).unwrap()),
            after: FieldValue::FirstName(PersonName::parse(after).unwrap()),
        };
        let last = |before: &str, after: &str| ValueChange {
            before: FieldValue::LastName(PersonName::parse(before).unwrap()),
            after: FieldValue::LastName(PersonName::parse(after).unwrap()),
        };
        let city = ValueChange {
            before: FieldValue::MaritalStatus(None),
            after: FieldValue::MaritalStatus(Some(crate::value::MaritalStatus::Married)),
        };
        let changes = vec![
            vec![last("Okafor", "Eze"), city.clone()],
            vec![city],
            vec![first("Ada", "Eve"), last("Obi", "Okafor")],
        ];
        let known = FormerNames::restore([FullName::of(&called("Eve", "Okafor"))]);
        let recovered = known.recovered(&called("Eve", "Eze"), changes);
        assert_eq!(texts(&recovered), ["Ada Obi", "Eve Okafor"]);
    }
}
