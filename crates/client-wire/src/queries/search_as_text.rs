//! The search of a request as text.

use client_domain::search::Predicate;
use client_domain::{BankCalendar, Permissions};
use serde_json::{Map, Value};

use super::{contact_list, search_members};
use crate::form::Form;
use crate::predicate;

/// What the data of a `RetrieveContactListQuery` searches for, in the text form of predicates: `searchTerm`, `status`,
/// `branchEncodedKey`, the days and `filters` as one filter. `None` if it searches for nothing in particular, or has faults.
///
/// ```
/// use client_domain::{BankCalendar, Permissions};
/// use serde_json::json;
///
/// let data = json!({ "searchTerm": "ada", "filters": [{ "field": "age", "operator": "LessThan", "value": 30 }] });
/// let text = client_wire::search_as_text(data.as_object().unwrap(), &Permissions::all(), &BankCalendar::utc());
/// assert_eq!(text.unwrap(), "searchTerm ada and age < 30");
/// ```
pub fn search_as_text(
    data: &Map<String, Value>,
    permissions: &Permissions,
    calendar: &BankCalendar,
) -> Option<String> {
    let mut form = Form::new(contact_list::SPEC.fields, data);
    let read = search_members::predicate(&mut form, permissions, calendar);
    let all = match form.finish(Some(read)).ok()? {
        Predicate::All(all) => all,
        one => vec![one],
    };
    // The conditions of `filters` stand beside the other members, and words together, which means the same.
    let flat = all.into_iter().flat_map(|one| match one {
        Predicate::All(filters) => filters,
        one => vec![one],
    });
    let (words, conditions): (Vec<_>, Vec<_>) = flat.partition(|one| matches!(one, Predicate::Mentions(_)));
    let term = if words.len() > 1 { vec![Predicate::All(words)] } else { words };
    let predicate = Predicate::All(term.into_iter().chain(conditions).collect());
    (predicate != Predicate::every_client()).then(|| predicate::write_text(&predicate))
}
