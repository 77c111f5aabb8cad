//! Which searches have one plan, whatever their values are.

use client_app::ports::{Page, Search, Totals};
use client_domain::search::{Criterion, Predicate, Property, TextMatch};
use jiff::civil::Date;

use super::text_column::text_column;

/// The maximum number of values that a list may have whose plan is cached. The server plans for so many where it does not
/// know the list.
const MAX_VALUES: usize = 10;

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

/// Collects the property of each condition, if all must hold and each asks for one value, or for a few that nearly every
/// client has for itself: a phone number has several spellings.
fn push_equal(conditions: &mut Vec<Property>, predicate: &Predicate, today: Date) -> bool {
    match predicate {
        Predicate::All(all) => all.iter().all(|predicate| push_equal(conditions, predicate, today)),
        Predicate::Where(condition) => {
            let asked = condition.asked(today);
            conditions.push(asked.property);
            let most = if is_nearly_unique(asked.property) { MAX_VALUES } else { 1 };
            let is_few = match asked.criterion.as_ref() {
                Criterion::OneOf(values) => (1..=most).contains(&values.len()),
                Criterion::Within(spans) => matches!(spans.as_slice(), [span] if span.only().is_some()),
                // A text without an index is also asked for word by word.
                Criterion::Text { how: TextMatch::Equals, any_of } => {
                    (1..=most).contains(&any_of.len())
                        && text_column(asked.property).is_some_and(|column| column.is_indexed)
                }
                _ => false,
            };
            is_few && !asked.negated
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

#[cfg(test)]
mod tests {
    use client_app::ports::{Page, Search, Totals};
    use client_domain::search::{Filter, Order, field};

    use super::{MAX_VALUES, PlanCaching, plan_caching};

    fn caching(filter: &Filter) -> PlanCaching {
        plan_caching(&Search {
            predicate: filter.check().unwrap(),
            order: Order::default(),
            page: Page::Skip(0),
            limit: 50,
            totals: Totals::None,
            today: jiff::civil::date(2026, 1, 5),
        })
    }

    #[test]
    fn a_few_values_that_clients_have_for_themselves_have_one_plan() {
        let numbers = |most: usize| (0..most).map(|at| format!("+23480312345{at:02}")).collect::<Vec<_>>();
        for few in [1, 2, MAX_VALUES] {
            let phones = field::PHONE_NUMBER.is_in(numbers(few));
            assert_eq!(caching(&phones), PlanCaching::Cached);
            assert_eq!(caching(&phones.and(field::LAST_NAME.equals("okafor"))), PlanCaching::Cached);
        }
        assert_eq!(caching(&field::PHONE_NUMBER.is_in(numbers(MAX_VALUES + 1))), PlanCaching::PerSearch);
        assert_eq!(caching(&field::LAST_NAME.is_in(vec!["okafor", "adaeze"])), PlanCaching::PerSearch);
    }
}
