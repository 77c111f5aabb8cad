//! Predicates as serde writes and reads them: the list of filters of the wire.

use serde::de::{Deserialize, Deserializer, Error as _};
use serde::ser::{Serialize, Serializer};

use super::{Condition, Data, Filter, Logic, Predicate, Word};

impl Predicate {
    /// The filters that say the same; read back they are this predicate again.
    ///
    /// A predicate made of empty groups has no such filters: they are
    /// refused when they are read, because a group that was left empty is more likely a mistake.
    pub fn filters(&self) -> Vec<Filter> {
        match self {
            Self::All(all) => all.iter().map(Self::filter).collect(),
            one => vec![one.filter()],
        }
    }

    fn filter(&self) -> Filter {
        let group = |logic, several: &[Self]| Filter::Group {
            logic,
            filters: several.iter().map(Self::filter).collect(),
        };
        match self {
            // One term of several words is one condition, and must not become more than a filter may have.
            Self::All(all) if let Some(term) = term(all) => Filter::SearchTerm(term),
            Self::All(all) => group(Logic::And, all),
            Self::Any(any) => group(Logic::Or, any),
            Self::Not(other) => group(Logic::Not, std::slice::from_ref(other)),
            Self::Where(condition) => Filter::from(condition),
            Self::Mentions(word) => Filter::SearchTerm(Word::spellings(word).take(1).collect()),
        }
    }
}

/// The search term that is read as these, if there is one.
fn term(all: &[Predicate]) -> Option<String> {
    let words = all.iter().map(|one| match one {
        Predicate::Mentions(word) => word.spellings().next(),
        _ => None,
    });
    let term = words.collect::<Option<Vec<_>>>()?.join(" ");
    (all.len() > 1 && Word::read(&term).is_ok()).then_some(term)
}

impl From<&Condition> for Filter {
    fn from(condition: &Condition) -> Self {
        Self::Condition {
            property: condition.property(),
            operator: condition.operator(),
            value: condition.value().clone(),
        }
    }
}

/// Writes the list of filters.
///
/// ```
/// use client_domain::search::{Predicate, field};
///
/// let wanted = field::LAST_NAME.starts_with("Bal").or(field::DATE_CREATED.this_week()).check()?;
/// let written = serde_json::to_value(&wanted)?;
/// assert_eq!(written, serde_json::json!([{ "logic": "or", "filters": [
///     { "propertyName": "lastName", "operator": "StartsWith", "value": "Bal" },
///     { "propertyName": "dateCreated", "operator": "ThisWeek" },
/// ]}]));
/// assert_eq!(serde_json::from_value::<Predicate>(written)?, wanted);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
impl Serialize for Predicate {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_seq(self.filters().iter().map(Filter::written))
    }
}

/// Reads a list of filters; the error names every path and no value.
impl<'de> Deserialize<'de> for Predicate {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let filters = Data::deserialize(deserializer)?;
        Self::read(&filters, "filters").map(Self::simple).map_err(D::Error::custom)
    }
}

impl Predicate {
    /// One filter without the list around it, nor groups of one that say no more than it does: they are written
    /// as that list.
    pub(super) fn simple(mut self) -> Self {
        loop {
            self = match self {
                Self::All(mut all) if all.len() == 1 => all.pop().unwrap_or(Self::everybody()),
                other => return other,
            }
        }
    }
}
