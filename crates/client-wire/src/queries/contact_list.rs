use std::collections::BTreeSet;

use client_app::ports::Page;
use client_app::queries::{ListClients, SearchClients};
use client_app::{Caller, Clients};
use client_domain::{BankCalendar, Invalid, Permission, Permissions};
use serde::Serialize;
use serde_json::{Map, Value, json};

use super::operation::{QueryOperation, ask, reply};
use super::search_members::refuse_both;
use super::{cursor, filters, list_fields, search_members, sort, totals};
use crate::code::Code;
use crate::failure::Failure;
use crate::form::Form;
use crate::predicate;
use crate::reply::Reply;
use crate::reply_data::ReplyData;
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::summary_view::SummaryMembers;

pub(crate) const DEFAULT_PAGE_SIZE: usize = 50;
const MAX_PAGE_SIZE: i64 = 100;
const MAX_PAGE_NUMBER: i64 = 2_147_483_647;

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveContactListQuery",
    kind: OperationKind::Query,
    about: "Finds clients, a page at a time.",
    permission: Some(Permission::Read),
    fields: &[
        FieldSpec::at_most_one(
            &PAGE_STARTS,
            "pageNumber",
            Shape::Integer { min: 1, max: MAX_PAGE_NUMBER },
            "From 1; 1 by default.",
        ),
        FieldSpec::optional("pageSize", Shape::Integer { min: 1, max: MAX_PAGE_SIZE }, "50 by default."),
        FieldSpec::at_most_one(
            &PAGE_STARTS,
            "cursor",
            shape::CURSOR,
            "The nextCursor of the previous page, instead of pageNumber.",
        ),
        FieldSpec::optional("includeTotal", Shape::Flag, "Whether to count all results; true by default."),
        totals::TOTALS,
        search_members::SEARCH_TERM,
        search_members::SEARCH_TEXT,
        search_members::BRANCH,
        search_members::STATUS,
        search_members::START_DATE,
        search_members::END_DATE,
        filters::FILTERS,
        sort::SORT,
        list_fields::FIELDS,
    ],
    reply: &[
        FieldSpec::nullable(
            "totalCount",
            shape::COUNT,
            "The total number of results; null if it was not requested.",
        ),
        totals::AT_LEAST,
        FieldSpec::nullable(
            "pageNumber",
            shape::NUMBER,
            "The number of this page; null if a cursor was given.",
        ),
        FieldSpec::required("pageSize", shape::NUMBER, "The maximum number of items of a page."),
        FieldSpec::required(
            "contacts",
            Shape::List { of: &Shape::Object(list_fields::ITEM), max: 100 },
            "The clients.",
        ),
        FieldSpec::nullable(
            "nextCursor",
            shape::ANY_TEXT,
            "The cursor of the next page; null on the last page.",
        ),
    ],
    refusals: &[
        Code::CursorInvalid,
        Code::EndBeforeStart,
        Code::ExactlyOne,
        Code::UnknownProperty,
        Code::UnknownOperator,
        Code::OperatorNotApplicable,
        Code::ValueNotTaken,
        Code::FilterTooLarge,
        Code::FilterTooCostly,
        Code::SearchTooBroad,
        Code::PermissionMissing,
    ],
    example: r#"{
        "pageNumber": 1, "pageSize": 20, "searchTerm": "okafor", "status": ["PendingApproval", 4],
        "filters": [
            { "propertyName": "dateCreated", "operator": "LastDays", "value": 30 },
            { "logic": "or", "filters": [
                { "propertyName": "city", "operator": "In", "value": ["Ikeja", "Lekki"] },
                { "propertyName": "age", "operator": "GreaterThanOrEqual", "value": 60 }
            ] }
        ],
        "sort": [{ "propertyName": "lastName", "direction": "asc" }]
    }"#,
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

/// The members for the beginning of a page, of which a request has at most one.
const PAGE_STARTS: [&str; 2] = ["cursor", "pageNumber"];

struct ContactList {
    search: SearchClients,
    page_number: Option<u64>,
    query: String,
    /// Whether the request has the member `totals`: without it the answer is as it always was.
    names_totals: bool,
    /// The names of the further members.
    fields: Option<BTreeSet<&'static str>>,
}

/// The answer; its members are in alphabetical order.
#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ListMembers<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    at_least: Option<bool>,
    contacts: Vec<ContactMembers<'a>>,
    next_cursor: Option<String>,
    page_number: Option<u64>,
    page_size: usize,
    total_count: Option<u64>,
}

#[derive(Serialize)]
struct ContactMembers<'a> {
    #[serde(flatten)]
    summary: SummaryMembers<'a>,
    #[serde(flatten)]
    further: Map<String, Value>,
}

async fn answer(clients: &Clients, form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let list = read(form, &caller.permissions, clients.calendar())?;
    let ContactList { search, page_number, query, names_totals, fields } = list;
    let page_size = search.limit;
    let (found, further) = match &fields {
        None => (ask(clients, caller, search).await?, Vec::new()),
        Some(names) => {
            let listed = ask(clients, caller, ListClients { search }).await?;
            let rows = listed.rows.iter().map(|row| list_fields::further_json(row, names, caller));
            (listed.page, rows.collect())
        }
    };
    let next = found.next.map(|position| cursor::write_position(&position, found.today, &query));
    let further = further.into_iter().chain(std::iter::repeat_with(Map::new));
    let contacts = found.clients.iter().zip(further).map(|(client, further)| ContactMembers {
        summary: SummaryMembers::new(client, found.former.contains(&client.key)),
        further,
    });
    let data = ListMembers {
        at_least: found.total.filter(|_| names_totals).map(|total| !total.is_complete),
        contacts: contacts.collect(),
        next_cursor: next,
        page_number,
        page_size,
        total_count: found.total.map(|total| total.number),
    };
    Ok(reply("Contact list retrieved successfully.", ReplyData::written(&data)))
}

fn read(
    mut form: Form<'_>,
    permissions: &Permissions,
    calendar: &BankCalendar,
) -> Result<ContactList, Failure> {
    let page_size = form.integer("pageSize", page_size).unwrap_or(DEFAULT_PAGE_SIZE);
    let page_number = form.integer("pageNumber", page_number).unwrap_or(1);
    let names_totals = !form.is_absent(totals::TOTALS.name);
    let totals = totals::read(&mut form);
    let order = sort::read(&mut form, permissions);
    let fields = list_fields::read(&mut form);
    let predicate = search_members::predicate(&mut form, permissions, calendar);
    refuse_both(&mut form, PAGE_STARTS);

    let query = cursor::fingerprint(
        json!({ "predicate": predicate::write(&predicate), "order": sort::described(&order) }),
    );
    let text = form.optional("cursor", |raw| Ok(raw.to_owned()));
    let position = text.as_deref().and_then(|text| cursor::read_position(text, &query, &order));
    if text.is_some() && position.is_none() {
        form.fail_whole(cursor::invalid());
    }
    let page_number = text.is_none().then_some(page_number);
    let skipped = page_number.unwrap_or(1) - 1;
    let skipped = Page::Skip(skipped.saturating_mul(page_size as u64));
    // Later pages use the day on which the first page was read. With a new day, a client could be omitted or repeated.
    let (page, today) =
        position.map_or((skipped, None), |(position, first_day)| (Page::After(position), Some(first_day)));
    let search = SearchClients { predicate, order, page, limit: page_size, totals, today };
    form.finish(Some(ContactList { search, page_number, query, names_totals, fields }))
}

pub(crate) fn page_size(raw: i64) -> Result<usize, Invalid> {
    let wrong = Invalid::OutOfRange { min: 1, max: MAX_PAGE_SIZE };
    if (1..=MAX_PAGE_SIZE).contains(&raw) { usize::try_from(raw).map_err(|_| wrong) } else { Err(wrong) }
}

fn page_number(raw: i64) -> Result<u64, Invalid> {
    let wrong = Invalid::OutOfRange { min: 1, max: MAX_PAGE_NUMBER };
    if (1..=MAX_PAGE_NUMBER).contains(&raw) { u64::try_from(raw).map_err(|_| wrong) } else { Err(wrong) }
}
