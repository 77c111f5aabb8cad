//! The request of an export: the search of a list without its pages, the format and the columns.

use client_app::Caller;
use client_app::export::{ExportFormat, ExportRequest};
use client_domain::search::{Predicate, field};
use client_domain::{BankCalendar, Invalid};
use serde_json::{Map, Value, json};

use super::list_fields::ITEM_NAMES;
use super::{filters, search_members, sort};
use crate::code::Code;
use crate::failure::{Failure, Item};
use crate::form::{Form, broken};
use crate::nearest::nearest;
use crate::predicate;
use crate::rights::GUARDS;
use crate::shape;
use crate::spec::{FieldSpec, Shape};
use crate::summary_view::SUMMARY;

/// The operation whose members the columns are.
const LIST: &str = "RetrieveContactListQuery";

const DELIMITERS: &[&str] = &["comma", "semicolon", "pipe", "tab"];

const MOMENT: Invalid =
    Invalid::Format { expected: "a moment as RFC 3339 writes it, with at most six decimals" };

/// The members of the request.
pub(crate) const MEMBERS: &[FieldSpec] = &[
    FieldSpec::required("format", Shape::Choice(shape::FILE_FORMATS), "The format of the file."),
    FieldSpec::optional(
        "fields",
        Shape::List { of: &Shape::Choice(&ITEM_NAMES), max: ITEM_NAMES.len() },
        "The columns in their order: members of an entry of RetrieveContactListQuery; those that every entry has by default.",
    ),
    FieldSpec::optional(
        "delimiter",
        Shape::Choice(DELIMITERS),
        "What separates cells of CSV; comma by default.",
    ),
    FieldSpec::optional(
        "changedSince",
        Shape::DateTime,
        "Only clients whose last change is not before this moment; for incremental loads the Export-Changed-Since of the load before.",
    ),
    search_members::SEARCH_TERM,
    search_members::SEARCH_TEXT,
    search_members::BRANCH,
    search_members::STATUS,
    search_members::START_DATE,
    search_members::END_DATE,
    filters::FILTERS,
    sort::SORT,
];

/// A request that was read.
pub(crate) struct ExportForm {
    pub(crate) request: ExportRequest,
    /// The names of the columns, in their order.
    pub(crate) columns: Vec<&'static str>,
    pub(crate) delimiter: u8,
}

/// Reads a request. Columns and properties that the caller may not see are refused.
pub(crate) fn read(
    data: &Map<String, Value>,
    caller: &Caller,
    calendar: &BankCalendar,
) -> Result<ExportForm, Failure> {
    let mut form = Form::new(MEMBERS, data);
    let format = form.required("format", |raw| {
        ExportFormat::parse(raw).ok_or(Invalid::Choice { choices: shape::FILE_FORMATS })
    });
    let delimiter = form.optional("delimiter", delimiter);
    if delimiter.is_some() && format.is_some_and(|format| format != ExportFormat::Csv) {
        form.fail("delimiter", Item::new(Code::Choice, "must be left out: only CSV has a delimiter"));
    }
    let columns = columns(&mut form, caller);
    let order = sort::read(&mut form, &caller.permissions);
    let predicate = search_members::predicate(&mut form, &caller.permissions, calendar);
    let since = form.optional("changedSince", |raw| raw.parse::<jiff::Timestamp>().map_err(|_| MOMENT));
    // A moment that is no condition is refused: without the condition every client would be exported.
    let since = since.and_then(|since| {
        let checked = field::LAST_MODIFIED.on_or_after(since).check();
        if checked.is_err() {
            form.fail("changedSince", broken(&MOMENT));
        }
        checked.ok()
    });
    let predicate = match predicate {
        Predicate::All(all) => Predicate::All(all.into_iter().chain(since).collect()),
        one => Predicate::All(std::iter::once(one).chain(since).collect()),
    };
    let filters = json!({ "filters": predicate::write(&predicate), "sort": sort::described(&order) });
    let read = format.map(|format| ExportForm {
        request: ExportRequest {
            predicate,
            order,
            format,
            fields: columns.iter().map(|name| (*name).to_owned()).collect(),
            filters: filters.to_string(),
        },
        columns,
        delimiter: delimiter.unwrap_or(b','),
    });
    form.finish(read)
}

fn delimiter(name: &str) -> Result<u8, Invalid> {
    Ok(match name {
        "comma" => b',',
        "semicolon" => b';',
        "pipe" => b'|',
        "tab" => b'\t',
        _ => return Err(Invalid::Choice { choices: DELIMITERS }),
    })
}

/// The columns; those that every entry of a list has, if none is named.
fn columns(form: &mut Form<'_>, caller: &Caller) -> Vec<&'static str> {
    let mut seen = Vec::new();
    let named = form.list("fields", ITEM_NAMES.len(), |form, path, value| {
        let Value::String(text) = value else { return form.wrong_type(path, "the name of a field") };
        let Some(name) = ITEM_NAMES.into_iter().find(|name| name == text) else {
            form.fail(path, unknown(text));
            return None;
        };
        if let Some(permission) = needed(name).filter(|permission| !caller.may(*permission)) {
            let message = format!("The field {name} requires the permission {}.", permission.name());
            form.fail(
                path,
                Item::new(Code::PermissionMissing, message).detail("permission", permission.name()),
            );
            return None;
        }
        if seen.contains(&name) {
            form.fail(path, Item::new(Code::Choice, "must not name a field twice"));
            return None;
        }
        seen.push(name);
        Some(name)
    });
    match named {
        Some(named) if !named.is_empty() => named,
        _ => SUMMARY.iter().map(|field| field.name).collect(),
    }
}

/// The permission that a column needs besides.
fn needed(name: &str) -> Option<client_domain::Permission> {
    let shows = |member: &&'static str| member.strip_prefix("contacts[].") == Some(name);
    let guard = GUARDS.iter().filter(|guard| guard.operation == LIST);
    guard.filter(|guard| guard.members.iter().any(shows)).map(|guard| guard.permission).next()
}

fn unknown(text: &str) -> Item {
    match nearest(text, ITEM_NAMES.iter().copied()) {
        Some(similar) => {
            Item::new(Code::Choice, format!("must be the name of a field; did you mean {similar}?"))
                .detail("choices", ITEM_NAMES.to_vec())
                .detail("nearest", similar)
        }
        None => Item::new(Code::Choice, format!("must be one of {}", ITEM_NAMES.join(", ")))
            .detail("choices", ITEM_NAMES.to_vec()),
    }
}
