use client_app::commands::{DeadLetterResent, ResendDeadLetter};
use client_app::{Clients, RequestContext};
use client_domain::Permission;
use serde_json::json;

use super::dead_letter;
use super::standalone::{StandaloneOperation, perform_with_message};
use crate::failure::Failure;
use crate::field;
use crate::form::Form;
use crate::reply::Reply;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "ResendDeadLetterCommand",
    kind: OperationKind::Command,
    about: "Puts a dead letter into the queue of deliveries again, without failed attempts. Later events of its client follow.",
    permission: Some(Permission::Operations),
    fields: dead_letter::FIELDS,
    reply: &[
        FieldSpec::required(
            "resent",
            Shape::Flag,
            "Whether the event was a dead letter; if not, nothing was done. A repetition after a lost answer says \
             false if the first request was done; with an Idempotency-Key it may be answered as the first.",
        ),
        field::DRY_RUN,
    ],
    refusals: &[],
    example: r#"{ "eventId": "00000000000000000000000000000001" }"#,
};

pub(crate) static OPERATION: StandaloneOperation = StandaloneOperation {
    spec: &SPEC,
    perform: |clients, form, context| Box::pin(resend(clients, form, context)),
};

async fn resend(clients: &Clients, mut form: Form<'_>, context: &RequestContext) -> Result<Reply, Failure> {
    let letter = dead_letter::key(&mut form);
    let letter = form.finish(letter)?;
    let data = |done: &DeadLetterResent| json!({ "resent": done.resent });
    let message = |done: &DeadLetterResent| {
        if done.resent { "Dead letter queued again successfully." } else { dead_letter::NONE }
    };
    perform_with_message(clients, context, ResendDeadLetter { letter }, message, data).await
}
