//! What the queries that search clients have in common: the members that say which clients, and the predicate of them.

use std::collections::BTreeSet;

use client_domain::search::{MAX_TERM, Predicate, Word, field};
use client_domain::value::{BranchKey, parse_date};
use client_domain::{BankCalendar, ClientState, Permissions};
use serde_json::Value;

use super::filters;
use crate::code::Code;
use crate::failure::Item;
use crate::form::Form;
use crate::shape;
use crate::spec::{FieldSpec, Shape};

const MAX_STATES: usize = 20;

/// The two names of one member.
const TERMS: [&str; 2] = ["searchTerm", "searchText"];

const STATE: Shape = Shape::Either(&[
    Shape::Numbers(&[0, 1, 3, 4, 5, 6, 7]),
    Shape::Choice(&["All", "Active", "PendingApproval", "Approved", "Rejected", "BlackListed", "Exited"]),
]);

/// The member `searchTerm`.
pub(super) const SEARCH_TERM: FieldSpec = FieldSpec::at_most_one(
    &TERMS,
    "searchTerm",
    Shape::Text { min: 0, max: MAX_TERM },
    "Up to 10 words; each must occur in a name, also a former one, the customer number, the e-mail address, the phone number or the identification number.",
);

/// The member `searchText`.
pub(super) const SEARCH_TEXT: FieldSpec = FieldSpec::at_most_one(
    &TERMS,
    "searchText",
    Shape::Text { min: 0, max: MAX_TERM },
    "Another name of searchTerm.",
);

/// The member `branchEncodedKey`.
pub(super) const BRANCH: FieldSpec =
    FieldSpec::optional("branchEncodedKey", shape::BRANCH, "Only clients of this branch.");

/// The member `status`.
pub(super) const STATUS: FieldSpec = FieldSpec::optional(
    "status",
    Shape::List { of: &STATE, max: MAX_STATES },
    "Only clients in these states, by number or name; 0, All or an empty list is no filter.",
);

/// The member `startDate`.
pub(super) const START_DATE: FieldSpec = FieldSpec::optional(
    "startDate",
    Shape::Date,
    "Only clients created on this day, by the bank's calendar, or later.",
);

/// The member `endDate`.
pub(super) const END_DATE: FieldSpec = FieldSpec::optional(
    "endDate",
    Shape::Date,
    "Only clients created on this day, by the bank's calendar, or earlier.",
);

/// The predicate of the request: the conjunction of all its conditions.
pub(super) fn predicate(
    form: &mut Form<'_>,
    permissions: &Permissions,
    calendar: &BankCalendar,
) -> Predicate {
    refuse_both(form, TERMS);
    let term = form.optional("searchTerm", Word::read).unwrap_or_default();
    let words = [term, form.optional("searchText", Word::read).unwrap_or_default()].concat();
    let mut all: Vec<_> = words.into_iter().map(Predicate::Mentions).collect();
    all.extend(form.optional("branchEncodedKey", BranchKey::parse).map(Predicate::of_branch));
    all.extend(states(form).map(Predicate::in_states));
    all.extend(created(form));
    all.extend(filters::read(form, permissions, calendar));
    let predicate = Predicate::All(all);
    filters::refuse_costly(form, &predicate);
    predicate
}

/// Refuses a request with both members, because they could contradict each other.
pub(super) fn refuse_both(form: &mut Form<'_>, [one, other]: [&'static str; 2]) {
    if !form.is_absent(one) && !form.is_absent(other) {
        let message = format!("Only one of {one} and {other} may be given.");
        form.fail(one, Item::new(Code::ExactlyOne, message).detail("fields", vec![one, other]));
    }
}

/// The states of the request; `None` for all states.
fn states(form: &mut Form<'_>) -> Option<BTreeSet<ClientState>> {
    let asked = form.list("status", MAX_STATES, |form, path, value| match value {
        Value::Number(number) if number.as_i64() == Some(0) => Some(None),
        Value::String(name) if name.trim().eq_ignore_ascii_case("All") => Some(None),
        Value::Number(number) => {
            let state = number.as_i64().and_then(ClientState::from_number);
            if state.is_none() {
                form.fail(
                    path,
                    Item::new(Code::Choice, "must be the number of a state").detail("choices", numbers()),
                );
            }
            state.map(Some)
        }
        Value::String(name) => {
            let parsed = ClientState::parse(name);
            form.keep(path, parsed).map(Some)
        }
        _ => form.wrong_type(path, "the number or the name of a state"),
    })?;
    let all = asked.is_empty() || asked.contains(&None);
    (!all).then(|| asked.into_iter().flatten().collect())
}

fn numbers() -> Vec<u8> {
    std::iter::once(0).chain(ClientState::ALL.into_iter().map(ClientState::number)).collect()
}

/// The period of creation; `None` if the request has none, or an invalid one, whose error is collected.
fn created(form: &mut Form<'_>) -> Option<Predicate> {
    let filter = match (form.optional("startDate", parse_date), form.optional("endDate", parse_date)) {
        (None, None) => return None,
        (Some(first), None) => field::DATE_CREATED.on_or_after(first),
        (None, Some(last)) => field::DATE_CREATED.on_or_before(last),
        (Some(first), Some(last)) => field::DATE_CREATED.between(first, last),
    };
    let checked = filter.check();
    if checked.is_err() {
        form.fail("endDate", Item::new(Code::EndBeforeStart, "must not be before startDate"));
    }
    checked.ok()
}
