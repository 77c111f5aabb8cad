//! The commands that move a batch on.

use client_app::batch::{BatchAction, BatchId, BatchState};
use client_app::commands::{BatchMoved, ConfirmBatch, PauseBatch, ResumeBatch, StopBatch};
use client_domain::Permission;
use serde_json::{Value, json};

use super::standalone::{StandaloneOperation, perform};
use crate::code::Code;
use crate::field;
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};

/// The names of the states of a batch.
pub(crate) const STATES: &[&str] = &[
    BatchState::Announced.name(),
    BatchState::Received.name(),
    BatchState::Checked.name(),
    BatchState::Confirmed.name(),
    BatchState::Running.name(),
    BatchState::Paused.name(),
    BatchState::Stopping.name(),
    BatchState::Finished.name(),
    BatchState::Stopped.name(),
];

pub(super) const REPLY: &[FieldSpec] = &[
    FieldSpec::required("batchId", shape::HEX_ID, "The id of the batch."),
    FieldSpec::required("state", Shape::Choice(STATES), "The state of the batch after the command."),
    field::DRY_RUN,
];

/// The command of an action of people.
pub(crate) const fn command_of(action: BatchAction) -> &'static str {
    match action {
        BatchAction::Pause => PAUSE.spec.name,
        BatchAction::Resume => RESUME.spec.name,
        BatchAction::Stop => STOP.spec.name,
        _ => CONFIRM.spec.name,
    }
}

/// The data of the reply.
pub(super) fn moved(batch: &BatchMoved) -> Value {
    json!({ "batchId": batch.id, "state": batch.state })
}

macro_rules! actions {
    ($($operation:ident: $command:ident, $name:literal, $permission:ident, $message:literal, $about:literal, $refusals:expr;)*) => {$(
        pub(crate) static $operation: StandaloneOperation = StandaloneOperation {
            spec: &OperationSpec {
                name: $name,
                kind: OperationKind::Command,
                about: $about,
                permission: Some(Permission::$permission),
                fields: &[FieldSpec::required("batchId", shape::HEX_ID, "The batch.")],
                reply: REPLY,
                refusals: $refusals,
                example: r#"{ "batchId": "0123456789abcdef0123456789abcdef" }"#,
            },
            perform: |clients, mut form, context| {
                Box::pin(async move {
                    let batch = form.required("batchId", BatchId::parse);
                    let batch = form.finish(batch)?;
                    perform(clients, context, $command { batch }, $message, moved).await
                })
            },
        };
    )*};
}

actions! {
    CONFIRM: ConfirmBatch, "ConfirmBatchCommand", BatchesConfirm, "Batch confirmed successfully.",
        "Confirms a batch whose rows were checked, so that they are executed as its uploader. Where the bank wants two \
         persons, the uploader does not confirm; the confirmer has touched every client that the batch changes. The caller needs \
         customers.read as well, and the uploader the permissions of all rows.",
        &[Code::BatchNotFound, Code::BatchState, Code::FourEyes, Code::PermissionMissing];
    PAUSE: PauseBatch, "PauseBatchCommand", Batches, "Batch paused successfully.",
        "Pauses a batch. Rows that are being executed are completed.",
        &[Code::BatchNotFound, Code::BatchState];
    RESUME: ResumeBatch, "ResumeBatchCommand", Batches, "Batch resumed successfully.",
        "Lets a paused batch go on. The uploader needs the permissions of all rows.",
        &[Code::BatchNotFound, Code::BatchState, Code::PermissionMissing];
    STOP: StopBatch, "StopBatchCommand", Batches, "Batch stopped successfully.",
        "Stops a batch for good. Rows that were executed stay so; the others are not tried.",
        &[Code::BatchNotFound, Code::BatchState];
}
