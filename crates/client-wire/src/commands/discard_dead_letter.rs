use client_app::commands::{DeadLetterDiscarded, DiscardDeadLetter};
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
    name: "DiscardDeadLetterCommand",
    kind: OperationKind::Command,
    about: "Discards a dead letter: it is never delivered to its receiver, and delivery continues with the later events of its client.",
    permission: Some(Permission::Operations),
    fields: dead_letter::FIELDS,
    reply: &[
        FieldSpec::required(
            "discarded",
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
    perform: |clients, form, context| Box::pin(discard(clients, form, context)),
};

async fn discard(clients: &Clients, mut form: Form<'_>, context: &RequestContext) -> Result<Reply, Failure> {
    let letter = dead_letter::key(&mut form);
    let letter = form.finish(letter)?;
    let data = |done: &DeadLetterDiscarded| json!({ "discarded": done.discarded });
    let message = |done: &DeadLetterDiscarded| {
        if done.discarded { "Dead letter discarded successfully." } else { dead_letter::NONE }
    };
    perform_with_message(clients, context, DiscardDeadLetter { letter }, message, data).await
}
