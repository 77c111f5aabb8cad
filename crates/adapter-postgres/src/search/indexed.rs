//! Which predicates an index answers.

use client_domain::kyc::KycStatus;
use client_domain::search::{Criterion, Predicate, Property, TextMatch};
use jiff::civil::Date;

use super::plan_cache::is_nearly_unique;
use super::text_column::text_column;

/// The index of words holds them by three letters at a time.
pub(super) const INDEXED_LETTERS: usize = 3;

/// Whether an index finds the clients for which this holds. Then reading them until a bound reads few others.
pub(super) fn is_found_by_index(predicate: &Predicate, today: Date) -> bool {
    match predicate {
        Predicate::Mentions(word) => word.spellings().all(|text| text.chars().count() >= INDEXED_LETTERS),
        Predicate::Where(condition) => {
            let asked = condition.asked(today);
            let has_index = match asked.criterion.as_ref() {
                Criterion::OneOf(_) => is_nearly_unique(asked.property),
                Criterion::Within(_) => is_ordered(asked.property),
                // Clients without a document have no entry.
                Criterion::Kyc(condition) => {
                    return condition.statuses.contains(&KycStatus::None) == asked.negated;
                }
                Criterion::Text { how: TextMatch::Equals | TextMatch::StartsWith, .. } => {
                    text_column(asked.property).is_some_and(|column| column.is_indexed)
                }
                _ => false,
            };
            has_index && !asked.negated
        }
        Predicate::All(_) | Predicate::Any(_) | Predicate::Not(_) => false,
    }
}

/// Whether an index holds the values in their order.
const fn is_ordered(property: Property) -> bool {
    matches!(
        property,
        Property::Id | Property::DateCreated | Property::DateOfBirth | Property::DocumentExpiryDate
    )
}
