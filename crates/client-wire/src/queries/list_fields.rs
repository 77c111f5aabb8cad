//! The member `fields` of a list: which further members the answer has of each client.
//!
//! The members that every item has stay as they are, so that the types of generated clients hold with and without it.

#![expect(clippy::indexing_slicing, reason = "it runs while the crate is compiled")]

use std::collections::BTreeSet;

use client_app::Caller;
use client_app::ports::ClientSummary;
use client_app::queries::ClientRow;
use client_domain::AuditStamp;
use client_domain::client::{Approval, ApprovalStatus};
use serde_json::{Map, Value, json};

use crate::client_view::{CLIENT, row_json};
use crate::code::Code;
use crate::failure::Item;
use crate::form::Form;
use crate::nearest::nearest;
use crate::reply::members;
use crate::shape;
use crate::spec::{FieldSpec, Need, Shape};
use crate::summary_view::{SUMMARY, SummaryMembers};

/// The members about the approval, which a client that is read alone does not have.
const APPROVAL: &[FieldSpec] = &[
    FieldSpec::nullable(
        "requestedBy",
        shape::ANY_TEXT,
        "The person who requested the approval that is open.",
    ),
    FieldSpec::nullable("requestDate", Shape::DateTime, "The time of that request."),
    FieldSpec::nullable("approvedBy", shape::ANY_TEXT, "The person whose approval holds."),
    FieldSpec::nullable("approvalDate", Shape::DateTime, "The time of that approval."),
    FieldSpec::nullable("rejectedBy", shape::ANY_TEXT, "The person whose rejection holds."),
    FieldSpec::nullable("rejectionDate", Shape::DateTime, "The time of that rejection."),
];

/// Members of a client that is read alone and of no list: `contactEncodedKey` is the key in a list, and for
/// `allowedActions` the service would ask about other clients and accounts for each client of the page.
const ALONE: [&str; 2] = ["encodedKey", "allowedActions"];

const FURTHER: usize = further_count();

/// The members of an item of the list.
pub(super) const ITEM: &[FieldSpec] = &item();

/// Their names.
pub(crate) const ITEM_NAMES: [&str; ITEM.len()] = {
    let mut names = [""; ITEM.len()];
    let mut at = 0;
    while at < ITEM.len() {
        names[at] = ITEM[at].name;
        at += 1;
    }
    names
};

/// The names that `fields` takes besides those of the members that every item has.
const NAMES: &[&str] = &names();

pub(super) const FIELDS: FieldSpec = FieldSpec::optional(
    "fields",
    Shape::List { of: &Shape::Choice(NAMES), max: NAMES.len() },
    "Further members that each client of the answer is to have.",
);

const fn is_same(one: &str, other: &str) -> bool {
    let (one, other) = (one.as_bytes(), other.as_bytes());
    let mut at = 0;
    while at < one.len() && at < other.len() && one[at] == other[at] {
        at += 1;
    }
    at == one.len() && at == other.len()
}

/// Whether a member of a client that is read alone is a further member of a list.
const fn is_further(name: &str) -> bool {
    let mut at = 0;
    while at < SUMMARY.len() {
        if is_same(SUMMARY[at].name, name) {
            return false;
        }
        at += 1;
    }
    !is_same(ALONE[0], name) && !is_same(ALONE[1], name)
}

const fn further_count() -> usize {
    let (mut at, mut count) = (0, APPROVAL.len());
    while at < CLIENT.len() {
        count += is_further(CLIENT[at].name) as usize;
        at += 1;
    }
    count
}

/// The same member, which is there only if it was asked for.
const fn on_demand(field: FieldSpec) -> FieldSpec {
    let need = match field.need {
        Need::Nullable => Need::Optional,
        _ => Need::Sometimes,
    };
    FieldSpec { need, ..field }
}

const fn item() -> [FieldSpec; SUMMARY.len() + FURTHER] {
    let mut all = [SUMMARY[0]; SUMMARY.len() + FURTHER];
    let (mut at, mut from) = (0, 0);
    while at < SUMMARY.len() {
        all[at] = SUMMARY[at];
        at += 1;
    }
    while from < CLIENT.len() {
        if is_further(CLIENT[from].name) {
            all[at] = on_demand(CLIENT[from]);
            at += 1;
        }
        from += 1;
    }
    from = 0;
    while from < APPROVAL.len() {
        all[at] = on_demand(APPROVAL[from]);
        at += 1;
        from += 1;
    }
    all
}

const fn names() -> [&'static str; FURTHER] {
    let mut names = [""; FURTHER];
    let mut at = 0;
    while at < FURTHER {
        names[at] = ITEM[SUMMARY.len() + at].name;
        at += 1;
    }
    names
}

/// Reads `fields`; `None` if the answer is to have no further members.
pub(super) fn read(form: &mut Form<'_>) -> Option<BTreeSet<&'static str>> {
    let named = form.list(FIELDS.name, NAMES.len(), |form, path, value| {
        let Value::String(text) = value else { return form.wrong_type(path, "the name of a member") };
        let known = NAMES.iter().copied().find(|name| name == text);
        if known.is_none() {
            form.fail(path, unknown(text));
        }
        known
    })?;
    Some(named.into_iter().collect()).filter(|names: &BTreeSet<_>| !names.is_empty())
}

fn unknown(text: &str) -> Item {
    let item = |message: String| Item::new(Code::Choice, message).detail("choices", NAMES.to_vec());
    if SUMMARY.iter().any(|field| field.name == text) {
        return item("must be left out: every client of the list has this member".to_owned());
    }
    match nearest(text, NAMES.iter().copied()) {
        Some(similar) => item(format!("must be the name of a further member; did you mean {similar}?"))
            .detail("nearest", similar),
        None => item(format!("must be one of {}", NAMES.join(", "))),
    }
}

/// Every member that an item of the list may have.
pub(crate) fn members_json(row: &ClientRow, by_former_name: bool, caller: &Caller) -> Map<String, Value> {
    let mut all = row_json(row, caller);
    all.extend(approval_json(row));
    let summary = ClientSummary::from(&row.client);
    all.extend(members(json!(SummaryMembers::new(&summary, by_former_name))));
    all
}

/// The further members with these names.
pub(super) fn further_json(
    row: &ClientRow,
    names: &BTreeSet<&'static str>,
    caller: &Caller,
) -> Map<String, Value> {
    let mut all = row_json(row, caller);
    all.extend(approval_json(row));
    all.retain(|name, _| names.contains(name.as_str()));
    all
}

/// The members about the approval.
fn approval_json(row: &ClientRow) -> impl Iterator<Item = (String, Value)> {
    let approval = row.client.snapshot().approval.clone();
    [
        (ApprovalStatus::Pending, "requestedBy", "requestDate"),
        (ApprovalStatus::Approved, "approvedBy", "approvalDate"),
        (ApprovalStatus::Rejected, "rejectedBy", "rejectionDate"),
    ]
    .into_iter()
    .flat_map(move |(status, by, at)| {
        let stamp = stamp(&approval, status);
        [
            (by.to_owned(), stamp.map(|stamp| stamp.by.label()).into()),
            (at.to_owned(), stamp.map(|stamp| stamp.at.to_string()).into()),
        ]
    })
}

/// The stamp of the approval, if this is its status.
fn stamp(approval: &Approval, status: ApprovalStatus) -> Option<&AuditStamp> {
    approval.stamp().filter(|_| approval.status() == Some(status))
}
