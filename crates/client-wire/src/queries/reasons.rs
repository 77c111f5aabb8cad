use client_app::queries::{GetReasons, OperationReasons};
use client_app::{Caller, Clients};
use client_domain::Permission;
use client_domain::lifecycle::Action;
use client_domain::reason::{ReasonCatalogue, ReasonEntry, ReasonedOperation};
use serde_json::{Value, json};

use super::operation::{QueryOperation, ask, reply};
use crate::failure::Failure;
use crate::form::Form;
use crate::reply::{Reply, members};
use crate::shape;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RetrieveReasonsQuery",
    kind: OperationKind::Query,
    about: "Lists for every operation with a reason the codes that the bank's KYC policy in force has for it.",
    permission: Some(Permission::Read),
    fields: &[],
    reply: &[
        FieldSpec::nullable("policyVersion", shape::ANY_TEXT, "The version of the bank's KYC policy."),
        FieldSpec::required(
            "operations",
            Shape::List { of: &OPERATION_SHAPE, max: 100 },
            "Every operation with a reason, also one without codes.",
        ),
    ],
    refusals: &[],
    example: "{}",
};

pub(crate) static OPERATION: QueryOperation =
    QueryOperation { spec: &SPEC, answer: |clients, form, caller| Box::pin(answer(clients, form, caller)) };

const OPERATION_SHAPE: Shape = Shape::Object(&[
    FieldSpec::required(
        "operation",
        Shape::Choice(ReasonedOperation::NAMES),
        "What the codes are for, such as rejectDocument; the policy lists them under this name.",
    ),
    FieldSpec::required("command", shape::ANY_TEXT, "The command that takes the code as reasonCode."),
    FieldSpec::required(
        "codeNeeded",
        Shape::Flag,
        "Whether the command needs one of the codes that are not retired; otherwise it takes none.",
    ),
    FieldSpec::required(
        "codes",
        Shape::List { of: &CODE, max: ReasonCatalogue::MAX_CODES },
        "The codes, in the order of the policy; empty if the policy lists none.",
    ),
]);

const CODE: Shape = Shape::Object(&[
    FieldSpec::required("code", shape::REASON_CODE, "The code."),
    FieldSpec::required("text", shape::REASON_TEXT, "What it means."),
    FieldSpec::required("retired", Shape::Flag, "Whether it is not accepted any more."),
    FieldSpec::sometimes(
        "outcome",
        Shape::Choice(&["retryable", "final"]),
        "For a document: whether the same document can be submitted again, or not.",
    ),
]);

async fn answer(clients: &Clients, form: Form<'_>, caller: &Caller) -> Result<Reply, Failure> {
    form.finish(Some(()))?;
    let reasons = ask(clients, caller, GetReasons).await?;
    let data = json!({
        "policyVersion": reasons.policy.as_ref().map(|version| version.as_str()),
        "operations": reasons.operations.iter().map(operation_json).collect::<Vec<_>>(),
    });
    Ok(reply("Reasons retrieved successfully.", data))
}

fn operation_json(listed: &OperationReasons) -> Value {
    json!({
        "operation": listed.operation.name(),
        "command": command(listed.operation),
        "codeNeeded": listed.is_code_needed(),
        "codes": listed.codes.iter().map(|entry| code_json(listed.operation, entry)).collect::<Vec<_>>(),
    })
}

fn code_json(operation: ReasonedOperation, entry: &ReasonEntry) -> Value {
    let mut shown = members(json!({
        "code": entry.code.as_str(),
        "text": entry.text.as_str(),
        "retired": entry.is_retired,
    }));
    if operation.can_be_final() {
        shown.insert("outcome".to_owned(), (if entry.is_final { "final" } else { "retryable" }).into());
    }
    Value::Object(shown)
}

/// The command that takes a code for this operation.
const fn command(operation: ReasonedOperation) -> Option<&'static str> {
    Some(match operation {
        ReasonedOperation::Action(Action::Reject) => "RejectCustomerCommand",
        ReasonedOperation::Action(Action::UndoReject) => "UndoRejectCustomerCommand",
        ReasonedOperation::Action(Action::Withdraw) => "WithdrawCustomerCommand",
        ReasonedOperation::Action(Action::Blacklist) => "BlacklistCustomerCommand",
        ReasonedOperation::Action(Action::UndoBlacklist) => "UndoBlacklistCustomerCommand",
        ReasonedOperation::Action(Action::Exit) => "ExitCustomerCommand",
        ReasonedOperation::Correct => "CorrectContactCommand",
        ReasonedOperation::Return => "ReturnCustomerCommand",
        ReasonedOperation::RejectDocument => "RejectIdentityDocumentCommand",
        ReasonedOperation::RejectAddress => "RejectCustomerAddressInformationCommand",
        ReasonedOperation::RejectAmendment => "RejectAmendmentCommand",
        // These have no reason.
        ReasonedOperation::Action(Action::Create | Action::Approve | Action::Activate | Action::Lapse) => {
            return None;
        }
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::commands::COMMANDS;

    #[test]
    fn each_operation_names_the_command_that_takes_its_code() {
        let taking =
            COMMANDS.iter().filter(|one| one.spec.fields.iter().any(|field| field.name == "reasonCode"));
        let mut taking: Vec<_> = taking.map(|one| one.spec.name).collect();
        let mut named: Vec<_> = ReasonedOperation::ALL.into_iter().map(|one| command(one).unwrap()).collect();
        taking.sort_unstable();
        named.sort_unstable();
        assert_eq!(named, taking);
    }
}
