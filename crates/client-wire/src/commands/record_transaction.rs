use client_app::commands::RecordTransaction;
use client_app::{Decided, Plan};
use client_domain::Permission;
use client_domain::client::Transaction;
use client_domain::value::TransactionReference;
use serde_json::{Map, Value, json};

use super::client_ref::client;
use super::operation::{CommandOperation, Request};
use crate::code::Code;
use crate::failure::Failure;
use crate::form::Form;
use crate::reply::members;
use crate::spec::{FieldSpec, OperationKind, OperationSpec, Shape};
use crate::{field, shape};

pub(crate) static SPEC: OperationSpec = OperationSpec {
    name: "RecordCustomerTransactionCommand",
    kind: OperationKind::Command,
    about: "Records a transaction of the ledger; the first one activates an approved client.",
    permission: Some(Permission::Transactions),
    fields: &[
        field::KEY,
        field::NUMBER,
        FieldSpec::required("transactionReference", shape::REFERENCE, "The ledger's reference."),
        FieldSpec::optional(
            "transactionDate",
            Shape::Date,
            "The date of the transaction in the ledger, from 1900-01-01 to tomorrow, by the bank's calendar.",
        ),
    ],
    reply: &[
        field::KEY_ANSWER,
        field::STATE,
        field::STATE_DESCRIPTION,
        FieldSpec::required("activated", Shape::Flag, "Whether this transaction activated the client."),
        field::DRY_RUN,
    ],
    refusals: &[Code::ClientNotFound, Code::InvalidStatus, Code::StaleVersion],
    example: r#"{ "contactEncodedKey": "CUST1000001", "transactionReference": "TX-2026-000001" }"#,
};

pub(crate) static OPERATION: CommandOperation = CommandOperation {
    spec: &SPEC,
    parse,
    message: "Customer transaction recorded successfully.",
    reply,
    fresh: &[],
};

fn parse(mut form: Form<'_>, request: &Request<'_>) -> Result<Plan, Failure> {
    let client = client(&mut form);
    let reference = form.required("transactionReference", TransactionReference::parse);
    let today = request.today();
    let date = form.optional("transactionDate", |raw| Transaction::parse_date(raw, today));
    let command = client.zip(reference).map(|(client, reference)| RecordTransaction {
        client,
        transaction: Transaction { reference, date },
    });
    request.plan(form.finish(command)?)
}

fn reply(decided: &Decided<'_>) -> Map<String, Value> {
    let client = decided.client;
    members(json!({
        "contactEncodedKey": client.key().as_str(),
        "clientState": client.state().number(),
        "clientStateDescription": client.state().description(),
        "activated": decided.event.is_some(),
    }))
}
