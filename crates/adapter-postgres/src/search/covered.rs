//! Which searches an index answers alone.

use client_app::ports::Search;
use client_domain::search::{Criterion, Predicate, Property, TextMatch};
use client_domain::text::is_passport_spelling;
use jiff::civil::Date;

/// Whether one index holds everything by which the clients of this search are found and sorted. Then the page is chosen in the
/// index, and only its rows are read, however many clients are found.
pub(super) fn is_covered(search: &Search) -> bool {
    let is_by_creation = matches!(search.order.keys(), [(Property::DateCreated, _)]);
    is_by_creation && is_last_name(&search.predicate, search.today)
}

/// Whether only the last name is asked for, and no other spelling of it, which the index does not hold.
fn is_last_name(predicate: &Predicate, today: Date) -> bool {
    match predicate {
        Predicate::All(all) | Predicate::Any(all) => {
            matches!(all.as_slice(), [only] if is_last_name(only, today))
        }
        Predicate::Where(condition) => {
            let asked = condition.asked(today);
            let Criterion::Text { how, any_of } = asked.criterion.as_ref() else { return false };
            asked.property == Property::LastName
                && !asked.negated
                && matches!(how, TextMatch::Equals | TextMatch::StartsWith)
                && !any_of.iter().any(|text| is_passport_spelling(text))
        }
        Predicate::Not(_) | Predicate::Mentions(_) => false,
    }
}
