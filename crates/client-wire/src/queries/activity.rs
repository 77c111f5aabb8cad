use client_app::ports::ActivityFilter;
use client_app::queries::{ActivityLine, GetActivity};
use client_app::{Caller, Clients};
use client_domain::value::{BranchKey, parse_date};
use client_domain::{ActorId, BankCalendar, EventKind, Invalid, Permission};
use serde_json::{Value, json};

use super::contact_list::{DEFAULT_PAGE_SIZE, page_size};
use super::operation::{QueryOperation, ask, reply};
use super::{cursor, history};
use crate::code::Code;
use crate::failure::{Failure, Item};
use crate::form::Form;
use crate::reply::{Reply, members};
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape, joined};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveActivityQuery",
    kind: OperationKind::Query,
    about: "Returns who did what across clients, newest first: the lines of all histories, without values.",
    permission: Some(Permission::History),
    fields: &[
        FieldSpec::optional(
            "actorId",
            Shape::Text { min: 1, max: ActorId::MAX },
            "Only what this actor did, by the subject of the token, character by character.",
        ),
        FieldSpec::optional("event", Shape::Choice(EVENTS), "Only events of this kind."),
        FieldSpec::optional(
            "branchEncodedKey",
            shape::BRANCH,
            "Only clients that belong to this branch now.",
        ),
        FieldSpec::optional(
            "startDate",
            Shape::Date,
            "Only what was done on this day, by the bank's calendar, or later.",
        ),
        FieldSpec::optional(
            "endDate",
            Shape::Date,
            "Only what was done on this day, by the bank's calendar, or earlier.",
        ),
        FieldSpec::optional("cursor", shape::CURSOR, "The nextCursor of the previous page."),
        FieldSpec::optional(
            "pageSize",
            Shape::Integer { min: 1, max: 100 },
            "The maximum number of lines; 50 by default.",
        ),
    ],
    reply: &[
        FieldSpec::required(
            "entries",
            Shape::List { of: &Shape::Object(LINE), max: 100 },
            "The lines, newest first.",
        ),
        FieldSpec::nullable(
            "nextCursor",
            shape::ANY_TEXT,
            "The cursor of the next page; null on the last page.",
        ),
    ],
    refusals: &[Code::CursorInvalid, Code::EndBeforeStart],
    example: r#"{ "event": "ClientApproved", "startDate": "2026-01-01", "pageSize": 20 }"#,
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

const EVENTS: &[&str] = &events();

#[expect(clippy::indexing_slicing, reason = "it runs while the crate is compiled")]
const fn events() -> [&'static str; EventKind::ALL.len()] {
    let mut names = [""; EventKind::ALL.len()];
    let mut at = 0;
    while at < names.len() {
        names[at] = EventKind::ALL[at].name();
        at += 1;
    }
    names
}

/// The client of a line.
const CLIENT: &[FieldSpec] = &[
    field::KEY_ANSWER,
    FieldSpec::nullable("customerNumber", shape::KEY, "The customer number."),
    FieldSpec::nullable("firstName", shape::NAME, "The first name of the client now."),
    FieldSpec::nullable("lastName", shape::NAME, "The last name of the client now."),
    FieldSpec::nullable("clientState", shape::STATE_NUMBER, "The number of the client's state now."),
    FieldSpec::nullable("branchEncodedKey", shape::BRANCH, "The branch of the client now."),
];

const LINE: &[FieldSpec] = &joined::<{ CLIENT.len() + history::LINE.len() }>(CLIENT, history::LINE);

async fn answer(clients: &Clients, form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let (asked, query) = read(form, clients.calendar())?;
    let found = ask(clients, caller, asked).await?;
    let data = json!({
        "entries": found.lines.iter().map(|line| line_json(line, caller)).collect::<Vec<_>>(),
        "nextCursor": found.next.map(|position| cursor::write_activity(&position, &query)),
    });
    Ok(reply("Activity retrieved successfully.", data))
}

fn read(mut form: Form<'_>, calendar: &BankCalendar) -> Result<(GetActivity, String), Failure> {
    let actor = form.optional("actorId", ActorId::parse);
    let known = |name: &str| EventKind::ALL.into_iter().find(|kind| kind.name() == name);
    let event = form.optional("event", |name| known(name).ok_or(Invalid::Choice { choices: EVENTS }));
    let branch = form.optional("branchEncodedKey", BranchKey::parse);
    let first = form.optional("startDate", parse_date);
    let last = form.optional("endDate", parse_date);
    if first.zip(last).is_some_and(|(first, last)| last < first) {
        form.fail("endDate", Item::new(Code::EndBeforeStart, "must not be before startDate"));
    }
    let limit = form.integer("pageSize", page_size).unwrap_or(DEFAULT_PAGE_SIZE);
    let query = cursor::fingerprint(json!({
        "activityOf": actor.as_ref().map(ActorId::as_str),
        "event": event.map(EventKind::name),
        "branch": branch.as_ref().map(BranchKey::as_str),
        "days": [first.map(|day| day.to_string()), last.map(|day| day.to_string())],
    }));
    let text = form.optional("cursor", |raw| Ok(raw.to_owned()));
    let before = text.as_deref().and_then(|text| cursor::read_activity(text, &query));
    if text.is_some() && before.is_none() {
        form.fail_whole(cursor::invalid());
    }
    let from = first.map(|day| calendar.first_moment(day));
    // The last day that can be written has no next one, and no line is after it.
    let until = last.and_then(|day| day.tomorrow().ok()).map(|day| calendar.first_moment(day));
    let filter = ActivityFilter { actor, event, branch, from, until };
    form.finish(Some((GetActivity { filter, before, limit }, query)))
}

fn line_json(line: &ActivityLine, caller: &Caller) -> Value {
    let snapshot = line.client.as_ref().map(|client| client.snapshot());
    let mut shown = history::line_json(&line.entry, caller);
    let client = json!({
        "contactEncodedKey": line.entry.event.key.as_str(),
        "customerNumber": line.client.as_ref().map(|client| client.customer_number().to_string()),
        "firstName": snapshot.map(|client| client.details.first_name.as_str()),
        "lastName": snapshot.map(|client| client.details.last_name.as_str()),
        "clientState": snapshot.map(|client| client.state.number()),
        "branchEncodedKey": snapshot.and_then(|client| client.branch.as_ref()).map(|key| key.as_str()),
    });
    shown.extend(members(client));
    Value::Object(shown)
}
