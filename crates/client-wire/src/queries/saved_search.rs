//! The search and the columns of a saved view, which are stored as the wire has them and read anew each time.

use client_domain::{BankCalendar, Permissions};
use serde_json::{Map, Value};

use super::{filters, list_fields, search_members, sort};
use crate::code::Code;
use crate::failure::Item;
use crate::form::Form;
use crate::spec::{FieldSpec, Shape};

/// The members of a search that a view keeps: those of `RetrieveContactListQuery` that say which clients, and in which order.
const MEMBERS: &[FieldSpec] = &[
    search_members::SEARCH_TERM,
    search_members::SEARCH_TEXT,
    search_members::BRANCH,
    search_members::STATUS,
    search_members::START_DATE,
    search_members::END_DATE,
    filters::FILTERS,
    sort::SORT,
];

/// The member `search` of a request.
pub(crate) const SEARCH: FieldSpec = FieldSpec::required(
    "search",
    Shape::Object(MEMBERS),
    "Which clients, in which order: members of RetrieveContactListQuery.",
);

/// The names that `columns` takes: every member of a client in a list.
const COLUMN_NAMES: &[&str] = &list_fields::ITEM_NAMES;

/// The member `columns` of a request.
pub(crate) const COLUMNS: FieldSpec = FieldSpec::optional(
    "columns",
    Shape::List { of: &Shape::Choice(COLUMN_NAMES), max: COLUMN_NAMES.len() },
    "The members of each client that are to be shown, in their order.",
);

/// The maximum number of bytes of a search, as it is stored.
const MAX_SEARCH: usize = 16_384;

/// The search of a request as it is stored, if it is one that this caller may make now.
pub(crate) fn read(
    form: &mut Form<'_>,
    permissions: &Permissions,
    calendar: &BankCalendar,
) -> Option<String> {
    let Some(value) = form.raw(SEARCH.name) else {
        form.fail(SEARCH.name, Item::new(Code::Required, "This field is mandatory."));
        return None;
    };
    let Value::Object(members) = value else { return form.wrong_type(SEARCH.name, "an object") };
    let faults = faults(members, form.path_of(SEARCH.name), permissions, calendar);
    let is_right = faults.is_empty();
    form.extend(faults);
    let text = value.to_string();
    if text.len() > MAX_SEARCH {
        let message = format!("A saved search has at most {MAX_SEARCH} bytes of JSON.");
        form.fail(SEARCH.name, Item::new(Code::FilterTooLarge, message).detail("max", MAX_SEARCH));
        return None;
    }
    is_right.then_some(text)
}

/// The columns of a request.
pub(crate) fn read_columns(form: &mut Form<'_>) -> Vec<String> {
    let named = form.list(COLUMNS.name, COLUMN_NAMES.len(), |form, path, value| {
        let Value::String(text) = value else { return form.wrong_type(path, "the name of a member") };
        let known = COLUMN_NAMES.iter().find(|name| *name == text);
        if known.is_none() {
            form.fail(path, unknown_column());
        }
        known.map(|name| (*name).to_owned())
    });
    named.unwrap_or_default()
}

/// Why a stored view does not hold any more for this caller; empty if it does.
pub(crate) fn problems(
    search: &str,
    columns: &[String],
    permissions: &Permissions,
    calendar: &BankCalendar,
) -> Vec<Item> {
    let mut items = match stored(search) {
        Some(members) => faults(&members, SEARCH.name.to_owned(), permissions, calendar),
        None => vec![Item::new(Code::WrongType, "must be an object").field(SEARCH.name)],
    };
    let unknown = columns.iter().enumerate().filter(|(_, name)| !COLUMN_NAMES.contains(&name.as_str()));
    items.extend(unknown.map(|(at, _)| unknown_column().field(format!("{}[{at}]", COLUMNS.name))));
    items
}

/// Whether a problem is one of the search, and not of the columns.
pub(crate) fn is_of_search(problem: &Item) -> bool {
    problem.field.as_deref().is_none_or(|path| !path.starts_with(COLUMNS.name))
}

/// The members of a stored search.
pub(crate) fn stored(search: &str) -> Option<Map<String, Value>> {
    serde_json::from_str(search).ok()
}

fn faults(
    members: &Map<String, Value>,
    path: String,
    permissions: &Permissions,
    calendar: &BankCalendar,
) -> Vec<Item> {
    let mut form = Form::within(path, MEMBERS, members);
    search_members::predicate(&mut form, permissions, calendar);
    sort::read(&mut form, permissions);
    form.into_items()
}

fn unknown_column() -> Item {
    let message = "must be the name of a member of a client in a list";
    Item::new(Code::Choice, message).detail("choices", COLUMN_NAMES.to_vec())
}
