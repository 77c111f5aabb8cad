use client_app::ports::{ClientSummary, WorkPosition};
use client_app::queries::{GetWorkQueue, QueuedWork};
use client_app::{Caller, Clients};
use client_domain::client::{WorkKind, WorkSubject};
use client_domain::value::BranchKey;
use client_domain::{Blocker, Permission};
use jiff::Timestamp;
use serde_json::{Value, json};

use super::contact_list::{DEFAULT_PAGE_SIZE, page_size};
use super::cursor;
use super::operation::{QueryOperation, ask, reply};
use crate::code::Code;
use crate::commands::work_item::{KIND, kind};
use crate::failure::Failure;
use crate::form::Form;
use crate::refused::blocker_json;
use crate::reply::Reply;
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::summary_view::{SUMMARY, SummaryMembers};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveWorkQueueQuery",
    kind: OperationKind::Query,
    about: "Lists what waits for a person, oldest first, and tells for each item whether this caller can decide about \
         it now and who is at it.",
    permission: Some(Permission::Read),
    fields: &[
        KIND,
        FieldSpec::optional("branchEncodedKey", shape::BRANCH, "Only items of clients of this branch."),
        FieldSpec::optional(
            "mine",
            Shape::Choice(MINE),
            "Whether to show what this caller must not decide about, having taken part in it; show by default.",
        ),
        FieldSpec::optional("cursor", shape::CURSOR, "The nextCursor of the previous page."),
        FieldSpec::optional(
            "pageSize",
            Shape::Integer { min: 1, max: 100 },
            "The maximum number of items; 50 by default. A page may have fewer while more follow.",
        ),
    ],
    reply: &[
        KIND,
        FieldSpec::required("asOf", Shape::DateTime, "The time of the answer."),
        FieldSpec::required("items", Shape::List { of: &ITEM, max: 100 }, "The items, oldest first."),
        FieldSpec::nullable(
            "nextCursor",
            shape::ANY_TEXT,
            "The cursor of the next page; null on the last page.",
        ),
    ],
    refusals: &[Code::CursorInvalid],
    example: r#"{ "kind": "Approval", "mine": "hide", "pageSize": 20 }"#,
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

const MINE: &[&str] = &["show", "hide"];

const ITEM: Shape = Shape::Object(&[
    FieldSpec::required("contact", Shape::Object(SUMMARY), "The client."),
    FieldSpec::nullable("identityId", shape::HEX_ID, "The document; null for other kinds."),
    FieldSpec::nullable("addressId", shape::HEX_ID, "The address; null for other kinds."),
    FieldSpec::nullable("amendmentId", shape::AMENDMENT_ID, "The amendment; null for other kinds."),
    FieldSpec::nullable(
        "since",
        Shape::DateTime,
        "Since when it waits; null for a document that expires soon.",
    ),
    FieldSpec::nullable(
        "ageDays",
        shape::COUNT,
        "Whole days since then; null for a document that expires soon.",
    ),
    FieldSpec::nullable(
        "expiryDate",
        Shape::Date,
        "The last day of a document that expires soon; null for other kinds.",
    ),
    FieldSpec::required(
        "requestedBy",
        shape::ANY_TEXT,
        "Who asked for it or submitted it: the e-mail address, else the subject of the token.",
    ),
    FieldSpec::required(
        "decidable",
        Shape::Flag,
        "Whether this caller can approve or reject it now; for a document that expires soon, submit another one.",
    ),
    FieldSpec::required(
        "blockedBy",
        shape::OBJECTS,
        "Why an approval, or the submission, by this caller would be refused; empty if it would not. An item may be \
         decidable nevertheless, by a rejection. Look-alikes are not among them, because they are named with the \
         decision, and neither are duplicates among other clients: a dry run of the decision finds those.",
    ),
    FieldSpec::nullable(
        "claimedBy",
        shape::ANY_TEXT,
        "Who is at it: the e-mail address, else the subject of the token; null if it is free.",
    ),
    FieldSpec::nullable("claimedUntil", Shape::DateTime, "When that claim ends, unless it is renewed."),
    FieldSpec::required("claimedByMe", Shape::Flag, "Whether this caller is at it."),
]);

async fn answer(clients: &Clients, mut form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let kind = form.required("kind", kind);
    let branch = form.optional("branchEncodedKey", BranchKey::parse);
    let hides_own = form.optional("mine", |raw| {
        let wrong = client_domain::Invalid::Choice { choices: MINE };
        MINE.contains(&raw).then_some(raw == "hide").ok_or(wrong)
    });
    let cursor = form.optional("cursor", |raw| Ok(raw.to_owned()));
    let limit = form.integer("pageSize", page_size);
    let mut asked = json!({
        "kind": kind.map(WorkKind::name),
        "branch": branch.as_ref().map(BranchKey::as_str),
    });
    // The cursors of a release that did not distinguish it are of the whole queue.
    if let (Some(true), Some(members)) = (hides_own, asked.as_object_mut()) {
        members.insert("hidesOwn".to_owned(), true.into());
    }
    let query = cursor::fingerprint(asked);
    let after = match (&cursor, kind) {
        (Some(text), Some(kind)) => {
            let read = cursor::read_work(text, &query, kind);
            if read.is_none() {
                form.fail_whole(cursor::invalid());
            }
            read
        }
        _ => None,
    };
    let kind = form.finish(kind)?;
    let limit = limit.unwrap_or(DEFAULT_PAGE_SIZE);
    let hides_own = hides_own.unwrap_or(false);
    let found = ask(clients, caller, GetWorkQueue { kind, branch, hides_own, after, limit }).await?;
    let next = found.next.as_ref().map(|place: &WorkPosition| cursor::write_work(place, &query));
    let items: Vec<_> = found.items.iter().map(|item| item_json(item, caller, found.now)).collect();
    let data = json!({
        "kind": kind.name(),
        "asOf": found.now.to_string(),
        "items": items,
        "nextCursor": next,
    });
    Ok(reply("Work queue retrieved successfully.", data))
}

fn item_json(item: &QueuedWork, caller: &Caller, now: Timestamp) -> Value {
    let (mut document, mut address, mut amendment, mut expiry) = (None, None, None, None);
    match &item.waiting.subject {
        WorkSubject::Approval => {}
        WorkSubject::Document(id) => document = Some(id.as_str()),
        WorkSubject::Address(id) => address = Some(id.as_str()),
        WorkSubject::Amendment(id) => amendment = Some(id.to_string()),
        WorkSubject::Expiring(id) => {
            document = Some(id.as_str());
            expiry = item.client.kyc().document(id).and_then(|one| one.validity.expires_on());
        }
    }
    let since = Some(item.waiting.since).filter(|_| expiry.is_none());
    let age = since.map(|since| now.duration_since(since).as_hours().max(0) / 24);
    let claim = item.claim.as_ref();
    // As in the answer of the actions: what is missing is for readers of KYC information, and for deciders.
    let is_visible = |blocker: &&Blocker| {
        !matches!(blocker, Blocker::Kyc { .. })
            || caller.may(Permission::KycRead)
            || caller.may(Permission::Approve)
    };
    let blockers = item.decidability.blockers.iter().filter(is_visible);
    json!({
        "contact": SummaryMembers::new(&ClientSummary::from(&item.client), false),
        "identityId": document,
        "addressId": address,
        "amendmentId": amendment,
        "since": since.map(|since| since.to_string()),
        "ageDays": age,
        "expiryDate": expiry.map(|day| day.to_string()),
        "requestedBy": item.waiting.by.label(),
        "decidable": item.decidability.is_decidable,
        "blockedBy": blockers.map(|blocker| blocker_json(blocker, caller)).collect::<Vec<_>>(),
        "claimedBy": claim.map(|claim| claim.by.label()),
        "claimedUntil": claim.map(|claim| claim.until.to_string()),
        "claimedByMe": claim.is_some_and(|claim| claim.by.id == caller.actor.id),
    })
}
