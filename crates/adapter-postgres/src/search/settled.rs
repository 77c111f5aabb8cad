//! Which searches are read in one way, whatever their values are.

use client_app::ports::{Page, Search};
use client_domain::search::{Criterion, Predicate, Property, TextMatch};
use jiff::civil::Date;

use super::text_column::text_column;

/// Whether the values cannot matter for how the clients are found, so that the statement may be planned once.
///
/// That is so where nearly everybody has another value and an index has them: there are few, however they are counted and
/// sorted. And it is so of everybody in the order of their creation, from wherever it goes on. It is not so of a state or a
/// branch, however often that is asked: of a frequent one the newest clients are full of it, and of a rare one they are not.
pub(super) fn is_settled(search: &Search) -> bool {
    let mut conditions = Vec::new();
    if matches!(search.page, Page::Skip(1..)) || !push_equal(&mut conditions, &search.predicate, search.today)
    {
        return false;
    }
    let is_by_creation = matches!(search.order.keys(), [(Property::DateCreated, _)]);
    let is_everybody = conditions.is_empty() && is_by_creation && !search.count;
    is_everybody || conditions.iter().copied().any(is_of_one)
}

/// Gathers what each condition is about, if all must hold and each asks for one value.
fn push_equal(conditions: &mut Vec<Property>, predicate: &Predicate, today: Date) -> bool {
    match predicate {
        Predicate::All(all) => all.iter().all(|one| push_equal(conditions, one, today)),
        Predicate::Where(condition) => {
            let asked = condition.asked(today);
            conditions.push(asked.property);
            let is_one = match asked.criterion.as_ref() {
                Criterion::OneOf(values) => values.len() == 1,
                Criterion::Within(spans) => matches!(spans.as_slice(), [span] if span.only().is_some()),
                // Of a text without an index the words are asked for as well, one by one.
                Criterion::Text { how: TextMatch::Equals, any_of } => {
                    any_of.len() == 1 && text_column(asked.property).is_some_and(|column| column.is_indexed)
                }
                _ => false,
            };
            is_one && !asked.negated
        }
        _ => false,
    }
}

/// Whether few clients have the same value, and an index has them.
const fn is_of_one(property: Property) -> bool {
    matches!(
        property,
        Property::Id
            | Property::CustomerNumber
            | Property::EncodedKey
            | Property::EmailAddress
            | Property::PhoneNumber
            | Property::IdentificationNumber
    )
}
