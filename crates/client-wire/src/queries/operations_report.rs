use client_app::ports::{Backlog, DeadLetter, DeliveryFailure, ReceiverName};
use client_app::queries::GetOperations;
use client_app::{Caller, Check, Clients, JobReport};
use client_domain::Permission;
use jiff::Timestamp;
use serde_json::{Value, json};

use super::contact_list::{DEFAULT_PAGE_SIZE, page_size};
use super::cursor;
use super::operation::{QueryOperation, ask, reply};
use crate::code::Code;
use crate::failure::Failure;
use crate::form::Form;
use crate::reply::Reply;
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveOperationsQuery",
    kind: OperationKind::Query,
    about: "Tells how the service stands: the checks of readiness, the background jobs of this instance, how far \
         deliveries of events lag behind, and the dead letters: which event of which client, and none of its values.",
    permission: Some(Permission::Operations),
    fields: &[
        FieldSpec::optional("cursor", shape::CURSOR, "The nextCursor of the previous page of dead letters."),
        FieldSpec::optional(
            "pageSize",
            Shape::Integer { min: 1, max: 100 },
            "The maximum number of dead letters; 50 by default.",
        ),
    ],
    reply: &[
        FieldSpec::required("asOf", Shape::DateTime, "The time of the answer."),
        FieldSpec::required("ready", Shape::Flag, "Whether no check failed."),
        FieldSpec::required("checks", Shape::List { of: &CHECK, max: 100 }, "Every check of readiness."),
        FieldSpec::required(
            "jobs",
            Shape::List { of: &JOB, max: 100 },
            "The background jobs of this instance.",
        ),
        FieldSpec::nullable(
            "oldestUndelivered",
            Shape::DateTime,
            "The time of the oldest event that waits for its delivery to any receiver, except dead letters; null if none waits.",
        ),
        FieldSpec::nullable(
            "lagSeconds",
            shape::COUNT,
            "How long that event has waited; 0 if none waits, null while the storage does not answer.",
        ),
        FieldSpec::nullable(
            "deadLetterCount",
            shape::COUNT,
            "The number of the dead letters of all receivers; null while the storage does not answer.",
        ),
        FieldSpec::nullable(
            "receivers",
            Shape::List { of: &RECEIVER, max: 100 },
            "The same for each receiver of events, in the order of their names. The receiver default gets every event, others \
             those of their types. Null while the storage does not answer.",
        ),
        FieldSpec::nullable(
            "deadLetters",
            Shape::List { of: &DEAD_LETTER, max: 100 },
            "A page of the dead letters, in the order of their ids. The later events of their clients wait, at the same receiver. Null while \
             the storage does not answer.",
        ),
        FieldSpec::nullable(
            "nextCursor",
            shape::ANY_TEXT,
            "The cursor of the next page; null on the last page.",
        ),
    ],
    refusals: &[Code::CursorInvalid],
    example: "{}",
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

const CHECK: Shape = Shape::Object(&[
    FieldSpec::required("check", shape::ANY_TEXT, "What is checked."),
    FieldSpec::required("state", Shape::Choice(&["ok", "warning", "failed"]), "The result."),
    FieldSpec::nullable("message", shape::ANY_TEXT, "What is wrong; null if it is ok."),
]);

const JOB: Shape = Shape::Object(&[
    FieldSpec::required("job", shape::ANY_TEXT, "The job."),
    FieldSpec::required("failures", shape::COUNT, "How many of its rounds have failed in a row."),
    FieldSpec::nullable(
        "lastSuccess",
        Shape::DateTime,
        "When a round last succeeded; null if none has since the start.",
    ),
]);

const RECEIVER: Shape = Shape::Object(&[
    FieldSpec::required("receiver", shape::RECEIVER, "The receiver."),
    FieldSpec::nullable(
        "oldestUndelivered",
        Shape::DateTime,
        "The time of the oldest event that waits for it, except dead letters; null if none waits.",
    ),
    FieldSpec::required("lagSeconds", shape::COUNT, "How long that event has waited; 0 if none waits."),
    FieldSpec::required("deadLetterCount", shape::COUNT, "The number of its dead letters."),
]);

const DEAD_LETTER: Shape = Shape::Object(&[
    FieldSpec::required("eventId", shape::HEX_ID, "The id of the event."),
    FieldSpec::required("receiver", shape::RECEIVER, "The receiver to which delivery failed."),
    FieldSpec::required("event", shape::ANY_TEXT, "What happened."),
    FieldSpec::required("contactEncodedKey", shape::KEY, "The key of the client."),
    FieldSpec::required("version", shape::NUMBER, "The version of the client after the event."),
    FieldSpec::required("at", Shape::DateTime, "When it happened."),
    FieldSpec::required("attempts", shape::COUNT, "How many deliveries have failed."),
    FieldSpec::required(
        "lastFailure",
        Shape::Choice(&["refused", "timedOut", "unreachable"]),
        "Why the last one failed.",
    ),
    FieldSpec::nullable("lastStatus", shape::COUNT, "The HTTP status with which the receiver refused it."),
    FieldSpec::required("deadSince", Shape::DateTime, "Since when it is not tried any more."),
]);

async fn answer(clients: &Clients, mut form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    let cursor = form.optional("cursor", |raw| Ok(raw.to_owned()));
    let limit = form.integer("pageSize", page_size).unwrap_or(DEFAULT_PAGE_SIZE);
    let after = cursor.as_deref().and_then(cursor::read_dead_letter);
    if cursor.is_some() && after.is_none() {
        form.fail_whole(cursor::invalid());
    }
    form.finish(Some(()))?;
    let found = ask(clients, caller, GetOperations { after, limit }).await?;
    let undelivered = found.undelivered.as_ref();
    let backlog = undelivered.map(client_app::queries::Undelivered::total);
    let receivers = undelivered.map(|events| {
        events
            .backlog
            .iter()
            .map(|(name, backlog)| receiver_json(name, backlog, found.now))
            .collect::<Vec<_>>()
    });
    let oldest = backlog.as_ref().and_then(|backlog| backlog.oldest);
    let letters =
        undelivered.map(|events| events.dead_letters.iter().map(dead_letter_json).collect::<Vec<_>>());
    let next = undelivered.and_then(|events| events.next.as_ref());
    let data = json!({
        "asOf": found.now.to_string(),
        "ready": found.readiness.is_ready(),
        "checks": found.readiness.checks().iter().map(check_json).collect::<Vec<_>>(),
        "jobs": found.jobs.iter().map(job_json).collect::<Vec<_>>(),
        "oldestUndelivered": oldest.map(|at| at.to_string()),
        "lagSeconds": backlog.map(|backlog| backlog.lag(found.now).as_secs()),
        "deadLetterCount": backlog.map(|backlog| backlog.dead),
        "receivers": receivers,
        "deadLetters": letters,
        "nextCursor": next.map(cursor::write_dead_letter),
    });
    Ok(reply("Operations retrieved successfully.", data))
}

fn receiver_json(name: &ReceiverName, backlog: &Backlog, now: Timestamp) -> Value {
    json!({
        "receiver": name.as_str(),
        "oldestUndelivered": backlog.oldest.map(|at| at.to_string()),
        "lagSeconds": backlog.lag(now).as_secs(),
        "deadLetterCount": backlog.dead,
    })
}

fn check_json(check: &Check) -> Value {
    json!({ "check": check.name.name(), "state": check.state.name(), "message": check.state.message() })
}

fn job_json(job: &JobReport) -> Value {
    json!({
        "job": job.name,
        "failures": job.failures,
        "lastSuccess": job.last_success.map(|at| at.to_string()),
    })
}

fn dead_letter_json(letter: &DeadLetter) -> Value {
    let event = &letter.event;
    let (failure, status) = match letter.why {
        DeliveryFailure::Refused { status } => ("refused", Some(status)),
        DeliveryFailure::TimedOut => ("timedOut", None),
        DeliveryFailure::Unreachable => ("unreachable", None),
    };
    json!({
        "eventId": event.id.as_str(),
        "receiver": letter.receiver.as_str(),
        "event": event.kind.name(),
        "contactEncodedKey": event.client.as_str(),
        "version": event.version.get(),
        "at": event.at.to_string(),
        "attempts": letter.failures,
        "lastFailure": failure,
        "lastStatus": status,
        "deadSince": letter.since.to_string(),
    })
}
