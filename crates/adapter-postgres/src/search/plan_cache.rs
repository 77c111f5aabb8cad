//! Which searches have one plan, whatever their values are.

use client_app::ports::{Page, Search, Totals};
use client_domain::search::{Criterion, Predicate, Property, TextMatch};
use jiff::civil::Date;

use super::text_column::text_column;

/// Whether the plan of a search is cached.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum PlanCaching {
    /// The plan is the same for all values: a connection makes it once.
    Cached,
    /// The plan depends on the values: the server makes it each time.
    PerSearch,
}

/// Whether the plan of this search is the same for all values.
///
/// It is where nearly every client has another value and an index holds the values: few clients are found, however they
/// are counted and sorted. And it is for all clients in the order of their creation, from any position. It is not for a
/// state or a branch: among the newest clients a frequent one is found soon, and a rare one is not.
pub(super) fn plan_caching(search: &Search) -> PlanCaching {
    if has_stable_plan(search) { PlanCaching::Cached } else { PlanCaching::PerSearch }
}

fn has_stable_plan(search: &Search) -> bool {
    let mut conditions = Vec::new();
    if matches!(search.page, Page::Skip(1..)) || !push_equal(&mut conditions, &search.predicate, search.today)
    {
        return false;
    }
    let is_by_creation = matches!(search.order.keys(), [(Property::DateCreated, _)]);
    let is_every_client = conditions.is_empty() && is_by_creation && search.totals == Totals::None;
    is_every_client || conditions.iter().copied().any(is_nearly_unique)
}

/// Collects the property of each condition, if all must hold and each asks for one value.
fn push_equal(conditions: &mut Vec<Property>, predicate: &Predicate, today: Date) -> bool {
    match predicate {
        Predicate::All(all) => all.iter().all(|predicate| push_equal(conditions, predicate, today)),
        Predicate::Where(condition) => {
            let asked = condition.asked(today);
            conditions.push(asked.property);
            let is_one = match asked.criterion.as_ref() {
                Criterion::OneOf(values) => values.len() == 1,
                Criterion::Within(spans) => matches!(spans.as_slice(), [span] if span.only().is_some()),
                // A text without an index is also asked for word by word.
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

/// Whether few clients share a value, and an index holds the values.
pub(super) const fn is_nearly_unique(property: Property) -> bool {
    matches!(
        property,
        Property::Id
            | Property::CustomerNumber
            | Property::EncodedKey
            | Property::FormerClient
            | Property::EmailAddress
            | Property::PhoneNumber
            | Property::IdentificationNumber
    )
}
